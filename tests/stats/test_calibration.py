"""Bins of answers by how sure a model is of them."""

from __future__ import annotations

import numpy as np
import pytest

from nlpx.stats.calibration import calibration_bins, calibration_error, equally_full_bins, gap

SURE = np.array([0.1, 0.2, 0.55, 0.6, 0.9, 0.95, 0.99])
RIGHT = np.array([0, 1, 0, 1, 1, 1, 1], float)


@pytest.mark.parametrize("bins", [1, 2, 3, 15])
def test_bins_of_either_kind_hold_every_answer(bins):
    for table in (calibration_bins(SURE, RIGHT, bins), equally_full_bins(SURE, RIGHT, bins)):
        assert table[:, 0].sum() == 7
        assert table[:, 0] @ table[:, 1] == pytest.approx(SURE.sum())
        assert table[:, 0] @ table[:, 2] == RIGHT.sum()


def test_equally_full_bins_differ_by_one_answer_at_most():
    counts = equally_full_bins(SURE[::-1], RIGHT[::-1], 3)[:, 0]
    assert counts.tolist() == [2, 2, 3]


def test_the_error_is_the_mean_distance_of_the_bins():
    assert gap(equally_full_bins(SURE, RIGHT, 7)) == pytest.approx(np.abs(SURE - RIGHT).mean())
    assert gap(equally_full_bins(SURE, RIGHT, 1)) == pytest.approx(abs(SURE.mean() - RIGHT.mean()))
    assert gap(calibration_bins(SURE, RIGHT, 5)) == calibration_error(SURE, RIGHT, 5)


def test_without_answers_there_is_no_error():
    assert gap(equally_full_bins(np.zeros(0), np.zeros(0), 3)) == calibration_error(SURE[:0], RIGHT[:0]) == 0
