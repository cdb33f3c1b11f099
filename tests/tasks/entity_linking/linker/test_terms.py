"""Given terms: vectors, maps, translations and neighbours, and the entities that are found with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.example import Example, Mention
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.linker.choice import NAMES as CHOICE
from nlpx.tasks.entity_linking.linker.choice import choice_features
from nlpx.tasks.entity_linking.linker.ragged import Ragged
from nlpx.tasks.entity_linking.linker.surface_counts import ALL
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.linker.terms.found import NAMES, Found
from nlpx.tasks.entity_linking.linker.terms.gram_space import GramSpace
from nlpx.tasks.entity_linking.linker.terms.pair_features import PairFeatures
from nlpx.tasks.entity_linking.linker.terms.parts import split_parts
from nlpx.tasks.entity_linking.linker.terms.term_map import IDENTITY, RIDGE, TermMap
from nlpx.tasks.entity_linking.linker.terms.terms import Terms
from nlpx.tasks.entity_linking.linker.terms.translation import Translation
from nlpx.tasks.entity_linking.linker.terms.units import padded, split_units
from nlpx.tasks.entity_linking.statistics import FoldedStatistics

STANDARD = [
    "肺叶切除术",
    "胃部分切除术",
    "脑膜病损切除术",
    "甲状腺病损切除术",
    "肾造口术",
    "膀胱造口术",
    "输尿管扩张术",
]
PAIRS = [
    ("右肺上叶切除", ["肺叶切除术"]),
    ("左肺下叶切除", ["肺叶切除术"]),
    ("脑膜瘤切除", ["脑膜病损切除术"]),
    ("甲状腺瘤切除", ["甲状腺病损切除术"]),
    ("肾造瘘", ["肾造口术"]),
    ("胃大部切除", ["胃部分切除术"]),
    ("脑膜瘤切除+肾造瘘", ["脑膜病损切除术", "肾造口术"]),
    ("怪词", ["书外之术"]),
]


def examples() -> list[Example]:
    return [
        Example(str(number), term, [Mention(0, len(term), target, term) for target in targets])
        for number, (term, targets) in enumerate(PAIRS)
    ]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> AnswerSpace:
    folder = tmp_path_factory.mktemp("terms") / "kb"
    kb = KnowledgeBase.build([Entity(name, name) for name in STANDARD], folder)
    return AnswerSpace(kb, [target for _, targets in PAIRS for target in targets])


@pytest.fixture(scope="module")
def terms(answers: AnswerSpace) -> Terms:
    statistics = FoldedStatistics.fit(examples(), [example.places for example in examples()], folds=3)
    return Terms.fit(answers, statistics, seed=0)


def find(terms: Terms, surfaces: list[str], fold: int = ALL, count: int = 12) -> Found:
    none = np.zeros(0, np.int64)
    folds, all_of_them = np.full(len(surfaces), fold), np.ones(len(surfaces), bool)
    return terms.find(surfaces, folds, all_of_them, (none, none), count)


def best(answers: AnswerSpace, found: Found, column: str = "score") -> str:
    return answers.id_of(int(found.entity[found.features[:, NAMES.index(column)].argmax()]))


# === Finding ===


@pytest.mark.parametrize(
    ("term", "wanted"),
    [
        ("右肺中叶切除", "肺叶切除术"),
        ("膀胱造瘘", "膀胱造口术"),
        ("肾造口术", "肾造口术"),
        ("怪词", "书外之术"),
    ],
)
def test_what_was_learned_carries_over(answers: AnswerSpace, terms: Terms, term: str, wanted: str) -> None:
    assert best(answers, find(terms, [term])) == wanted  # 造瘘 is 造口 for 膀胱 too


def test_each_part_of_a_list_is_looked_for(answers: AnswerSpace, terms: Terms) -> None:
    found = find(terms, ["输尿管扩张+肺叶切除"])
    part = found.features[:, NAMES.index("score of a part")]
    two = {answers.id_of(int(entity)) for entity in found.entity[np.argsort(-part)[:2]]}
    assert two == {"输尿管扩张术", "肺叶切除术"}


def test_equal_terms_have_equal_rows(terms: Terms) -> None:
    found = find(terms, ["肾造瘘", "脑膜瘤", "肾造瘘"])
    first, last = found.term == 0, found.term == 2
    np.testing.assert_array_equal(found.entity[first], found.entity[last])
    np.testing.assert_array_equal(found.features[first], found.features[last])
    assert (np.diff(found.term) >= 0).all()


def test_folds_do_not_know_their_own_terms(answers: AnswerSpace, terms: Terms) -> None:
    index = answers.index_of("书外之术")
    known = [index in find(terms, ["怪词"], fold).entity for fold in (ALL, 0, 1, 2)]
    assert known[0]
    assert known[1:].count(False) == 1


def test_more_pairs_are_described_and_nothing_else_where_not_searched(
    answers: AnswerSpace, terms: Terms
) -> None:
    more = np.array([0]), np.array([answers.index_of("输尿管扩张术")])
    found = terms.find(["肾造瘘"], np.array([ALL]), np.array([False]), more, 10)
    assert found.entity.tolist() == more[1].tolist()
    assert found.features[0, NAMES.index("to name: mean")] < 0


def test_nothing_is_found_for_nothing(terms: Terms) -> None:
    assert find(terms, []).features.shape == (0, len(NAMES))
    assert np.isfinite(find(terms, ["", "?", "zzz"]).features).all()


def test_saved_terms_find_the_same(answers: AnswerSpace, terms: Terms, tmp_path: Path) -> None:
    terms.save(tmp_path)
    statistics = FoldedStatistics.fit(examples(), [example.places for example in examples()], folds=3)
    loaded = Terms.load(tmp_path, answers, statistics.total)
    one, two = (find(each, ["右肺中叶切除", "肾造瘘+怪词"]) for each in (terms, loaded))
    np.testing.assert_array_equal(one.entity, two.entity)
    np.testing.assert_array_equal(one.features, two.features)


# === Parts ===


def test_the_map_is_ridge_regression_on_what_the_identity_leaves() -> None:
    strings = [term for term, _ in PAIRS]
    space = GramSpace.fit([*strings, *STANDARD])
    x, y = (space.vectors(side) for side in (strings, [targets[0] for _, targets in PAIRS]))
    found = TermMap.fit(x, y, most_names=len(STANDARD), seed=0)
    a, rest = x.toarray(), (y - IDENTITY * x).toarray()
    wanted = a.T @ np.linalg.solve(a @ a.T + RIDGE * np.eye(len(a)), rest)
    np.testing.assert_allclose(found.of_terms @ found.of_names.T, wanted, atol=2e-3)


@given(st.lists(st.text("ab甲乙 ", max_size=8), max_size=6))
def test_vectors_have_length_one_or_none(strings: list[str]) -> None:
    vectors = GramSpace.fit(["甲乙", "ab"]).vectors(strings)
    lengths = np.sqrt(vectors.multiply(vectors).sum(axis=1))
    assert ((np.abs(lengths - 1) < 1e-5) | (lengths == 0)).all()


def test_units_are_characters_and_words_without_plural() -> None:
    units = split_units(["左肾 tumours2", "Tumour", "tumours", "s", "virus"])
    values = [units.take(np.array([row]))[0].tolist() for row in range(5)]
    assert len(values[0]) == 3
    assert values[1] == values[2]
    assert len(set(map(tuple, values))) == 4
    assert padded(units, 2).shape == (5, 2)


def test_translation_learns_what_stands_for_what() -> None:
    sides = (["ab", "ac", "bc", "b"], ["甲乙", "甲丙", "乙丙", "乙"])
    found = Translation.fit(*map(split_units, [[" ".join(word) for word in sides[0]], sides[1]]))
    likeliest = found.table[1:].argmax(axis=1)
    names = split_units(["甲", "乙", "丙"]).values
    sources = split_units(["a", "b", "c"]).values
    assert likeliest[found.source_numbers(sources) - 1].tolist() == found.target_numbers(names).tolist()
    assert found.table.sum(axis=1).max() <= 1 + 1e-6


def test_pairs_are_compared_unit_by_unit() -> None:
    names = padded(split_units(["左肾造口术", "造口", "术"]), 9)
    nothing = Translation.fit(*(Ragged.of(np.zeros(0, np.int64), np.zeros(0, np.uint64)),) * 2)
    pairs = PairFeatures(nothing, nothing, names)
    one = padded(split_units(["右肾造口术2"]), 9)
    found = pairs.of(one, np.zeros(3, np.int64), np.arange(3))
    from nlpx.tasks.entity_linking.linker.terms.pair_features import NAMES as columns

    told = dict(zip(columns, found.T.tolist(), strict=True))
    assert told["units of name"] == [5, 2, 1]
    assert told["same beginning"] == [0, 0, 0]
    assert told["words of term only"] == [1, 1, 1]
    assert told["same units"] == [0, 0, 0]


@pytest.mark.parametrize(
    ("term", "parts"),
    [
        ("头痛.头晕.高血压", ["头痛", "头晕", "高血压"]),
        ("肺炎伴脓肿", ["肺炎", "脓肿"]),
        ("肺炎", []),
        ("", []),
        ("+", []),
    ],
)
def test_parts_of_lists(term: str, parts: list[str]) -> None:
    found, owner = split_parts([term, "甲病、乙病"])
    assert found == [*parts, "甲病", "乙病"]
    assert owner.tolist() == [0] * len(parts) + [1, 1]


def test_answers_beyond_the_knowledge_base(answers: AnswerSpace) -> None:
    assert len(answers) == len(STANDARD) + 1
    index = answers.index_of("书外之术")
    assert index == len(STANDARD)
    assert answers.ids_of(np.arange(len(answers))) == [
        *answers.kb.ids_of(np.arange(len(STANDARD))),
        "书外之术",
    ]
    assert len(answers.facts) == len(answers)
    assert answers.index_of("nobody") is None


# === Choice ===

SETS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.6, 0.9]), st.integers(0, 15)), min_size=1, max_size=9
)


@given(st.lists(SETS, max_size=3))
def test_choice_is_told_what_better_candidates_leave(sets: list[list[tuple[float, int]]]) -> None:
    span = np.repeat(np.arange(len(sets)), [len(one) for one in sets])
    rows = [row for one in sets for row in one]
    scores, covered = np.array([score for score, _ in rows]), np.array([bits for _, bits in rows], np.uint64)
    found = choice_features(span, scores, covered)
    at = 0
    for one in sets:
        order = sorted(range(len(one)), key=lambda row: -one[row][0])
        for place, row in enumerate(order):
            taken = 0
            for better in order[: min(place, 6)]:
                taken |= one[better][1] if one[better][0] > 0.2 else 0
            told = dict(zip(CHOICE, found[at + row].tolist(), strict=True))
            assert told["place"] == place
            assert told["units not taken"] == (one[row][1] & ~taken).bit_count()
            assert told["sum of better scores"] == pytest.approx(
                sum(one[b][0] for b in order[:place]), abs=1e-5
            )
        at += len(one)


def test_a_list_has_the_neighbours_of_its_parts(terms: Terms) -> None:
    likeness = NAMES.index("neighbour likeness of a part")
    both, alone = (find(terms, [term]) for term in ("肾造瘘+胃大部切除", "肾造瘘"))
    assert np.isclose(both.features[:, likeness], 1).sum() == 2
    same = alone.features[:, NAMES.index("neighbour likeness")]
    np.testing.assert_array_equal(alone.features[:, likeness], same)


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_training_terms(answers: AnswerSpace, count: int) -> None:
    few = examples()[:count]
    statistics = FoldedStatistics.fit(few, [example.places for example in few], folds=2)
    terms = Terms.fit(answers, statistics, seed=0)
    for fold in (ALL, 0, 1):
        found = find(terms, ["肾造口", "膀胱造瘘+肺炎"], fold)
        assert best(answers, found) == "肾造口术"
        assert np.isfinite(found.features).all()
