"""Rungs 1 and 2 of the ladder: a dictionary that finds mentions by maximum matching and links them by counting.

Rung 1, `max_match`, knows nothing but the knowledge base. Rung 2, `pruned_max_match`, leaves out the names that
annotators leave alone (https://kexue.fm/archives/6919) and links a surface to what the training texts link it to most
often. Both also link given mentions, exactly or by likeness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpx.errors import DataError
from nlpx.task import FitContext, FitReport, Predictor
from nlpx.tasks.entity_linking.alike import AlikeSurfaces
from nlpx.tasks.entity_linking.config import EntityLinkingConfig, PrunedMaxMatchConfig
from nlpx.tasks.entity_linking.dictionary_files import read_model, write_model
from nlpx.tasks.entity_linking.example import Candidate, Example, Link, Place, Prediction
from nlpx.tasks.entity_linking.statistics import LinkStatistics

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

KEPT = 100
"""Candidates that a link remembers."""


class DictionaryLinker(Predictor[Example, Prediction]):
    """Finds names and links them to the first, or to the most typical, of their candidates."""

    def __init__(self, config: EntityLinkingConfig) -> None:
        assert config.model.type in ("max_match", "pruned_max_match")
        self.config = config
        self.options = config.model
        self.learns = isinstance(config.model, PrunedMaxMatchConfig)
        self.statistics = LinkStatistics()
        self._knowledge_base: KnowledgeBase | None = None
        self._keep: np.ndarray | None = None

    # === Learning ===

    @property
    def knowledge_base(self) -> KnowledgeBase:
        """Opened at first use."""
        if self._knowledge_base is None:
            from nlpx.tasks.entity_linking.resources import open_knowledge_base

            self._knowledge_base = open_knowledge_base(self.config.data)
        return self._knowledge_base

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> FitReport:
        """Count the training texts; there is nothing to choose, so `dev` is not looked at."""
        if self.learns:
            if not any(example.mentions for example in train):
                todo = "Check data.train and data.format."
                raise DataError(f"data.train holds {len(train)} texts and not one mention", todo)
            known = None if self.config.data.beyond_kb else self.knowledge_base
            self.statistics = LinkStatistics.fit(train, self._matches(train), known)
            self._keep = self._unpruned()
        return FitReport(parameters=len(self.statistics.surfaces))

    def _matches(self, examples: Sequence[Example]) -> list[list[Place]]:
        """What maximum matching finds in each text; nothing where mentions are given."""
        if self.config.mentions == "given":
            return [[] for _ in examples]
        found = self.knowledge_base.max_matches_of(
            [example.text for example in examples], keep=self._keep, whole_words=self.options.whole_words
        )
        return [[(start, end) for start, end, _ in matches] for matches in found]

    def _unpruned(self) -> np.ndarray:
        """Which names stay, bool (names,)."""
        assert isinstance(self.options, PrunedMaxMatchConfig)
        keep = np.ones(len(self.knowledge_base.names), bool)
        for surface in self.statistics.surfaces:
            name = self.knowledge_base.names.index_of(surface)
            if name is not None and self.statistics.is_pruned(surface, self.options.prune_ratio):
                keep[name] = False
        return keep

    # === Linking ===

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        given = self.config.mentions == "given"
        matches = self._matches(examples)
        return [
            self._predict(example, example.places if given else places)
            for example, places in zip(examples, matches, strict=True)
        ]

    def _predict(self, example: Example, places: Iterable[Place]) -> Prediction:
        links = {place: self.links(example.text, place) for place in places}
        on_gold = [(links.get(place) or self.links(example.text, place))[0] for place in example.places]
        return Prediction([link for found in links.values() for link in found], on_gold)

    def links(self, text: str, place: Place) -> list[Link]:
        """What the surface at a place means: one link, or several where the training texts link it to several."""
        surface = text[slice(*place)]
        candidates, several = self.candidates(surface)
        if not candidates:
            return [Link(*place, None, 0.0, reason="no candidate")]
        kept, found = candidates[:KEPT], len(candidates)
        counts = self.statistics.counts(surface)
        if isinstance(self.options, PrunedMaxMatchConfig) and self.options.nil and counts.nil > counts.linked:
            return [Link(*place, None, candidates[0].score, kept, found, "nil")]
        rate = self._link_rate(surface)
        return [Link(*place, best.entity_id, rate * best.score, kept, found) for best in candidates[:several]]

    def _link_rate(self, surface: str) -> float:
        """How likely a surface is a mention at all; 1 where mentions are given, or nothing is known."""
        given = self.config.mentions == "given" or not self.learns
        return 1.0 if given else self.statistics.link_rate(surface)

    def candidates(self, surface: str) -> tuple[list[Candidate], int]:
        """What a surface may mean, best first, and how many of them it means at once.

        The entities of its names and those it was linked to; where there are none, those of what is most alike.
        """
        found = self.knowledge_base.candidates(surface)
        priors = dict(zip(found.ids, found.priors.tolist(), strict=True))
        if self.learns:
            priors |= {id: 0.0 for id in self.statistics.counts(surface).entities if id not in priors}
        if priors or not self.options.fuzzy:
            return self._ranked(surface, priors), self.statistics.links_at_once(surface)
        return self._alike_candidates(surface)

    def _ranked(self, surface: str, priors: dict[str, float]) -> list[Candidate]:
        """Candidates by how often the training texts link the surface to them, then in the knowledge base's order."""
        if not isinstance(self.options, PrunedMaxMatchConfig) or not self.options.prior:
            return [Candidate(id, prior, {"prior": prior}) for id, prior in priors.items()]
        counts = self.statistics.counts(surface)
        own = 1 / (1 + counts.linked)  # the knowledge base's word counts as one link
        scored = [
            Candidate(
                id,
                (1 - own) * counts.entities[id] / max(1, counts.linked) + own * prior,
                {"links": float(counts.entities[id]), "prior": prior},
            )
            for id, prior in priors.items()
        ]
        return sorted(scored, key=lambda one: (-one.parts["links"], -one.parts["prior"]))

    def _alike_candidates(self, surface: str) -> tuple[list[Candidate], int]:
        """The entities of the names most like a surface, and of the training texts' surfaces most like it."""
        size = self.options.fuzzy
        best = dict(self.knowledge_base.fuzzy(surface, size))
        several, top = 1, max(best.values(), default=0.0)
        for other, likeness in self._alike.search(surface, size):
            if likeness > top:
                several, top = self.statistics.links_at_once(other), likeness
            for id, _ in self.statistics.counts(other).entities.most_common():
                best[id] = max(best.get(id, 0.0), likeness)
        ordered = sorted(best.items(), key=lambda item: -item[1])
        return [Candidate(id, score, {"likeness": score}) for id, score in ordered[:size]], several

    @cached_property
    def _alike(self) -> AlikeSurfaces:
        return AlikeSurfaces(self.statistics)

    # === Files ===

    def save(self, folder: Path) -> None:
        write_model(folder, self.options.type, self.knowledge_base.base_fingerprint, self.statistics)

    def load(self, folder: Path) -> None:
        fingerprint, self.statistics = read_model(folder, self.options.type)
        self.knowledge_base.check_fingerprint(fingerprint)
        self._keep = self._unpruned() if self.learns else None

    def plan(self, train: Sequence[Example]) -> dict[str, str]:
        kb = self.knowledge_base
        return {"model": self.options.type, "entities": f"{len(kb):,}", "names": f"{len(kb.names):,}"}
