"""Abbreviations that a text explains itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.text.abbreviations import abbreviations, expansions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the adenomatous polyposis coli (APC) gene", {"APC": "adenomatous polyposis coli"}),
        ("Ataxia-telangiectasia (A-T) is rare", {"A-T": "Ataxia-telangiectasia"}),
        ("familial adenomatous polyposis (FAP, 175100)", {"FAP": "familial adenomatous polyposis"}),
        ("many non-Hodgkin lymphoma (NHL) cells", {"NHL": "non-Hodgkin lymphoma"}),
        ("ALD (adrenoleukodystrophy) is", {"ALD": "adrenoleukodystrophy"}),
        ("in Wiskott-Aldrich syndrome [WAS]", {"WAS": "Wiskott-Aldrich syndrome"}),
        ("慢性阻塞性肺疾病（COPD）", {}),
        ("none of it (see below)", {}),
        ("was found (1992)", {}),
        ("was small (i. e. tiny)", {}),
        ("the end. Other words (TEO)", {}),
        ("(AB) () ((", {}),
        ("", {}),
    ],
    ids=lambda value: str(value)[:24],
)
def test_definitions(text, expected):
    assert expansions(text) == expected


def test_the_first_definition_counts():
    text = "breast cancer (BC) and then basal cell (BC)"
    assert expansions(text) == {"BC": "breast cancer"}
    assert len(abbreviations(text)) == 2


@given(st.text("aB -().;,\n", max_size=40))
def test_spans_lie_inside_the_text_and_never_overlap(text):
    for found in abbreviations(text):
        spans = sorted([(found.short_start, found.short_end), (found.long_start, found.long_end)])
        assert 0 <= spans[0][0] < spans[0][1] <= spans[1][0] < spans[1][1] <= len(text)


def test_a_hundred_thousand_characters():
    assert len(abbreviations("breast cancer (BC) " * 5000)) == 5000
    assert abbreviations("(" * 100_000) == []
