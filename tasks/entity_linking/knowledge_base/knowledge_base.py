"""A knowledge base as models see it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import folding, overlay, storage
from nlpx.tasks.entity_linking.knowledge_base.build import build_knowledge_base
from nlpx.tasks.entity_linking.knowledge_base.entity_index import EntityIndex
from nlpx.tasks.entity_linking.knowledge_base.fuzzy import FuzzyNames
from nlpx.tasks.entity_linking.knowledge_base.name_index import NameIndex
from nlpx.tasks.entity_linking.knowledge_base.postings import CandidateRows, Candidates, Postings
from nlpx.text.max_match import max_match
from nlpx.text.prefix_table import Matches


class KnowledgeBase:
    """Entities and their names, memory-mapped.

    Entities have indices from 0 in the order they were read; replacing one keeps its index, new ones come after all
    others, and compacting changes none, so that vectors cached by index stay right. Names have indices too, which hold
    until something is added or compacted. Made by `open` or `build`.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder, self.manifest = folder, manifest
        added, self._overlay_digest = overlay.read_overlay(folder)
        self._entities = EntityIndex(folder, added)
        self._postings = Postings(
            *(storage.load_array(folder, f"postings.{name}") for name in Postings.NAMES)
        )
        self.names = NameIndex(folder, storage.load_trie(folder, "names"), int(manifest["longest_name"]))
        if added:
            self._apply()

    # === Making ===

    @classmethod
    def open(cls, folder: Path | str) -> KnowledgeBase:
        """Open what `build` wrote. Nothing is parsed but what was added since.

        Raises:
            DataError: there is none, it was written by another version, or files are missing, truncated or changed;
                names them.
        """
        folder = Path(folder)
        return cls(folder, storage.read_manifest(folder))

    @classmethod
    def build(cls, entities: Iterable[Entity], folder: Path | str, **options: Any) -> KnowledgeBase:
        """Build into a folder and open it; see `build_knowledge_base` for the options."""
        build_knowledge_base(entities, Path(folder), **options)
        return cls.open(folder)

    def add(self, entities: Iterable[Entity]) -> KnowledgeBase:
        """Add entities, or replace those with the same id; returns the knowledge base with them.

        Raises:
            RunError: another process is adding to it.
        """
        with storage.locked(self.folder):
            before, _ = overlay.read_overlay(self.folder)
            after = before | {entity.id: entity for entity in entities}
            overlay.write_overlay(self.folder, after.values())
        return KnowledgeBase.open(self.folder)

    def compact(self) -> KnowledgeBase:
        """Build again with all that was added folded in; models trained with the old one fit the new one."""
        with storage.locked(self.folder):
            popularity = self._entities.all_popularity()
            facts = {key: self.manifest[key] for key in ("source",) if key in self.manifest}
            lineage = [*self.manifest.get("lineage", []), self.base_fingerprint]
            ngrams = self.manifest["ngrams"]
            build_knowledge_base(
                self, self.folder, popularity=popularity, ngrams=ngrams, facts={**facts, "lineage": lineage}
            )
        return KnowledgeBase.open(self.folder)

    # === Identity ===

    @property
    def base_fingerprint(self) -> str:
        """Content hash of what was built, without what was added."""
        return str(self.manifest["fingerprint"])

    @property
    def fingerprint(self) -> str:
        """Content hash of everything."""
        if not self._overlay_digest:
            return self.base_fingerprint
        return hashlib.sha256(f"{self.base_fingerprint}{self._overlay_digest}".encode()).hexdigest()

    def check_fingerprint(self, base_fingerprint: str) -> None:
        """Raise DataError unless this is the knowledge base with that `base_fingerprint`, or what became of it by
        adding and compacting; entities then have the same indices."""
        if base_fingerprint not in (self.base_fingerprint, *self.manifest.get("lineage", [])):
            raise DataError(
                f"{self.folder}: not the knowledge base that the model was trained with",
                "Train again, or name the knowledge base of the training. To add entities later: nlpx kb add",
                [f"trained with {base_fingerprint[:16]}, found {self.base_fingerprint[:16]}"],
            )

    def verify(self) -> None:
        """Read every byte and compare it with what was written; raises DataError naming the files that differ."""
        storage.verify(self.folder, self.manifest)

    # === Entities ===

    def __len__(self) -> int:
        return len(self._entities)

    def __iter__(self) -> Iterator[Entity]:
        return map(self.entity, range(len(self)))

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self.index_of(id) is not None

    def entity(self, key: int | str) -> Entity:
        """An entity by index or id; raises KeyError for an id, IndexError for an index it does not have."""
        return self._entities.entity(key)

    def index_of(self, id: str) -> int | None:
        """Index of an id, or of another id that the file gives for the same entity; None if there is none."""
        return self._entities.index_of(id)

    def id_of(self, index: int) -> str:
        """Id of an index."""
        return self._entities.id_of(index)

    def ids_of(self, indices: np.ndarray) -> list[str]:
        """Ids of many indices."""
        return [self.id_of(index) for index in indices.tolist()]

    @property
    def added(self) -> int:
        """How many entities were added or replaced since it was built."""
        return len(self._entities.added)

    def as_built(self) -> Iterator[Entity]:
        """The entities without what was added or replaced since, in order."""
        return self._entities.as_built()

    @property
    def changed(self) -> list[int]:
        """Indices of the entities that were added or replaced since it was built."""
        return [*self._entities.added]

    # === Names ===

    def candidates(self, surface: str, limit: int | None = None) -> Candidates:
        """What a surface may mean, most likely first; nothing where it is no name."""
        name = self.names.index_of(surface)
        rows = self.candidate_rows(np.array([] if name is None else [name], np.int64), limit)
        return Candidates(rows.indices, rows.priors, self.ids_of(rows.indices))

    def candidate_rows(self, names: np.ndarray, limit: int | None = None) -> CandidateRows:
        """The candidates of many names by index, as arrays."""
        return self._postings.rows(names, limit)

    def candidate_counts(self, names: np.ndarray) -> np.ndarray:
        """How many entities each name may mean, int64."""
        return self._postings.counts(names)

    def fuzzy(self, surface: str, k: int = 10) -> list[tuple[str, float]]:
        """Ids of the entities with the names most like a surface, with the similarity in (0, 1], best first.

        Raises:
            DataError: the knowledge base was built without the index for it.
        """
        return [(self.id_of(index), score) for index, score in self.fuzzy_indices(surface, k)]

    def fuzzy_indices(self, surface: str, k: int = 10) -> list[tuple[int, float]]:
        """`fuzzy` with indices; entities of one name stand in the order of their priors."""
        folded, wanted = folding.fold_name(surface), 2 * k
        while True:
            names = self._fuzzy_names.search(folded, wanted)
            best: dict[int, float] = {}
            for name, score in names:
                for entity in self._postings.row(name)[0][:k].tolist():
                    best.setdefault(entity, score)
            if len(best) >= k or len(names) < wanted:
                return list(best.items())[:k]
            wanted *= 4  # most of these names are of the same entities

    # === Texts ===

    def scan(self, texts: Sequence[str], *, whole_words: bool = False) -> Matches:
        """All names in many texts, nested and overlapping ones too; the fast way.

        Args:
            whole_words: leave out matches that begin or end inside a word of letters written with blanks between
                words, such as ``art`` in ``heart``; Chinese characters are no such letters.
        """
        return self.names.scan(texts, whole_words=whole_words)

    def matches(self, text: str, *, whole_words: bool = False) -> list[tuple[int, int, int]]:
        """(start, end, index of the name) of all names in a text, by start, then end."""
        return self.names.matches(text, whole_words=whole_words)

    def max_matches(
        self, text: str, *, keep: np.ndarray | None = None, whole_words: bool = False
    ) -> list[tuple[int, int, int]]:
        """The names on the path that covers most of a text with fewest words, see `nlpx.text.max_match`.

        Args:
            keep: bool `(names,)`; names that count as such, all if None.
        """
        found = self.matches(text, whole_words=whole_words)
        if keep is not None:
            found = [match for match in found if keep[match[2]]]
        return max_match(len(text), found)

    def max_matches_of(
        self, texts: Sequence[str], *, keep: np.ndarray | None = None, whole_words: bool = False
    ) -> list[list[tuple[int, int, int]]]:
        """`max_matches` of many texts, quickly."""
        found = self.scan(texts, whole_words=whole_words)
        if keep is not None:
            found = found.take(keep[found.word])
        pairs = zip(texts, found.split(len(texts)), strict=True)
        return [max_match(len(text), rows) for text, rows in pairs]

    # === What was added ===

    @cached_property
    def _fuzzy_names(self) -> FuzzyNames:
        if not self.manifest["ngrams"]:
            raise DataError(f"{self.folder}: was built without fuzzy matching", storage.REBUILD)
        base = len(self.names) - len(self.names.added)
        return FuzzyNames(self.folder, self.names.added, base, self.names.dead)

    def _apply(self) -> None:
        """Put what was added in place of what was built."""
        entities = self._entities
        added = [(index, entity, entities.popularity(index)) for index, entity in entities.added.items()]
        old = {index: before for index in entities.added if (before := entities.before(index)) is not None}
        touched = [*old.values(), *entities.added.values()]
        names = list(dict.fromkeys(name for entity in touched for name in overlay.names_of(entity)))
        self.names.add([name for name in names if self.names.index_of_folded(name) is None])
        numbers = [self.names.number(name) for name in names]
        none = np.zeros(0, np.uint32), np.zeros(0, np.float32)
        rows = [self._postings.row(n) if n < len(self._postings) else none for n in numbers]
        changed = overlay.changed_rows(names, rows, set(old), added)
        self._postings = self._postings.patched(dict(zip(numbers, changed, strict=True)), len(self.names))
        self.names.dead = {n for n, (indices, _) in zip(numbers, changed, strict=True) if not len(indices)}
