"""Windows: every position is kept once, with context."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.text.windows import stitch, windows

sizes = st.tuples(st.integers(0, 300), st.integers(1, 40)).flatmap(
    lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), st.integers(0, pair[1] - 1))
)


@given(sizes)
def test_every_position_is_kept_exactly_once(size):
    length, max_length, overlap = size
    cut = windows(length, max_length, overlap)
    kept = [position for window in cut for position in range(window.keep_start, window.keep_end)]
    assert kept == list(range(length))


@given(sizes)
def test_windows_are_full_and_keep_what_they_see_with_context(size):
    length, max_length, overlap = size
    for window in windows(length, max_length, overlap):
        assert window.end - window.start == min(length, max_length)
        assert window.start <= window.keep_start < window.keep_end <= window.end
        assert window.start == 0 or window.keep_start - window.start >= overlap // 2
        assert window.end == length or window.end - window.keep_end >= overlap // 2


@given(sizes)
def test_stitched_windows_are_the_whole(size):
    cut = windows(*size)
    text = range(size[0])
    assert stitch(cut, [text[window.start : window.end] for window in cut]) == list(text)


def test_a_text_that_fits_is_one_window():
    assert windows(10, 10, 4) == [(0, 10, 0, 10)]
    assert windows(0, 10, 4) == []


@pytest.mark.parametrize("arguments", [(10, 5, 5), (10, 0, 0), (-1, 5, 0), (10, 5, -1)])
def test_impossible_windows_are_refused(arguments):
    with pytest.raises(ValueError, match="0 <= overlap < max_length"):
        windows(*arguments)
