"""How people read scores."""

from __future__ import annotations

import pytest

from nlpx.stats.units import bounds_text, change_text, score_text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("f1", 0.93125, "93.12 %"),
        ("dev.accuracy", 1.0, "100.00 %"),
        ("dev.log_loss", 0.25, "0.2500"),
        ("dev.candidates.candidates", 0.5, "0.5000"),
        ("perplexity", 12.5, "12.5000"),
        ("dev.counts.texts", 12, "12"),
    ],
)
def test_shares_are_told_in_per_cent_and_nothing_else_is(name, value, text):
    assert score_text(name, value) == text


def test_changes_are_told_in_points():
    assert change_text("f1", 0.5, 0.75) == "+25.00"
    assert change_text("log_loss", 0.5, 0.25) == "-0.2500"
    assert change_text("texts", 3, 1) == "-2"


def test_bounds_have_the_unit_of_their_score():
    assert bounds_text("f1", [0.5, 0.75]) == "[50.00, 75.00]"
    assert bounds_text("f1", None) == ""
