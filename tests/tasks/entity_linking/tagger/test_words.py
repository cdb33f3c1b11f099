"""English text as a tagger of mentions reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tasks.entity_linking.tagger.words import name_key, sentences, words


@given(st.text(alphabet="Ab 1.-(é中\n", max_size=80))
def test_sentences_keep_every_word_in_order(text: str) -> None:
    offsets = words(text)
    assert [word for part in sentences(text, offsets) for word in part] == offsets
    assert "".join(text[a:b] for a, b in offsets) == "".join(text.split())


def test_a_text_is_cut_at_full_stops_but_not_into_crumbs() -> None:
    text = "We saw five new tumours. Fig. 2 shows them all. The end came soon."
    parts = sentences(text, words(text))
    assert [text[part[0][0] : part[-1][1]] for part in parts] == [
        "We saw five new tumours.",
        "Fig. 2 shows them all.",
        "The end came soon.",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Breast tumours", "breast tumor"),
        ("von Hippel-Lindau disease", "von Hippel Lindau Disease"),
        ("leukaemias", "leukemia"),
        ("Neuropathies", "neuropathy"),
    ],
)
def test_names_that_are_spelled_alike_are_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("ataxia", "anosmia"), ("aspirin", "aspirins and more")])
def test_names_that_are_not_are_not(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
