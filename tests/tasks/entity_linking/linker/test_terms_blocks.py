"""Given terms: how much is compared at once changes what is needed, not what is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.example import Example, Mention
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.linker.surface_counts import ALL
from nlpx.tasks.entity_linking.linker.terms import blocks
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.linker.terms.found import Found
from nlpx.tasks.entity_linking.linker.terms.name_scores import NameScorer
from nlpx.tasks.entity_linking.linker.terms.terms import Terms
from nlpx.tasks.entity_linking.statistics import FoldedStatistics

NAMES = ["肺叶切除术", "胃部分切除术", "脑膜病损切除术", "肾造口术", "膀胱造口术", "输尿管扩张术"]
LINKS = [("左肺切除", NAMES[0]), ("胃大部切除", NAMES[1]), ("肾造瘘", NAMES[3]), ("脑膜瘤切除", NAMES[2])]
SURFACES = ["肾造瘘+胃大部切除+左肺切除", "膀胱造瘘", "", "输尿管扩张、肾造口、膀胱造口、肺叶切除", "肺叶"]


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Terms:
    kb = KnowledgeBase.build([Entity(name, name) for name in NAMES], tmp_path_factory.mktemp("kb") / "kb")
    texts = [
        Example(str(number), term, [Mention(0, len(term), id, term)])
        for number, (term, id) in enumerate(LINKS)
    ]
    statistics = FoldedStatistics.fit(texts, [text.places for text in texts], folds=2)
    return Terms.fit(AnswerSpace(kb), statistics, seed=0)


def find(terms: Terms) -> Found:
    rows = len(SURFACES)
    more = np.arange(rows), np.arange(rows)
    return terms.find(SURFACES, np.full(rows, ALL), np.ones(rows, bool), more, 12)


@given(st.integers(0, 300), st.integers(0, 1 << 24))
def test_blocks_are_all_rows_within_the_budget(rows: int, columns: int) -> None:
    found = list(blocks.blocks(rows, columns))
    assert [row for block in found for row in range(rows)[block]] == list(range(rows))
    assert all(
        size == 1 or size * columns <= blocks.CELLS for size in (block.stop - block.start for block in found)
    )


@pytest.mark.parametrize("cells", [1, 13])
def test_little_memory_finds_the_same(terms: Terms, monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    wanted = find(terms)
    monkeypatch.setattr(blocks, "CELLS", cells)
    sizes, score = [], NameScorer.of
    monkeypatch.setattr(
        NameScorer, "of", lambda self, rows: (sizes.append(rows.shape[0]), score(self, rows))[1]
    )
    found = find(terms)
    assert max(sizes) <= max(1, cells // len(NAMES))
    for one, other in zip((found.term, found.entity), (wanted.term, wanted.entity), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(found.covered, wanted.covered)
    np.testing.assert_allclose(found.features, wanted.features, atol=1e-5)
