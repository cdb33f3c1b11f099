"""Given terms: names that many entities share, and entities without a name that can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.example import Example, Mention
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.linker.surface_counts import ALL
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.linker.terms.found import NAMES
from nlpx.tasks.entity_linking.linker.terms.names import PER_NAME, Names
from nlpx.tasks.entity_linking.linker.terms.terms import Terms
from nlpx.tasks.entity_linking.statistics import FoldedStatistics

HOMONYMS = [Entity(str(number), "zhang wei") for number in range(9)]
OTHERS = [Entity("b", "aaron li"), Entity("c", "zz top")]
NAMELESS = Entity("nameless", "《》")


def answers_of(entities: Sequence[Entity], folder: Path) -> AnswerSpace:
    return AnswerSpace(KnowledgeBase.build(entities, folder / "kb"))


def fitted(answers: AnswerSpace, links: Sequence[tuple[str, str]]) -> Terms:
    """Learned from texts that are one mention each."""
    texts = [
        Example(str(number), term, [Mention(0, len(term), id, term)])
        for number, (term, id) in enumerate(links)
    ]
    statistics = FoldedStatistics.fit(texts, [text.places for text in texts], folds=2)
    return Terms.fit(answers, statistics, seed=0)


def own_names(answers: AnswerSpace, id: str) -> list[str]:
    names, index = Names(answers), answers.index_of(id)
    return [names.strings[name] for name in names.of_entity.take(np.array([index]))[0]]


def test_every_namesake_keeps_its_name_and_few_are_found_by_it(tmp_path: Path) -> None:
    answers = answers_of([*HOMONYMS, *OTHERS], tmp_path)
    names = Names(answers)
    assert {*(tuple(own_names(answers, one.id)) for one in HOMONYMS)} == {("zhang wei",)}
    assert names.entities.sizes(np.arange(len(names))).max() == PER_NAME


@pytest.mark.parametrize("linked", ["0", "8"])
def test_all_namesakes_are_described_by_their_own_name(tmp_path: Path, linked: str) -> None:
    answers = answers_of([*HOMONYMS, *OTHERS], tmp_path)
    terms = fitted(answers, [("zhang wei", linked), ("aaron l", "b"), ("zz", "c")])
    more = np.zeros(9, np.int64), np.array([answers.index_of(one.id) for one in HOMONYMS])
    found = terms.find(["zhang wei"], np.array([ALL]), np.array([True]), more, 8)
    rows = np.isin(found.entity, more[1])
    assert rows.sum() == len(HOMONYMS)
    np.testing.assert_allclose(found.features[rows, NAMES.index("literal")], 1, atol=1e-5)
    assert (found.features[~rows, NAMES.index("literal")] < 1).all()


@pytest.mark.parametrize("linked", ["b", "nameless"])
def test_a_nameless_entity_is_described_without_a_name(tmp_path: Path, linked: str) -> None:
    answers = answers_of([NAMELESS, *OTHERS], tmp_path)
    assert own_names(answers, "nameless") == [""]
    terms = fitted(answers, [("aaron", "b"), ("the nameless", linked)])
    more = np.zeros(1, np.int64), np.array([answers.index_of("nameless")])
    found = terms.find(["aaron li"], np.array([ALL]), np.array([True]), more, 8)
    told = found.features[found.entity == more[1][0]][0]
    assert np.isfinite(told).all()
    assert told[NAMES.index("literal")] < 0
    assert told[NAMES.index("units of name")] == 0
