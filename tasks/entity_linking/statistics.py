"""How often surfaces are linked, and to what: counted on training texts, out of fold for these texts themselves.

A model that saw, in a statistic of its own training text, whether that text links a surface would learn to read the
answer off it. So each training text is described by the counts of the other folds; all other texts by all of them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from nlpx.tasks.entity_linking.example import UNNAMED, Example, Place
from nlpx.tasks.entity_linking.knowledge_base.folding import fold_name
from nlpx.text.holdout import fingerprint


@lru_cache(maxsize=1 << 18)
def surface_key(surface: str) -> str:
    """What counts as the same surface: what counts as the same name in a knowledge base."""
    return fold_name(surface)


@dataclass(slots=True)
class SurfaceCounts:
    """How a surface was seen.

    Attributes:
        matched: occurrences in the texts, as the matcher finds them or the gold has them.
        linked, nil: occurrences that the gold links, be it to an entity it does not name, and that it calls NIL.
        texts_linked, texts_left: texts that link it, and texts where it matches and is not linked.
        entities: how often it was linked to each id.
    """

    matched: int = 0
    linked: int = 0
    nil: int = 0
    texts_linked: int = 0
    texts_left: int = 0
    entities: Counter[str] = field(default_factory=Counter)

    def minus(self, other: SurfaceCounts) -> SurfaceCounts:
        """These counts without those of a part of the texts."""
        return SurfaceCounts(
            self.matched - other.matched,
            self.linked - other.linked,
            self.nil - other.nil,
            self.texts_linked - other.texts_linked,
            self.texts_left - other.texts_left,
            self.entities - other.entities,
        )


@dataclass
class LinkStatistics:
    """Counts of all surfaces.

    Attributes:
        left_out: questions are answered as if the texts of that part had never been seen.
        known: ids that may be answered; links to others are not counted. None for all.
    """

    surfaces: dict[str, SurfaceCounts] = field(default_factory=dict)
    entities: Counter[str] = field(default_factory=Counter)
    left_out: LinkStatistics | None = None
    known: Container[str] | None = None

    # === Counting ===

    @classmethod
    def fit(
        cls,
        examples: Sequence[Example],
        matches: Sequence[Iterable[Place]] | None = None,
        known: Container[str] | None = None,
    ) -> LinkStatistics:
        """Count texts.

        Args:
            matches: the places in each text that a dictionary finds; None counts the gold's places alone.
            known: the ids that may be answered; links to others are not counted. None for all.
        """
        statistics = cls(known=known)
        for number, example in enumerate(examples):
            statistics.add(example, () if matches is None else matches[number])
        return statistics

    def add(self, example: Example, matches: Iterable[Place] = ()) -> None:
        """Count one text."""
        mentions = [mention for mention in example.tidy() if self._counts(mention.entity_id)]
        linked = {mention.place for mention in mentions if mention.entity_id is not None}
        nil = {mention.place for mention in mentions} - linked
        places = {*matches, *linked, *nil}
        keys = {place: surface_key(example.text[slice(*place)]) for place in places}
        for place, key in keys.items():
            counts = self.surfaces.setdefault(key, SurfaceCounts())
            counts.matched += 1
            counts.linked += place in linked
            counts.nil += place in nil
        for mention in mentions:
            if mention.entity_id:
                self.surfaces[keys[mention.place]].entities[mention.entity_id] += 1
                self.entities[mention.entity_id] += 1
        once = {keys[place] for place in linked}
        for key in set(keys.values()):
            self.surfaces[key].texts_linked += key in once
            self.surfaces[key].texts_left += key not in once

    def _counts(self, id: str | None) -> bool:
        return id in (None, UNNAMED) or self.known is None or id in self.known

    def without(self, part: LinkStatistics) -> LinkStatistics:
        """These statistics as if `part`, which was counted too, had not been."""
        return LinkStatistics(self.surfaces, self.entities, part)

    # === Questions ===

    def counts(self, surface: str) -> SurfaceCounts:
        """The counts of a surface, all 0 where it was never seen."""
        key = surface_key(surface)
        counts = self.surfaces.get(key) or SurfaceCounts()
        left_out = None if self.left_out is None else self.left_out.surfaces.get(key)
        return counts if left_out is None else counts.minus(left_out)

    def entity_count(self, entity_id: str) -> int:
        """How often anything was linked to an entity."""
        left_out = 0 if self.left_out is None else self.left_out.entities[entity_id]
        return self.entities[entity_id] - left_out

    def link_rate(self, surface: str, prior: float = 0.3, weight: float = 2.0) -> float:
        """The share of a surface's occurrences that are linked, in (0, 1), drawn to `prior` where it is rare."""
        counts = self.counts(surface)
        return (counts.linked + prior * weight) / (counts.matched + weight)

    def most_linked(self, surface: str) -> str | None:
        """The entity that a surface was linked to most often, None where it never was."""
        entities = self.counts(surface).entities
        return min(entities, key=lambda id: (-entities[id], id)) if entities else None

    def links_at_once(self, surface: str) -> int:
        """How many entities one occurrence of a surface is usually linked to, at least 1."""
        counts = self.counts(surface)
        return max(1, round(counts.entities.total() / counts.linked)) if counts.linked else 1

    def is_pruned(self, surface: str, ratio: float) -> bool:
        """Su's rule: (texts that match without linking + 1) / (texts that link + 1) is at least `ratio`."""
        counts = self.counts(surface)
        return (counts.texts_left + 1) / (counts.texts_linked + 1) >= ratio

    # === Files ===

    def as_rows(self) -> list[dict[str, Any]]:
        """One JSON object per surface, sorted."""
        return [
            {
                "surface": key,
                "counts": [c.matched, c.linked, c.nil, c.texts_linked, c.texts_left],
                "entities": dict(sorted(c.entities.items())),
            }
            for key, c in sorted(self.surfaces.items())
        ]

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> LinkStatistics:
        """The inverse of `as_rows`; KeyError, TypeError or ValueError where they are something else."""
        statistics = cls()
        for row in rows:
            matched, linked, nil, texts_linked, texts_left = map(int, row["counts"])
            entities = Counter({str(id): int(count) for id, count in row["entities"].items()})
            counts = SurfaceCounts(matched, linked, nil, texts_linked, texts_left, entities)
            statistics.surfaces[row["surface"]] = counts
            statistics.entities.update(counts.entities)
        return statistics


@dataclass(frozen=True)
class FoldedStatistics:
    """Statistics of the training texts: `total` for all other texts, `of` for each of them."""

    total: LinkStatistics
    folds: tuple[LinkStatistics, ...]
    seed: int = 0

    @classmethod
    def fit(
        cls,
        examples: Sequence[Example],
        matches: Sequence[Iterable[Place]],
        folds: int = 5,
        seed: int = 0,
        known: Container[str] | None = None,
    ) -> FoldedStatistics:
        """Count all texts, and those of each fold; repeated texts share theirs."""
        total = LinkStatistics(known=known)
        parts = [LinkStatistics(known=known) for _ in range(folds)]
        for example, places in zip(examples, matches, strict=True):
            found = list(places)
            total.add(example, found)
            parts[fold_of(example.text, folds, seed)].add(example, found)
        return cls(total, tuple(parts), seed)

    def of(self, example: Example) -> LinkStatistics:
        """What the other folds say about a training text."""
        return self.total.without(self.folds[fold_of(example.text, len(self.folds), self.seed)])


def fold_of(text: str, folds: int, seed: int = 0) -> int:
    """The fold of a text, by hash, so that repeated texts share theirs."""
    digest = hashlib.sha256(f"fold\0{seed}\0{fingerprint(text)}".encode()).digest()
    return int.from_bytes(digest[:8]) % folds
