"""Counts of the training texts, as arrays and out of fold."""

import numpy as np
import pytest

from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.linker.counts import FOLDS, Counts, folds_of
from nlpx.tasks.entity_linking.linker.proposals import TAGGER, from_dictionary, from_places
from nlpx.tasks.entity_linking.linker.span_features import span_features
from nlpx.tasks.entity_linking.linker.surface_counts import ALL
from tests.tasks.entity_linking.el_samples import text
from tests.tasks.entity_linking.kb_samples import ENTITIES

TRAIN = [
    *(text(f"看长城{number}") for number in range(20)),
    *(text(f"爱长城{number}", ("长城", "5")) for number in range(30)),
    *(text(f"爱李娜{number}", ("李娜", None)) for number in range(10)),
]
TEXTS = [example.text for example in TRAIN]


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    return KnowledgeBase.build(ENTITIES, tmp_path_factory.mktemp("kb") / "kb")


@pytest.fixture(scope="module")
def counts(kb):
    return Counts.fit(TRAIN, from_dictionary(kb, TEXTS), kb.names, known=kb, given=False, seed=0)


def features(kb, counts, texts, *, counted=False):
    spans = from_dictionary(kb, texts)
    folds = counts.folds(texts, counted=counted)
    names, values = span_features(kb, texts, spans, folds, counts.table, counts.beside)
    return spans, dict(zip(names, values.T, strict=True))


def test_a_training_text_is_described_by_the_other_folds(kb, counts):
    spans, columns = features(kb, counts, TEXTS, counted=True)
    folds = folds_of(TEXTS, 0)
    for row in range(0, len(spans), 7):
        surface = spans.take(np.array([row])).surfaces(TEXTS)[0]
        others = [one for one, fold in zip(TRAIN, folds, strict=True) if fold != folds[spans.text[row]]]
        matched = sum(surface in one.text for one in others)
        assert columns["seen"][row] == pytest.approx(np.log1p(matched))


def test_a_new_text_is_described_by_all(kb, counts):
    texts = ["看长城", "爱长城"]
    spans, columns = features(kb, counts, texts)
    seen, liked = (row for row, surface in enumerate(spans.surfaces(texts)) if surface == "长城")
    assert columns["seen"][seen] == pytest.approx(np.log1p(50))
    assert columns["seen linked"][seen] == pytest.approx(np.log1p(30))
    assert columns["link rate before"][liked] > columns["link rate before"][seen]


def test_what_stands_in_title_marks_is_told(kb, counts):
    _, columns = features(kb, counts, ["《长城》", "长城", "《长城"])
    assert columns["in title marks"][columns["length"] == 2].tolist() == [3, 0, 1]


def test_nested_names_know_of_one_another(kb, counts):
    spans, columns = features(kb, counts, ["长城"])
    part, whole = spans.surfaces(["长城"]).index("长"), spans.surfaces(["长城"]).index("长城")
    assert columns["spans around"][[part, whole]].tolist() == [1, 0]
    assert columns["highest rate around"][part] == columns["link rate"][whole]
    assert columns["on best path"][[part, whole]].tolist() == [0, 1]


def test_a_surface_that_is_no_name_is_counted_too(kb, counts):
    new = Counts.fit(
        [text("唱青藏高原", ("青藏高原", "5"))],
        from_places(kb, ["唱青藏高原"], [[(1, 5)]], TAGGER),
        kb.names,
        known=kb,
        given=False,
        seed=0,
    )
    spans = from_places(kb, ["青藏高原好"], [[(0, 4), (4, 5)]], TAGGER)
    rows = new.table.rows(spans, ["青藏高原好"])
    assert new.table.of(rows, np.full(2, ALL))[:, 1].tolist() == [1, 0]


def test_what_was_saved_says_the_same_about_new_texts(kb, counts, tmp_path):
    counts.save(tmp_path)
    again = Counts.load(tmp_path, kb.names, given=False)
    for (name, before), after in zip(
        features(kb, counts, TEXTS)[1].items(), features(kb, again, TEXTS)[1].values(), strict=True
    ):
        assert before.tolist() == after.tolist(), name


def test_folds_leave_out_about_equal_parts():
    sizes = np.bincount(folds_of([f"text {number}" for number in range(2000)], 0), minlength=FOLDS)
    assert sizes.min() > 300


def test_no_text_and_no_span_is_no_problem(kb, counts):
    for texts in ([], ["", "没有"]):
        spans, columns = features(kb, counts, texts)
        assert len(spans) == 0
        assert all(len(values) == 0 for values in columns.values())
