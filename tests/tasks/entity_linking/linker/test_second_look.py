"""What is told about a span once all candidates have a score; thresholds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tasks.entity_linking.linker.proposals import Spans
from nlpx.tasks.entity_linking.linker.scorer import rescaled
from nlpx.tasks.entity_linking.linker.second_look import NAMES, best_rows, score_features
from nlpx.tasks.entity_linking.linker.threshold import calibration_error, tune
from tests.tasks.entity_linking.el_samples import said, text

SPANS = Spans(
    np.array([0, 0, 0, 1], np.int32),
    np.array([0, 1, 4, 0], np.int32),
    np.array([2, 3, 5, 2], np.int32),
    np.zeros(4, np.int32),
    np.ones(4, np.uint8),
)
SPAN, SCORES = np.array([0, 0, 2, 3, 3]), np.array([0.2, 0.6, 0.5, 0.1, 0.1])


def told(name):
    best = best_rows(SPAN, SCORES, 4)
    return score_features(SPANS, SPAN, SCORES, best)[:, NAMES.index(name)].tolist()


def test_the_best_row_is_the_first_of_equals_and_none_where_there_is_no_candidate():
    assert best_rows(SPAN, SCORES, 4).tolist() == [1, -1, 2, 3]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("second score", [0.2, 0, 0, 0.1]),
        ("candidates", [2, 0, 1, 2]),
        ("best of overlapping", [0, 0.6, 0, 0]),
        ("best of others in text", [0.5, 0.6, 0.6, 0]),
        ("sum of others in text", [0.5, 1.1, 0.6, 0]),
    ],
)
def test_what_is_told(name, values):
    assert told(name) == pytest.approx(values)


def test_a_new_score_of_the_best_moves_the_others_in_proportion():
    new = rescaled(SPAN, SCORES, np.array([1, 2, 3]), np.array([0.3, 0.9, 0.1]))
    assert new == pytest.approx([0.1, 0.3, 0.9, 0.1, 0.1])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30))
def test_the_calibration_error_is_a_share(pairs):
    probabilities = np.array([one for one, _ in pairs], float)
    right = np.array([other for _, other in pairs], bool)
    assert 0 <= calibration_error(probabilities, right) <= 1
    assert calibration_error(right.astype(float), right) == 0


def test_the_threshold_lies_where_answers_score_best():
    examples = [text("甲", ("甲", "1")), text("乙")]
    score = {0: 0.7, 1: 0.3}

    def answer(threshold):
        return [
            said(one, *([(one.text, "1")] if score[n] > threshold else [])) for n, one in enumerate(examples)
        ]

    threshold, best = tune(examples, answer, "links")
    assert 0.3 <= threshold < 0.7
    assert best == 1
