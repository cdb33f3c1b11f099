"""What the runner hands to a predictor for training."""

import time
from pathlib import Path

from nlpx.task import FitContext, reason_of_all


def test_parts_share_one_time_and_have_folders_of_their_own():
    whole = FitContext(Path("checkpoint"), seed=3, max_seconds=100, began=time.monotonic() - 40)
    assert 59 < whole.seconds_left <= 60
    half = whole.part("fold1", 1 / 2)
    assert 29 < half.seconds_left <= 30
    assert half.folder == Path("checkpoint/fold1")
    assert half.seed == 3
    rest = half.part()
    assert rest.folder == half.folder
    assert rest.seconds_left <= half.max_seconds


def test_time_that_is_up_stays_up_and_no_limit_stays_none():
    over = FitContext(Path("checkpoint"), seed=0, max_seconds=1, began=time.monotonic() - 9)
    assert over.seconds_left == over.part("a").seconds_left == over.part("a", 0.5).part().seconds_left == 0
    assert FitContext(Path("checkpoint"), seed=0).part("a", 0.5).seconds_left is None


def test_time_is_the_reason_wherever_it_ran_out():
    assert reason_of_all(["time", "epochs"]) == "time"
    assert reason_of_all(["epochs", "patience"]) == "patience"
