"""Scores of entity linking: the rules, the stages, the errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tasks.entity_linking.example import Candidate, Example, Link, Mention, Prediction
from nlpx.tasks.entity_linking.metrics import evaluate
from nlpx.tasks.entity_linking.metrics_rules import RULES
from nlpx.tasks.entity_linking.metrics_stages import nested
from nlpx.tasks.entity_linking.metrics_table import rows
from nlpx.tasks.entity_linking.statistics import LinkStatistics
from tests.tasks.entity_linking.el_samples import said, text

GOLD = text("李娜爱苹果和天使", ("李娜", "1"), ("苹果", "2"), ("天使", None))


@pytest.mark.parametrize(
    ("rule", "links", "expected"),
    [
        pytest.param("links", [("李娜", "1"), ("苹果", "2")], (2, 2, 2), id="all right, NIL left out"),
        pytest.param("links", [("李娜", "9"), ("苹果", None)], (0, 1, 2), id="wrong id, and NIL said"),
        pytest.param("links", [("李", "1")], (0, 1, 2), id="no partial credit"),
        pytest.param("links", [("天使", "3")], (0, 1, 2), id="NIL linked"),
        pytest.param("official_2020", [("李娜", "1"), ("苹果", "2")], (2, 2, 3), id="2020: NIL is wanted"),
        pytest.param(
            "official_2020", [("李娜", "9"), ("李娜", "1")], (0, 2, 3), id="2020: a place counts once"
        ),
        pytest.param("concepts", [("爱", "1")], (1, 1, 2), id="concepts, wherever they are"),
        pytest.param(
            "mentions", [("李娜", "9"), ("天使", "3")], (1, 2, 2), id="mentions, whatever they mean"
        ),
        pytest.param("accuracy", [("李娜", "1"), ("苹果", "9")], (2, 3, 3), id="given: NIL is an answer"),
    ],
)
def test_rules(rule, links, expected):
    assert RULES[rule](GOLD, said(GOLD, *links)) == expected


def test_the_same_entity_twice_in_a_text_counts_twice_but_as_a_concept_once():
    example = Example("1", "李娜和李娜", [Mention(0, 2, "1", "李娜"), Mention(3, 5, "1", "李娜")])
    prediction = Prediction([Link(0, 2, "1"), Link(3, 5, "1")])
    assert RULES["links"](example, prediction) == (2, 2, 2)
    assert RULES["concepts"](example, prediction) == (1, 1, 1)


def test_gold_with_a_wrong_offset_is_scored_as_the_file_has_it():
    example = Example("1", "爱李娜", [Mention(0, 2, "1", "李娜")])
    assert RULES["links"](example, Prediction([Link(1, 3, "1")])) == (0, 1, 1)


def test_several_ids_of_a_given_mention_must_all_be_there():
    example = text("左膝", ("左膝", "1"), ("左膝", "2"))
    assert RULES["accuracy"](example, said(example, ("左膝", "1"))) == (0, 1, 1)
    assert RULES["accuracy"](example, said(example, ("左膝", "2"), ("左膝", "1"))) == (1, 1, 1)
    assert RULES["links"](example, said(example, ("左膝", "1"))) == (1, 1, 2)


def test_scores_are_compared_with_how_often_answers_are_right():
    examples = [text("李娜", ("李娜", "1")) for _ in range(10)]
    answers = [Prediction([Link(0, 2, "1" if number < 6 else "2", 0.9)]) for number in range(10)]
    found = evaluate(examples, answers, bootstrap=0)["calibration"]
    assert found["score"] == pytest.approx(0.9)
    assert found["right"] == pytest.approx(0.6)
    assert found["error"] >= 0.3
    assert evaluate(examples, [Prediction()] * 10, bootstrap=0)["calibration"]["error"] == 0


def test_links_with_a_reason_are_no_answer():
    prediction = Prediction([Link(0, 2, "1", reason="below threshold"), Link(3, 5, None, reason="nil")])
    assert RULES["links"](GOLD, prediction) == (0, 0, 2)


def asked(example, candidates):
    """What a model says of the gold places: their candidates, best first."""
    return [
        Link(*place, (ids or [None])[0], 1.0, [Candidate(id, 1.0) for id in ids], len(ids))
        for place, ids in zip(example.places, candidates, strict=True)
    ]


def test_stages():
    prediction = said(GOLD, ("李娜", "1"), on_gold=asked(GOLD, [["1", "7"], ["8", "2"], []]))
    metrics = evaluate([GOLD], [prediction], bootstrap=0)
    candidates, chosen = metrics["candidates"], metrics["disambiguation"]
    assert (candidates["recall@1"], candidates["recall@2"], candidates["ceiling"]) == (0.5, 1, 1)
    assert candidates["candidates"] == 2
    assert chosen == {"accuracy": 0.5, "accuracy_reachable": 0.5, "golds": 2, "reachable": 2}
    assert metrics["nil"] == {"precision": 1, "recall": 1, "golds": 1, "predicted": 1}


def test_golds_that_are_no_candidate_lower_the_ceiling_and_not_the_accuracy_of_reachable_ones():
    prediction = said(GOLD, on_gold=asked(GOLD, [["1"], ["8"], []]))
    metrics = evaluate([GOLD], [prediction], bootstrap=0)
    assert metrics["candidates"]["ceiling"] == 0.5
    assert metrics["disambiguation"]["accuracy"] == 0.5
    assert metrics["disambiguation"]["accuracy_reachable"] == 1


def test_slices():
    known = LinkStatistics.fit([text("李娜", ("李娜", "1")), text("苹果", ("苹果", "3"))])
    prediction = said(GOLD, ("李娜", "1"), on_gold=asked(GOLD, [["1", "7"], ["2"], []]))
    slices = evaluate([GOLD], [prediction], known=known, bootstrap=0)["slices"]
    golds = {name: part["golds"] for name, part in slices.items()}
    assert golds == {
        "ambiguous": 1,
        "single candidate": 1,
        "seen surface": 2,
        "prior right": 1,
        "prior wrong": 1,
    }
    assert slices["prior right"]["recall"] == 1
    assert slices["prior wrong"] == {"golds": 1, "recall": 0, "disambiguation": 1}


def test_nested_places():
    assert nested([(0, 5), (3, 5), (5, 7), (6, 8)]) == {(3, 5)}


@pytest.mark.parametrize(
    ("links", "gold", "answer"),
    [
        ([("李娜", "1")], "correct", "correct"),
        ([("李娜", "7")], "wrong entity", "wrong entity"),
        ([("李娜爱", "1")], "wrong span", "wrong span"),
        ([("和", "1")], "span missed", "spurious"),
        ([("天使", "1")], "span missed", "linked NIL"),
    ],
)
def test_every_error_has_its_kind(links, gold, answer):
    example = text("李娜爱苹果和天使", ("李娜", "1"), ("天使", None))
    prediction = said(example, *links, on_gold=asked(example, [["1", "7"], []]))
    errors = evaluate([example], [prediction], bootstrap=0)["errors"]
    assert [kind for kind, count in errors["gold"].items() if count] == [gold]
    assert [kind for kind, count in errors["answers"].items() if count] == [answer]


def test_what_is_no_candidate_is_no_model_s_fault():
    prediction = said(GOLD, ("李娜", "7"), on_gold=asked(GOLD, [["7"], ["2"], []]))
    errors = evaluate([GOLD], [prediction], bootstrap=0)["errors"]["gold"]
    assert errors["no candidate"] == errors["span missed"] == 1


def test_intervals_hold_the_scores_and_texts_without_labels_count_nowhere():
    texts = [GOLD] * 30 + [Example("x", "苹果", labelled=False)]
    predictions = [said(GOLD, ("李娜", "1"), ("苹果", "2" if n % 2 else "3")) for n in range(30)]
    metrics = evaluate(texts, [*predictions, said(texts[-1], ("苹果", "2"))])
    assert metrics["counts"] == {"texts": 30, "unlabelled": 1}
    for name in ("f1", "precision", "recall", "mention_f1", "concept_f1", "official_2020_f1"):
        low, high = metrics["interval"][name]
        assert low <= metrics[name] <= high
    assert np.ptp(metrics["interval"]["mention_f1"]) == 0


def test_without_ids_only_mentions_are_scored():
    example = text("李娜", ("李娜", ""))
    metrics = evaluate([example], [said(example, ("李娜", "1"))], bootstrap=0)
    assert metrics["mention_f1"] == 1
    assert "f1" not in metrics
    assert [row[0] for row in rows(metrics)] == ["", "mentions"]


PLACES = [(0, 2), (1, 3), (3, 5), (4, 5)]
LINKED = st.sets(st.tuples(st.sampled_from(PLACES), st.sampled_from(["1", "2"])))
CONTENT = "甲乙丙丁戊"


def pair(gold, answers):
    """An example and a prediction with these places and ids."""
    mentions = [Mention(*place, id, CONTENT[slice(*place)]) for place, id in sorted(gold)]
    return Example("0", CONTENT, mentions), Prediction([Link(*place, id) for place, id in sorted(answers)])


@given(st.lists(st.tuples(LINKED, LINKED), min_size=1, max_size=6))
def test_rules_count_what_the_sets_of_the_whole_split_count(rows):
    pairs = [pair(*row) for row in rows]
    gold = {(number, *item) for number, (there, _) in enumerate(rows) for item in there}
    answers = {(number, *item) for number, (_, said) in enumerate(rows) for item in said}
    metrics = evaluate(*zip(*pairs, strict=True), bootstrap=0)
    if gold:
        links = metrics["rules"]["links"]
        assert (links["correct"], links["answers"], links["gold"]) == (
            len(gold & answers),
            len(answers),
            len(gold),
        )
        for side, count in (("gold", len(gold)), ("answers", len(answers))):
            assert sum(metrics["errors"][side].values()) == count
            assert metrics["errors"][side]["correct"] == len(gold & answers)


@given(LINKED.filter(bool))
def test_the_gold_itself_is_perfect(gold):
    metrics = evaluate(*([part] for part in pair(gold, gold)), bootstrap=0)
    assert metrics["f1"] == metrics["mention_f1"] == metrics["concept_f1"] == metrics["accuracy"] == 1


def test_no_texts_at_all():
    assert evaluate([], [])["mention_f1"] == 0


def test_the_table_tells_rules_stages_and_errors():
    prediction = said(GOLD, ("李娜", "1"), on_gold=asked(GOLD, [["1"], ["2"], []]))
    table = rows(evaluate([GOLD], [prediction]))
    assert table[0] == ("", "precision", "recall", "F1", "of")
    assert table[1] == ("links", "100.00", "50.00", "66.67 [66.7, 66.7]", "2")
    assert ("wanted: span missed", "", "", "", "1") in table
