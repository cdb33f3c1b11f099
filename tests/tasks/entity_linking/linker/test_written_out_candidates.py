"""Candidates of short forms that their text explains."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.example import Example, Mention
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.linker import candidates
from nlpx.tasks.entity_linking.linker.proposals import GIVEN, from_places
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.linker.terms.terms import Terms
from nlpx.tasks.entity_linking.statistics import FoldedStatistics

LONG = "adenomatous polyposis coli"
ALONE = f"a history of {LONG}"
EXPLAINED = f"{LONG} (APC) and more APC"
ENTITIES = [
    Entity("disease", LONG),
    Entity("cell", "antigen presenting cell", ["APC"]),
    Entity("protein", "activated protein c"),
    *(Entity(str(number), f"polyposis of kind {number}") for number in range(8)),
]
LINKS = [("APC", "protein"), ("polyposis coli", "disease")]
OPTIONS = SimpleNamespace(candidates=30, fuzzy=4, abbreviations=True)


def places(text: str) -> list[tuple[int, int]]:
    return [(start, start + len(name)) for name in (LONG, "APC") if (start := text.rfind(name)) >= 0]


@pytest.fixture(scope="module")
def linker(tmp_path_factory: pytest.TempPathFactory) -> tuple[AnswerSpace, FoldedStatistics, Terms]:
    answers = AnswerSpace(KnowledgeBase.build(ENTITIES, tmp_path_factory.mktemp("kb") / "kb"))
    texts = [
        Example(str(number), term, [Mention(0, len(term), id, term)])
        for number, (term, id) in enumerate(LINKS)
    ]
    statistics = FoldedStatistics.fit(texts, [text.places for text in texts], folds=2)
    return answers, statistics, Terms.fit(answers, statistics, seed=0)


def told(linker: tuple[AnswerSpace, FoldedStatistics, Terms], *texts: str) -> tuple[list[str], np.ndarray]:
    """Candidates of the first span of the first text, and what is known about them."""
    answers, statistics, terms = linker
    spans = from_places(answers.kb, texts, [places(text) for text in texts], GIVEN)
    found = candidates.make(answers, texts, spans, lambda _: statistics.total, OPTIONS, terms)
    own = found.span == 0
    return answers.ids_of(found.entity[own]), np.stack([values[own] for values in found.extra.values()])


@pytest.mark.parametrize(("text", "other"), [(ALONE, EXPLAINED), (EXPLAINED, "APC"), ("APC", EXPLAINED)])
def test_candidates_do_not_depend_on_the_neighbours(
    linker: tuple[AnswerSpace, FoldedStatistics, Terms], text: str, other: str
) -> None:
    (alone, facts), (together, same) = told(linker, text), told(linker, text, other)
    assert together == alone
    np.testing.assert_allclose(same, facts, atol=1e-5)
