"""From texts to rows of candidates with all their features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpx.task import FitContext
from nlpx.tasks.entity_linking.config import EntityLinkingConfig, NlpxConfig
from nlpx.tasks.entity_linking.example import Example, Place
from nlpx.tasks.entity_linking.linker import proposals
from nlpx.tasks.entity_linking.linker.candidate_features import candidate_features
from nlpx.tasks.entity_linking.linker.candidates import Candidates, make
from nlpx.tasks.entity_linking.linker.counts import Counts
from nlpx.tasks.entity_linking.linker.proposals import Spans
from nlpx.tasks.entity_linking.linker.proposer import Proposer
from nlpx.tasks.entity_linking.linker.scorer import Rows
from nlpx.tasks.entity_linking.linker.span_features import PRIOR, WEIGHT, span_features
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.linker.terms.terms import Terms

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

BATCH = 100_000
"""Characters that are worked on at once, so that memory stays small whatever the texts are."""
TOLD = {
    "link rate": "link rate",
    "name_prior": "prior",
    "seen_links": "links",
    "rare words": "shared words",
    "values in text": "shared values",
    "names in description": "shared names",
    "score": "likeness",
}
"""Features that links tell about, and what they call them."""
SPAN_GROUPS = ("shape", "statistics", "neighbours", "nesting")


class RowMaker:
    """Proposes spans, finds their candidates and describes both."""

    def __init__(self, config: EntityLinkingConfig, kb: KnowledgeBase) -> None:
        assert isinstance(config.model, NlpxConfig)
        self.options, self.kb = config.model, kb
        self.given = config.mentions == "given"
        self.known = None if config.data.beyond_kb else kb
        self.proposer = Proposer(config, kb)
        self._counts: Counts | None = None
        self._terms: Terms | None = None

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> str:
        """Train what proposes spans, and count what is linked of them; says why the training ended."""
        reason = self.proposer.fit(train, dev, context)
        context.stage("counting what is linked in the training texts")
        spans = self.proposer.spans(train, counted=True)
        self._counts = Counts.fit(
            train, spans, self.kb.names, known=self.known, given=self.given, seed=context.seed
        )
        if self.options.fuzzy and self._counts.folded is not None:
            context.stage("learning which words stand for which")
            self._terms = Terms.fit(self.answers, self._counts.folded, context.seed)
        return reason

    @property
    def counts(self) -> Counts:
        """Of the training texts."""
        assert self._counts is not None
        return self._counts

    def rows(self, examples: Sequence[Example], *, counted: bool) -> Rows:
        """Candidates of all spans.

        Args:
            counted: these are the training texts, so each is described by the other folds.
        """
        parts = [
            self._rows(batch, self._worthwhile(batch, counted=counted), counted=counted)
            for batch in batches(examples)
        ]
        return concatenate(parts, [len(batch) for batch in batches(examples)])

    def rows_at(self, examples: Sequence[Example], places: Sequence[Sequence[Place]]) -> Rows:
        """Candidates of given places of texts that were not counted."""
        return self._rows(examples, self.proposer.at(examples, places), counted=False)

    def mostly_nil(self, examples: Sequence[Example], rows: Rows) -> np.ndarray:
        """Spans whose surface the training texts call NIL more often than they link it, bool (spans,)."""
        texts = [example.text for example in examples]
        table = self.counts.table
        counts = table.of(table.rows(rows.spans, texts), np.full(len(rows.spans), -1))
        return counts[:, 2] > counts[:, 1]

    def parts(self, rows: Rows) -> dict[str, np.ndarray]:
        """What to tell about each row besides its score."""
        told = {name: title for name, title in TOLD.items() if name in rows.names}
        return {title: rows.x[:, rows.names.index(name)] for name, title in told.items()}

    # === Entities ===

    @cached_property
    def answers(self) -> AnswerSpace:
        """What may be an answer."""
        return AnswerSpace(self.kb, self.counts.total.entities if self.known is None else ())

    @property
    def entities(self) -> int:
        """More than any index of an entity."""
        return len(self.answers)

    def index_of(self, id: str) -> int | None:
        """Index of an id; None where it can't be an answer."""
        return self.answers.index_of(id)

    def id_of(self, index: int) -> str:
        """Id of an index."""
        return self.answers.id_of(index)

    # === Rows ===

    def _worthwhile(self, examples: Sequence[Example], *, counted: bool) -> Spans:
        """The proposed spans, but for surfaces that are linked too rarely by Su's rule; given places all stay."""
        spans = self.proposer.spans(examples, counted=counted)
        if self.options.pruning is None or self.given:
            return spans
        texts, table = [example.text for example in examples], self.counts.table
        folds = self.counts.folds(texts, counted=counted)
        counts = table.of(table.rows(spans, texts), folds[spans.text])
        return spans.take((counts[:, 4] + 1) / (counts[:, 3] + 1) < self.options.pruning)

    def _rows(self, examples: Sequence[Example], spans: Spans, *, counted: bool) -> Rows:
        texts = [example.text for example in examples]
        folds = self.counts.folds(texts, counted=counted)
        statistics = self.counts.statistics_of(folds)
        found = make(self.answers, texts, spans, statistics, self.options, self._terms, folds)
        groups = [name for name in SPAN_GROUPS if getattr(self.options.features, name)]
        counts = self.counts
        names, of_spans = span_features(
            self.kb, texts, spans, folds, counts.table, counts.beside, groups=groups
        )
        own_names, own = candidate_features(self.answers, texts, spans, found, statistics, self.options)
        x = np.concatenate([of_spans[found.span], own], axis=1)
        prior = self._prior(texts, folds, spans, found)
        return Rows(spans, found.span, found.entity, [*names, *own_names], x, prior, found.covered)

    def _prior(self, texts: Sequence[str], folds: np.ndarray, spans: Spans, found: Candidates) -> np.ndarray:
        """The share of its surface's occurrences that are linked to each candidate.

        The knowledge base's own prior counts as one link; where mentions are given, all of them are linked.
        """
        table = self.counts.table
        counts = table.of(table.rows(spans, texts), folds[spans.text])[found.span]
        matched, linked = counts[:, 0], counts[:, 1]
        share = (found.extra["seen_links"] + found.extra["name_prior"]) / (linked + 1)
        rate = 1.0 if self.given else (linked + PRIOR * WEIGHT) / (matched + WEIGHT)
        return np.minimum(1.0, rate * share).astype(np.float32)

    # === Files ===

    def save(self, folder: Path) -> None:
        """Write the counts, and what proposes spans."""
        self.counts.save(folder)
        if self._terms is not None:
            self._terms.save(folder)
        self.proposer.save(folder)

    def load(self, folder: Path) -> None:
        """Read what `save` wrote; RunError where it is missing or damaged."""
        self._counts = Counts.load(folder, self.kb.names, given=self.given)
        if self.options.fuzzy:
            self._terms = Terms.load(folder, self.answers, self._counts.total)
        self.proposer.load(folder)


def batches(examples: Sequence[Example]) -> Iterator[Sequence[Example]]:
    """Parts of some `BATCH` characters, each of at least one text."""
    begin, size = 0, 0
    for number, example in enumerate(examples):
        size += len(example.text) + 1
        if size >= BATCH or number + 1 == len(examples):
            yield examples[begin : number + 1]
            begin, size = number + 1, 0


def concatenate(parts: Sequence[Rows], texts: Sequence[int]) -> Rows:
    """The rows of batches of so many texts, as if they had been one."""
    if len(parts) == 1:
        return parts[0]
    text_bases = np.cumsum([0, *texts])
    spans = [
        replace(part.spans, text=(part.spans.text + base).astype(np.int32))
        for part, base in zip(parts, text_bases, strict=False)
    ]
    span_bases = np.cumsum([0, *(len(one) for one in spans)])
    span = np.concatenate([part.span + base for part, base in zip(parts, span_bases, strict=False)])
    entity, x, prior, covered = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("entity", "x", "prior", "covered")
    )
    return Rows(proposals.merge(spans), span.astype(np.int32), entity, parts[0].names, x, prior, covered)
