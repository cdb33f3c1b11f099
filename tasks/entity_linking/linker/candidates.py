"""Which entities each span may mean, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from nlpx.tasks.entity_linking.linker.proposals import GIVEN, TAGGER, Spans
from nlpx.tasks.entity_linking.linker.surface_counts import ALL
from nlpx.tasks.entity_linking.linker.terms import found as term_features
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.linker.terms.terms import Terms
from nlpx.tasks.entity_linking.statistics import LinkStatistics, surface_key
from nlpx.text.abbreviations import expansions

StatisticsOf = Callable[[int], LinkStatistics]
"""What is known about links when the text in a row of a batch is looked at."""


class Options(Protocol):
    """What of the model's config decides the candidates."""

    @property
    def candidates(self) -> int: ...
    @property
    def fuzzy(self) -> int: ...
    @property
    def abbreviations(self) -> bool: ...


@dataclass(slots=True)
class Candidates:
    """Candidates of the spans of a batch of texts, each entity once per span; all arrays `(rows,)`.

    Attributes:
        span: row in the batch's `Spans`, ascending, int32.
        entity: index in the knowledge base, int32.
        extra: what is known about them, float32: ``name_prior``, the share of the name's weight that the knowledge
            base gives the entity; ``rank`` among the name's entities from 0, and how many there are for entities that
            do not have the name; ``seen_links`` of the surface to the entity in training texts; where there is a term
            model, its features too.
        covered: which of the first 64 units of the surface a name of the entity has, one bit each, uint64; nothing is
            where there is no term model.
    """

    span: np.ndarray
    entity: np.ndarray
    extra: dict[str, np.ndarray] = field(default_factory=dict)
    covered: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint64))

    def __len__(self) -> int:
        return len(self.span)


def make(
    answers: AnswerSpace,
    texts: Sequence[str],
    spans: Spans,
    statistics_of: StatisticsOf,
    options: Options,
    terms: Terms | None = None,
    folds: np.ndarray | None = None,
) -> Candidates:
    """The likeliest entities of each span's name, those that training texts link its surface to, and similar ones.

    Args:
        statistics_of: by row of a text; for training texts, without what they themselves told.
        terms: finds `options.fuzzy` entities for spans that are given, that a tagger found, or that are no name; None
            for none.
        folds: of each text, for `terms`; None where the texts were not counted.
    """
    span, entity, prior, rank = _of_names(answers, spans, options.candidates)
    linked = _links(answers, texts, spans, statistics_of)
    size = len(answers)
    name_keys, seen_keys = span * size + entity, linked[0] * size + linked[1]
    counts = np.bincount(span, minlength=len(spans))
    keys = np.unique(np.concatenate([name_keys, seen_keys]))
    extra: dict[str, np.ndarray] = {}
    covered = np.zeros(len(keys), np.uint64)
    if terms is not None:
        more = np.divmod(keys, size)
        folds = np.full(len(texts), ALL) if folds is None else folds
        searched = (spans.name < 0) | (spans.source & (GIVEN | TAGGER) > 0)
        written = _written_out(texts, spans) if options.abbreviations else None
        surfaces = spans.surfaces(texts)
        found = terms.find(surfaces, folds[spans.text], searched, more, options.fuzzy, written)
        keys, covered = found.term * size + found.entity, found.covered
        extra = dict(zip(term_features.NAMES, found.features.T, strict=True))
    span, entity = np.divmod(keys, size)
    own = {
        "name_prior": _lookup(name_keys, prior, keys, 0),
        "rank": _lookup(name_keys, rank, keys, counts[span]),
        "seen_links": _lookup(seen_keys, linked[2], keys, 0),
    }
    order = np.lexsort((own["rank"], span))
    extra = {name: values[order].astype(np.float32) for name, values in (own | extra).items()}
    return Candidates(span[order].astype(np.int32), entity[order].astype(np.int32), extra, covered[order])


def _written_out(texts: Sequence[str], spans: Spans) -> list[str]:
    """The surface of each span; the long form where it is a short form that its text explains."""
    long_forms = [expansions(text) for text in texts]
    pairs = zip(spans.text.tolist(), spans.surfaces(texts), strict=True)
    return [long_forms[text].get(surface, surface) for text, surface in pairs]


def _of_names(
    answers: AnswerSpace, spans: Spans, limit: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Span, entity, prior and rank of what the spans are names of."""
    named = np.flatnonzero(spans.name >= 0)
    rows = answers.kb.candidate_rows(spans.name[named].astype(np.int64), limit)
    counts = np.diff(rows.offsets)
    rank = np.arange(len(rows.indices)) - np.repeat(rows.offsets[:-1], counts)
    return np.repeat(named, counts), rows.indices, rows.priors, rank


def _links(
    answers: AnswerSpace, texts: Sequence[str], spans: Spans, statistics_of: StatisticsOf
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Span, entity and count of the links of each span's surface in training texts, int64."""
    found: list[tuple[int, int, int]] = []
    known: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for number, (text, surface) in enumerate(zip(spans.text.tolist(), spans.surfaces(texts), strict=True)):
        statistics = statistics_of(text)
        key = id(statistics.left_out), surface
        links = known.get(key)
        if links is None:
            links = known[key] = _links_of(answers, statistics, surface)
        found += [(number, entity, count) for entity, count in links]
    span, entity, count = np.array(found, np.int64).reshape(-1, 3).T
    return span, entity, count


def _links_of(answers: AnswerSpace, statistics: LinkStatistics, surface: str) -> list[tuple[int, int]]:
    """Index and count of the entities that a surface was linked to."""
    total = statistics.surfaces.get(surface_key(surface))
    if total is None or not total.entities:
        return []
    links = statistics.counts(surface).entities
    pairs = ((answers.index_of(id), count) for id, count in links.items() if count > 0)
    return [(index, count) for index, count in pairs if index is not None]


def _lookup(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray, other: np.ndarray | int) -> np.ndarray:
    """The value of each wanted key, `other` where there is none; keys are distinct."""
    if not len(keys):
        return np.zeros(len(wanted)) + other
    order = np.argsort(keys)
    at = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    return np.where(keys[order[at]] == wanted, values[order[at]], other)
