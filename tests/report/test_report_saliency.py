"""Which texts of a split are explained on the page."""

from __future__ import annotations

import pytest

from nlpx.report import saliency
from nlpx.report.content import Item, Judged
from nlpx.report.saliency import maps_of
from nlpx.report.word_maps import CHARACTERS, spread, word_maps
from tests.explain.toys import Text, Toy


class Counting(Toy):
    """A toy that remembers the texts it was asked about; several decisions a text where they are wanted."""

    def __init__(self, decisions=1, **options):
        super().__init__(**options)
        self.asked, self.number = [], decisions

    def decisions(self, examples, target="predicted"):
        self.asked += [one.text for one in examples]
        return [own * self.number for own in super().decisions(examples, target)]


def split(number, length):
    """Texts that begin with their number."""
    return Judged("dev", [Text(f"{row:04}".ljust(length, "好")) for row in range(number)], [], {}, None)


@pytest.mark.parametrize("decisions", [1, 3])
def test_words_are_counted_all_over_the_split_within_the_budget(decisions):
    toy = Counting(decisions)
    maps = word_maps(toy, split(1000, 200))
    assert sum(len(one.text) for one in maps) <= CHARACTERS
    rows = [int(one.text[:4]) for one in maps]
    assert len(rows) == 30
    assert max(later - row for row, later in zip(rows, [*rows[1:], 1000], strict=True)) < 100
    assert len(toy.asked) == 30  # and no text is predicted for nothing


@pytest.mark.parametrize(
    ("lengths", "characters", "most", "rows"),
    [
        ([1] * 6, 3, 9, [0, 2, 4]),
        ([1] * 6, 9, 2, [0, 3]),
        ([5, 1, 1, 1], 6, 9, [0, 2]),
        ([7], 6, 9, []),
        ([], 6, 9, []),
    ],
)
def test_the_budget_says_how_many_and_they_are_spaced_evenly(lengths, characters, most, rows):
    assert spread(lengths, characters, most) == rows


def test_a_long_text_at_the_top_leaves_the_short_ones_their_maps():
    texts = [Text("长" * 700), *(Text("短" * 20) for _ in range(10))]
    judged = Judged("dev", texts, [], {}, None)
    items = [Item(row, str(row), one.text, "", "", None, (), str) for row, one in enumerate(texts)]
    assert len(maps_of(Counting(3), judged, items).by_row) > 5


def test_examples_beyond_the_budget_are_not_predicted():
    toy, judged = Counting(), split(40, 500)
    items = [Item(row, str(row), one.text, "", "", None, (), str) for row, one in enumerate(judged.examples)]
    assert sorted(maps_of(toy, judged, items).by_row) == [0, 1, 2, 3]
    assert len(toy.asked) <= saliency.AT_ONCE
