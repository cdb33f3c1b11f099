"""Which entities each span may mean, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from nlpx.tasks.entity_linking.linker.proposals import Spans
from nlpx.tasks.entity_linking.statistics import LinkStatistics, surface_key

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

StatisticsOf = Callable[[int], LinkStatistics]
"""What is known about links when the text in a row of a batch is looked at."""


class Options(Protocol):
    """What of the model's config decides the candidates."""

    @property
    def candidates(self) -> int: ...


@dataclass(slots=True)
class Candidates:
    """Candidates of the spans of a batch of texts, each entity once per span; all arrays `(rows,)`.

    Attributes:
        span: row in the batch's `Spans`, ascending, int32.
        entity: index in the knowledge base, int32.
        extra: what is known about them, float32: ``name_prior``, the share of the name's weight that the knowledge
            base gives the entity; ``rank`` among the name's entities from 0, and how many there are for entities that
            do not have the name; ``seen_links`` of the surface to the entity in training texts.
    """

    span: np.ndarray
    entity: np.ndarray
    extra: dict[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.span)


def make(
    kb: KnowledgeBase, texts: Sequence[str], spans: Spans, statistics_of: StatisticsOf, options: Options
) -> Candidates:
    """The likeliest entities of each span's name, and those that training texts link its surface to.

    Args:
        statistics_of: by row of a text; for training texts, without what they themselves told.
    """
    span, entity, prior, rank = _of_names(kb, spans, options.candidates)
    linked = _links(kb, texts, spans, statistics_of)
    size = len(kb)
    keys = span * size + entity
    seen_keys = linked[0] * size + linked[1]
    new = ~np.isin(seen_keys, keys)
    counts = np.bincount(span, minlength=len(spans))
    span, entity = np.append(span, linked[0][new]), np.append(entity, linked[1][new])
    prior = np.append(prior, np.zeros(new.sum()))
    rank = np.append(rank, counts[linked[0][new]])
    order = np.lexsort((rank, span))
    seen = _lookup(seen_keys, linked[2], (span * size + entity)[order])
    extra = {"name_prior": prior[order], "rank": rank[order], "seen_links": seen}
    extra = {name: values.astype(np.float32) for name, values in extra.items()}
    return Candidates(span[order].astype(np.int32), entity[order].astype(np.int32), extra)


def _of_names(
    kb: KnowledgeBase, spans: Spans, limit: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Span, entity, prior and rank of what the spans are names of."""
    named = np.flatnonzero(spans.name >= 0)
    rows = kb.candidate_rows(spans.name[named].astype(np.int64), limit)
    counts = np.diff(rows.offsets)
    rank = np.arange(len(rows.indices)) - np.repeat(rows.offsets[:-1], counts)
    return np.repeat(named, counts), rows.indices, rows.priors, rank


def _links(
    kb: KnowledgeBase, texts: Sequence[str], spans: Spans, statistics_of: StatisticsOf
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Span, entity and count of the links of each span's surface in training texts, int64."""
    found: list[tuple[int, int, int]] = []
    known: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for number, (text, surface) in enumerate(zip(spans.text.tolist(), spans.surfaces(texts), strict=True)):
        statistics = statistics_of(text)
        key = id(statistics.left_out), surface
        links = known.get(key)
        if links is None:
            links = known[key] = _links_of(kb, statistics, surface)
        found += [(number, entity, count) for entity, count in links]
    span, entity, count = np.array(found, np.int64).reshape(-1, 3).T
    return span, entity, count


def _links_of(kb: KnowledgeBase, statistics: LinkStatistics, surface: str) -> list[tuple[int, int]]:
    """Index and count of the entities that a surface was linked to."""
    total = statistics.surfaces.get(surface_key(surface))
    if total is None or not total.entities:
        return []
    links = statistics.counts(surface).entities
    pairs = ((kb.index_of(id), count) for id, count in links.items() if count > 0)
    return [(index, count) for index, count in pairs if index is not None]


def _lookup(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The value of each wanted key, 0 where there is none; keys are distinct."""
    if not len(keys):
        return np.zeros(len(wanted))
    order = np.argsort(keys)
    at = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    return np.where(keys[order[at]] == wanted, values[order[at]], 0)
