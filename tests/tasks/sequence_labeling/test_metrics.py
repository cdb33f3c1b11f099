"""Scores: exactly seqeval's, with honest intervals."""

import random
import warnings

import numpy as np
import pytest
from seqeval import scheme as seqeval_schemes
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_scores

from nlpx.stats.bootstrap import resampled_totals
from nlpx.stats.scores import micro_f1
from nlpx.tasks.sequence_labeling.metrics import evaluate, evaluate_tags, rows, scores
from nlpx.text.spans import Span
from nlpx.text.tags import spans_to_tags, tag_names, tags_to_spans

LABELS = ("LOC", "ORG", "PER")
SCORES = ("precision", "recall", "f1")


def random_tags(draws, scheme, texts):
    """Pairs of gold and predicted tags; predictions copy most of the gold, both are often illegal."""
    names = tag_names(LABELS, scheme)
    gold = [draws.choices(names, k=draws.randint(1, 20)) for _ in range(texts)]
    keep = draws.random()
    return gold, [[tag if draws.random() < keep else draws.choice(names) for tag in tags] for tags in gold]


def theirs(gold, predicted, average, strict_scheme=None):
    with warnings.catch_warnings(action="ignore"):
        if strict_scheme:
            return strict_scores(
                gold, predicted, average=average, scheme=getattr(seqeval_schemes, strict_scheme)
            )
        return precision_recall_fscore_support(gold, predicted, average=average)


@pytest.mark.parametrize(
    ("scheme", "strict_scheme"),
    [
        ("BIO", None),
        ("BIO", "IOB2"),
        ("IOB1", None),
        ("IOB1", "IOB1"),
        ("BIOES", None),
        ("BIOES", "IOBES"),
        ("BILOU", "BILOU"),
    ],
)
def test_scores_are_exactly_those_of_seqeval(scheme, strict_scheme):
    draws = random.Random(f"{scheme}{strict_scheme}")
    for _ in range(60):
        gold, predicted = random_tags(draws, scheme, texts=20)
        ours = evaluate_tags(gold, predicted, scheme, strict=strict_scheme is not None, bootstrap=0)
        assert tuple(ours[score] for score in SCORES) == theirs(gold, predicted, "micro", strict_scheme)[:3]
        macro = theirs(gold, predicted, "macro", strict_scheme)[:3]
        assert tuple(ours["macro"][score] for score in SCORES) == pytest.approx(macro, abs=1e-15)
        labels = [[part[score] for score in (*SCORES, "support")] for part in ours["per_label"].values()]
        assert labels == np.array(theirs(gold, predicted, None, strict_scheme)).T.tolist()


def test_micro_f1_alone_is_that_of_evaluate():
    gold, predicted = random_tags(random.Random(0), "BIO", texts=50)
    spans = [[tags_to_spans(tags) for tags in side] for side in (gold, predicted)]
    assert micro_f1(*spans) == evaluate(*spans)["f1"]


A, B = Span(0, 2, "A"), Span(3, 5, "B")


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        pytest.param([[A]], [[A]], (1, 1, 1), id="perfect"),
        pytest.param([[A, B]], [[A]], (1, 0.5, 2 / 3), id="one missed"),
        pytest.param([[A]], [[]], (0, 0, 0), id="nothing predicted"),
        pytest.param([[]], [[A]], (0, 0, 0), id="nothing there"),
        pytest.param([[]], [[]], (0, 0, 0), id="nothing at all"),
        pytest.param([], [], (0, 0, 0), id="no texts"),
        pytest.param([[A]], [[A, A]], (1, 1, 1), id="twice counts once"),
        pytest.param([[A]], [[Span(0, 2, "B")]], (0, 0, 0), id="other label"),
        pytest.param([[A]], [[Span(0, 3, "A")]], (0, 0, 0), id="other end"),
        pytest.param([[A], []], [[], [A]], (0, 0, 0), id="other text"),
    ],
)
def test_conventions(gold, predicted, expected):
    metrics = evaluate(gold, predicted)
    assert tuple(metrics[score] for score in SCORES) == pytest.approx(expected)
    low, high = metrics["interval"]["f1"]
    assert 0 <= low <= high <= 1


def test_texts_must_be_as_many():
    with pytest.raises(ValueError, match="zip"):
        evaluate([[A]], [])


def some_texts(count, seed=0):
    draws = random.Random(seed)
    gold = [[A] if draws.random() < 0.7 else [A, B] for _ in range(count)]
    return gold, [[span for span in spans if draws.random() < 0.8] for spans in gold]


def test_intervals_hold_the_score_and_shrink_with_more_texts():
    widths = []
    for count in (50, 500, 5000):
        metrics = evaluate(*some_texts(count))
        for part in (metrics, metrics["macro"], *metrics["per_label"].values()):
            assert all(part["interval"][s][0] <= part[s] <= part["interval"][s][1] for s in SCORES)
        widths.append(np.ptp(metrics["interval"]["f1"]))
    assert widths[0] > 2 * widths[1] > 4 * widths[2] > 0


def test_intervals_depend_on_the_seed_alone():
    gold, predicted = some_texts(100)
    assert evaluate(gold, predicted, seed=1) == evaluate(gold, predicted, seed=1)
    assert evaluate(gold, predicted, seed=1)["interval"] != evaluate(gold, predicted, seed=2)["interval"]
    assert "interval" not in evaluate(gold, predicted, bootstrap=0)


def test_intervals_are_those_of_a_plain_bootstrap():
    gold, predicted = some_texts(200)
    draws = np.random.default_rng(7)
    plain = []
    for _ in range(1000):
        rows = draws.integers(200, size=200)
        plain.append(micro_f1([gold[row] for row in rows], [predicted[row] for row in rows]))
    interval = evaluate(gold, predicted)["interval"]["f1"]
    assert interval == pytest.approx(np.percentile(plain, [2.5, 97.5]), abs=0.01)


def test_a_resample_draws_as_many_texts_as_there_are():
    totals = resampled_totals(np.ones((30, 2, 3)), resamples=100, seed=0)
    assert totals.shape == (100, 2, 3)
    assert (totals == 30).all()


def test_scores_broadcast():
    counts = np.array([[[1, 2, 4], [0, 0, 0]]])
    assert scores(counts).shape == (1, 2, 3)
    assert scores(counts)[0, 1].tolist() == [0, 0, 0]


def test_the_table_has_micro_macro_and_every_label():
    table = rows(evaluate([[A, B]], [[A]], bootstrap=0))
    assert table == [
        ("label", "precision", "recall", "f1", "support"),
        ("micro", "100.00", "50.00", "66.67", "2"),
        ("macro", "50.00", "50.00", "50.00", ""),
        ("A", "100.00", "100.00", "100.00", "1"),
        ("B", "0.00", "0.00", "0.00", "1"),
    ]
    assert rows(evaluate([[A]], [[A]]))[1][1] == "100.00 [100.0,100.0]"


def test_evaluating_spans_and_tags_is_the_same():
    gold, predicted = some_texts(30)
    tags = [[spans_to_tags(spans, 5, "BIOES") for spans in side] for side in (gold, predicted)]
    assert evaluate_tags(*tags, "BIOES", strict=True) == evaluate(gold, predicted)
