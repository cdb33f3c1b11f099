"""What can be told about a candidate of a span, one row of numbers per candidate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nlpx.tasks.entity_linking.linker.candidates import Candidates, StatisticsOf
from nlpx.tasks.entity_linking.linker.competition import gaps_and_ranks
from nlpx.tasks.entity_linking.linker.context import context_features
from nlpx.tasks.entity_linking.linker.entity_facts import PLAIN, name_hashes
from nlpx.tasks.entity_linking.linker.proposals import Spans
from nlpx.tasks.entity_linking.linker.terms import found as term_features
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.statistics import LinkStatistics

Columns = dict[str, np.ndarray]

COMPARED = (
    "name_prior",
    "seen_links",
    "links of entity",
    "attributes",
    "text length",
    "rare words",
    "longest run",
    "names in description",
    "values in text",
    "score",
    "literal",
    *term_features.OF_PARTS,
    "neighbour likeness",
    "neighbour rank",
    "neighbour sum",
    "to name: mean",
    "to term: mean",
    "to term: sum",
    "term covered",
    "name covered",
)
"""Features that are compared with those of the span's other candidates."""


class Kinds(Protocol):
    """Which kinds of features are wanted."""

    @property
    def names(self) -> bool: ...
    @property
    def statistics(self) -> bool: ...
    @property
    def context(self) -> bool: ...
    @property
    def competition(self) -> bool: ...


class Options(Protocol):
    """What of the model's config decides the features."""

    @property
    def features(self) -> Kinds: ...


def candidate_features(
    answers: AnswerSpace,
    texts: Sequence[str],
    spans: Spans,
    found: Candidates,
    statistics_of: StatisticsOf,
    options: Options,
) -> tuple[list[str], np.ndarray]:
    """Names of the features, and their values, float32 (rows, features).

    Args:
        statistics_of: by row of a text; for training texts, without what they themselves told.
        options: of the model.
    """
    kinds, columns = options.features, Columns()
    facts = answers.facts
    if kinds.names:
        columns |= {name: found.extra[name] for name in ("name_prior", "rank")}
        columns |= dict(zip(PLAIN, facts.plain[found.entity].T, strict=True))
        surfaces = name_hashes(spans.surfaces(texts))
        columns["is main name"] = surfaces[found.span] == facts.name[found.entity]
    if kinds.statistics:
        columns |= _statistics(answers, spans, found, statistics_of)
    if kinds.names:
        columns |= {name: found.extra[name] for name in term_features.NAMES if name in found.extra}
    if kinds.context:
        columns |= context_features(facts, texts, spans, found)
    if kinds.competition:
        for name in [name for name in COMPARED if name in columns]:
            gap, rank = gaps_and_ranks(found.span, columns[name])
            columns |= {f"{name}: ahead": gap, f"{name}: higher": rank}
    rows = [np.zeros((0, len(found))), *(values[None] for values in columns.values())]
    return [*columns], np.concatenate(rows).T.astype(np.float32)


def _statistics(
    answers: AnswerSpace, spans: Spans, found: Candidates, statistics_of: StatisticsOf
) -> Columns:
    """How often training texts link the surface to the entity, and anything to it."""
    seen = found.extra["seen_links"]
    of_span = np.bincount(found.span, seen, minlength=len(spans))[found.span]
    return {
        "seen_links": seen,
        "share of links": (seen + 0.5 * found.extra["name_prior"]) / (of_span + 0.5),
        "links of entity": np.log1p(_entity_counts(answers, spans, found, statistics_of)),
    }


def _entity_counts(
    answers: AnswerSpace, spans: Spans, found: Candidates, statistics_of: StatisticsOf
) -> np.ndarray:
    """How often anything is linked to each candidate, (rows,)."""
    texts, text_of = np.unique(spans.text, return_inverse=True)
    parts: dict[int, LinkStatistics] = {}
    part_of_text = np.zeros(len(texts), np.int64)
    numbers: dict[int, int] = {}
    for place, text in enumerate(texts.tolist()):
        statistics = statistics_of(text)
        part_of_text[place] = numbers.setdefault(id(statistics), len(numbers))
        parts[int(part_of_text[place])] = statistics
    part = part_of_text[text_of][found.span]
    counts = np.zeros(len(found))
    for number, statistics in parts.items():
        rows = np.flatnonzero(part == number)
        entities, where = np.unique(found.entity[rows], return_inverse=True)
        own = [statistics.entity_count(id) for id in answers.ids_of(entities)]
        counts[rows] = np.array(own, float)[where]
    return counts
