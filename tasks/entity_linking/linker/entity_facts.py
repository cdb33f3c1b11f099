"""What is told about entities, as arrays: computed once per knowledge base and memory-mapped."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base.folding import fold_name, folding
from nlpx.tasks.entity_linking.linker.ragged import Ragged, concatenate
from nlpx.tasks.entity_linking.linker.tokens import BUCKETS, substring_hashes, tokenize
from nlpx.text.normalize import code_points

VERSION = 1
"""Of what is computed."""
CHUNK = 4096
"""Entities at a time."""
SHORTEST, LONGEST = 2, 10
"""Characters of attribute values that are looked for in texts."""
PLAIN = ("attributes", "text length", "names", "type", "second type")
"""Columns of `EntityFacts.plain`. Types are small hashes, which new types and new knowledge bases don't shift."""
TYPE_CODES = 251


@dataclass(slots=True)
class EntityFacts:
    """Facts by index of entity.

    Attributes:
        words: distinct hashed words of description and attribute values, uint16.
        values: distinct hashes of the folded short attribute values, uint64.
        plain: float32 (entities, PLAIN).
        name: hash of the folded main name, uint64 (entities,).
        rarity: idf of each hashed word among the entities, float32 (BUCKETS,).
    """

    words: Ragged
    values: Ragged
    plain: np.ndarray
    name: np.ndarray
    rarity: np.ndarray

    def __len__(self) -> int:
        return len(self.name)

    @classmethod
    def of(cls, entities: Iterable[Entity]) -> EntityFacts:
        """The facts of entities in order."""
        parts = [_chunk(chunk) for chunk in _chunks(entities)] or [_chunk([])]
        all_words, all_values, all_plain, all_names = zip(*parts, strict=True)
        words, name = concatenate(all_words), np.concatenate(all_names)
        rarity = _rarity(words, len(name))
        return cls(words, concatenate(all_values), np.concatenate(all_plain), name, rarity)

    def patched(self, rows: Sequence[int], entities: Sequence[Entity], size: int) -> EntityFacts:
        """A copy with other entities at some rows, and room for `size`."""
        at = np.array(rows, np.int64)
        new = EntityFacts.of(entities)
        plain, name = np.zeros((size, len(PLAIN)), np.float32), np.zeros(size, np.uint64)
        plain[: len(self)], name[: len(self)] = self.plain, self.name
        plain[at], name[at] = new.plain, new.name
        words = self.words.patched(at, new.words, size)
        return EntityFacts(words, self.values.patched(at, new.values, size), plain, name, self.rarity)


def name_hashes(names: Sequence[str]) -> np.ndarray:
    """A hash of each name as it is compared, uint64 (names,)."""
    return _whole_hashes([fold_name(name) for name in names])


def _chunks(entities: Iterable[Entity]) -> Iterator[list[Entity]]:
    iterator = iter(entities)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _chunk(entities: Sequence[Entity]) -> tuple[Ragged, Ragged, np.ndarray, np.ndarray]:
    tokens = tokenize([_told(entity) for entity in entities])
    words = Ragged.grouped(tokens.text, tokens.bucket, len(entities))
    pairs = [(row, value) for row, entity in enumerate(entities) for value in _short_values(entity)]
    owner = np.array([row for row, _ in pairs], np.int64)
    values = Ragged.grouped(owner, _whole_hashes([value for _, value in pairs]), len(entities))
    plain = np.array([_plain(entity) for entity in entities], np.float32).reshape(-1, len(PLAIN))
    return words, values, plain, name_hashes([entity.name for entity in entities])


def _told(entity: Entity) -> str:
    return "\n".join([entity.description, *(value for _, value in entity.attributes)])


def _short_values(entity: Entity) -> list[str]:
    values = (value.strip() for _, value in entity.attributes)
    return [value for value in values if SHORTEST <= len(value) <= LONGEST]


def _plain(entity: Entity) -> tuple[float, ...]:
    types = [1 + zlib.crc32(name.encode("utf-8", "replace")) % TYPE_CODES for name in entity.type[:2]]
    length = len(entity.description) + sum(len(value) for _, value in entity.attributes)
    return len(entity.attributes), length, len(entity.names), *[*types, 0, 0][:2]


def _whole_hashes(strings: Sequence[str]) -> np.ndarray:
    codes = folding()[code_points("\0".join(strings))]
    sizes = np.fromiter(map(len, strings), np.int64, len(strings))
    ends = np.cumsum(sizes + 1) - 1
    return substring_hashes(codes)(ends - sizes, ends)


def _rarity(words: Ragged, entities: int) -> np.ndarray:
    having = np.bincount(words.values, minlength=BUCKETS)
    return np.log((1 + entities) / (1 + having)).astype(np.float32)
