"""Text of strangers, and spans drawn in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.report.marks import LONG, Mark, drawn, hues
from nlpx.report.shown import excerpt, isolated, shown
from tests.report.made import Page

PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40)


@given(PLAIN)
def test_plain_text_is_shown_as_it_is(text):
    assert Page(shown(text)).text == text
    assert Page(isolated(text)).text == text


@pytest.mark.parametrize(
    ("text", "html"),
    [("a<b", "a&lt;b"), ("\x00", '<span class="ctl" title="U+0000 control character">00</span>')],
)
def test_markup_and_controls_become_visible(text, html):
    assert shown(text) == html


@pytest.mark.parametrize("text", ["\u202eabc", "\u2066", "\ufeff", "\ud800", "\x1b[0m"])
def test_what_steers_a_page_is_named(text):
    html = shown(text)
    html.encode()
    assert text[0] not in html
    assert 'class="ctl"' in html


def test_joiners_stay_because_scripts_need_them():
    assert shown("می\u200cخواهم") == "می\u200cخواهم"


def test_excerpts_are_one_short_line():
    assert excerpt("a\n b") == "a b"
    assert excerpt("x" * 500, 10) == "x" * 10 + "…"
    assert len(excerpt(" " * 1000 + "x", 10)) <= 11


@given(PLAIN, st.data())
def test_whatever_is_drawn_the_text_stays_whole(text, data):
    place = st.integers(0, len(text))
    marks = [Mark(*pair, "L") for pair in data.draw(st.lists(st.tuples(place, place), max_size=6))]
    html = drawn(text, marks)
    assert Page(html.partition(' <span class="gap">also')[0]).text == text
    real = {mark for mark in marks if mark.start < mark.end}
    assert len(Page(html).all("mark")) >= len(real)


def test_marks_nest_and_crossing_ones_are_named_behind_the_text():
    html = drawn("abcdef", [Mark(0, 4, "A"), Mark(1, 2, "B"), Mark(3, 6, "C")])
    assert Page(html).text == "abcdef also def"
    assert html.index('data-l="B"') > html.index('data-l="A"')


def test_long_texts_show_their_beginning_and_what_is_around_their_marks():
    text = "x" * 3000 + "here" + "y" * 3000
    html = drawn(text, [Mark(3000, 3004, "A")])
    assert "here" in html
    assert len(Page(html).text) < LONG
    assert "characters …" in html


def test_labels_keep_their_colours():
    assert hues(["b", "a", "b"]) == {"a": 0, "b": 1}
