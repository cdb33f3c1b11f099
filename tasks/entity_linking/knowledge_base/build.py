"""Making a knowledge base out of entities, in one pass over them."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import marisa_trie
import numpy as np

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.formats.medic import OTHER_ID
from nlpx.tasks.entity_linking.knowledge_base import folding, storage
from nlpx.tasks.entity_linking.knowledge_base.entity_store import ALIAS_SHARE, to_line, weight, write_lines
from nlpx.text.ngram_index import NgramIndex
from nlpx.text.prefix_table import PrefixTable

CHUNK = 1 << 16
LONGEST_NAME = 200
"""Characters; longer names are found by `candidates`, not in texts."""


@dataclass
class _Collected:
    """What one pass over the entities leaves in memory.

    `names`, `owners` and `shares` run in parallel: a folded name, the index of its entity, and 1 or `ALIAS_SHARE`.
    """

    ids: list[str] = field(default_factory=list)
    other_ids: list[tuple[str, int]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)  # names that are still to be folded

    def add(self, entity: Entity, popularity: float) -> None:
        index = len(self.ids)
        self.ids.append(entity.id)
        self.weights.append(weight(entity, popularity))
        self.other_ids += [(value, index) for predicate, value in entity.attributes if predicate == OTHER_ID]
        for name in entity.names:
            self.raw.append(name)
            self.owners.append(index)
            self.shares.append(1.0 if name == entity.name else ALIAS_SHARE)
        if len(self.raw) >= CHUNK:
            self.fold()

    def fold(self) -> None:
        self.names += folding.fold_names(self.raw)
        self.raw.clear()


def build_knowledge_base(
    entities: Iterable[Entity],
    folder: Path,
    *,
    popularity: Mapping[str, float] | None = None,
    ngrams: Sequence[int] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Write a knowledge base; `folder` is replaced if it holds one, and appears whole or not at all.

    Args:
        popularity: how often entities of a training fold are linked, by id; decides the order of candidates.
        ngrams: lengths of the character n-grams that `KnowledgeBase.fuzzy` compares; by default 1 and 2 where
            names are mostly Chinese, else 3. Empty to do without it.
        facts: further entries of the manifest.

    Raises:
        DataError: no entities, an id twice, an id that is empty or NIL; and what reading `entities` raises.
    """
    with storage.replaced_folder(folder) as temp, _no_garbage_collection():
        collected = _write_entities(temp, entities, popularity or {})
        _write_ids(temp, collected)
        names = _write_names(temp, collected)
        sizes = _sizes(names) if ngrams is None else list(ngrams)
        if sizes:
            storage.save_arrays(temp, "fuzzy.", NgramIndex.build(names, sizes).arrays())
        written = {
            "entities": len(collected.ids),
            "names": len(names),
            "longest_name": max(map(len, names), default=0),
            "ngrams": sizes,
            "fingerprint": _fingerprint(temp),
        }
        storage.write_manifest(temp, {**written, **(facts or {})})


def _write_entities(folder: Path, entities: Iterable[Entity], popularity: Mapping[str, float]) -> _Collected:
    collected = _Collected()
    path = folder / "entities.jsonl"

    def lines() -> Iterator[bytes]:
        for entity in entities:
            yield to_line(entity)
            collected.add(entity, popularity.get(entity.id, 0.0))

    offsets = write_lines(path, lines())
    collected.fold()
    if not collected.ids:
        raise DataError("the knowledge base is empty", "Name a file with at least one entity.")
    counts = np.fromiter((popularity.get(id, 0.0) for id in collected.ids), np.float32, len(collected.ids))
    storage.save_arrays(folder, "", {"offsets": offsets, "popularity": counts})
    return collected


def _write_ids(folder: Path, collected: _Collected) -> None:
    """A trie of ids, and the two ways between its keys and indices; other ids lead to the first that has them."""
    ids = collected.ids
    trie = marisa_trie.Trie(ids)
    if len(trie) < len(ids):
        seen: set[str] = set()
        twice = [id for id in ids if id in seen or seen.add(id)]  # type: ignore[func-returns-value]
        details = [repr(id) for id in dict.fromkeys(twice)]
        raise DataError(f"{len(details):,} ids name several entities", "Keep one each.", details[:5])
    others = [(id, index) for id, index in collected.other_ids if id not in trie]
    if others:
        trie = marisa_trie.Trie([*ids, *(id for id, _ in others)])
    key_of = np.fromiter(map(trie.key_id, ids), np.uint32, len(ids))
    index_of = np.zeros(len(trie), np.uint32)
    for id, index in reversed(others):
        index_of[trie.key_id(id)] = index
    index_of[key_of] = np.arange(len(ids), dtype=np.uint32)
    trie.save(str(folder / "ids.marisa"))
    storage.save_arrays(folder, "ids.", {"key_of": key_of, "index_of": index_of})


def _write_names(folder: Path, collected: _Collected) -> list[str]:
    """Trie, postings and scanner of the names; returns the names by index."""
    distinct = sorted(set(collected.names) - {""})
    trie = marisa_trie.Trie(distinct)
    trie.save(str(folder / "names.marisa"))
    _write_postings(folder, trie, collected)
    number = np.fromiter(map(trie.key_id, distinct), np.int64, len(distinct))
    short = np.fromiter((len(name) <= LONGEST_NAME for name in distinct), bool, len(distinct))
    found = [distinct[place] for place in np.flatnonzero(short).tolist()]
    table = PrefixTable.build(found, number[short], folding.folding())
    storage.save_arrays(folder, "scan.", table.arrays())
    return [distinct[place] for place in np.argsort(number).tolist()]


def _write_postings(folder: Path, trie: marisa_trie.Trie, collected: _Collected) -> None:
    """The entities of each name. Empties `collected.names`, which is large."""
    kept = np.fromiter(map(bool, collected.names), bool, len(collected.names))
    name = np.fromiter(map(trie.key_id, filter(None, collected.names)), np.int64, int(kept.sum()))
    collected.names.clear()
    owner = np.array(collected.owners, np.int64)[kept]
    weights = np.array(collected.weights)[owner] * np.array(collected.shares)[kept]
    storage.save_arrays(folder, "postings.", _postings(name, owner, weights, len(trie)))


def _postings(name: np.ndarray, owner: np.ndarray, weights: np.ndarray, names: int) -> dict[str, np.ndarray]:
    """Rows by name; each entity once, with its highest weight; by falling weight, then in the file's order."""
    order = np.lexsort((-weights, owner, name))
    name, owner, weights = name[order], owner[order], weights[order]
    first = np.ones(len(name), bool)
    first[1:] = (name[1:] != name[:-1]) | (owner[1:] != owner[:-1])
    name, owner, weights = name[first], owner[first], weights[first].astype(np.float32)
    order = np.lexsort((owner, -weights, name))
    weights = weights[order]
    offsets = np.searchsorted(name, np.arange(names + 1)).astype(np.int64)
    totals = np.bincount(name, weights, minlength=names)[name]
    priors = (weights / totals).astype(np.float32)
    return {
        "offsets": offsets,
        "entities": owner[order].astype(np.uint32),
        "weights": weights,
        "priors": priors,
    }


def _sizes(names: Sequence[str]) -> list[int]:
    """Lengths of n-grams that suit the script of the names."""
    sample = "".join(names[:: max(1, len(names) // 2000)])
    chinese = sum(char >= "\u2e80" for char in sample)
    return [1, 2] if chinese * 2 >= len(sample) else [3]


def _fingerprint(folder: Path) -> str:
    """Of what the knowledge base says: entities, their order and their popularity, and the folding of names."""
    digest = hashlib.sha256(f"folding {folding.VERSION}".encode())
    for name in ("entities.jsonl", "popularity.npy"):
        digest.update(storage.sha256(folder / name).encode())
    return digest.hexdigest()


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Collecting garbage takes most of the time where millions of objects are made that all stay."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
