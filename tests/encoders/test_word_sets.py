from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlpx.encoders.inputs.units import Units
from nlpx.encoders.inputs.word_sets import BEGIN, END, INSIDE, WordSetsConfig, WordSetsInput

VECTORS = """5 2
南京 1 0
南京市 0 1
长江 1 1
市长 2 1
Ａ股 1 3
"""


@pytest.fixture
def word_sets(tmp_path: Path) -> WordSetsInput:
    path = tmp_path / "words.vec"
    path.write_text(VECTORS, "utf-8")
    part = WordSetsInput(WordSetsConfig.model_validate({"vectors": str(path), "most": 2}))
    part.finish()
    return part


def words_at(part: WordSetsInput, text: str, place: int, kind: int) -> list[str]:
    ids = part.featurize(Units(text))[place, kind]
    return [part.words[i - 1] for i in ids if i]


def test_a_character_has_the_words_that_begin_go_through_and_end_there(word_sets: WordSetsInput) -> None:
    text = "南京市长江大桥"
    assert words_at(word_sets, text, 0, BEGIN) == ["南京市", "南京"]
    assert words_at(word_sets, text, 1, INSIDE) == ["南京市"]
    assert words_at(word_sets, text, 1, END) == ["南京"]
    assert words_at(word_sets, text, 2, END) == ["南京市"]
    assert words_at(word_sets, text, 2, BEGIN) == ["市长"]
    assert not word_sets.featurize(Units(text))[5:].any()


def test_a_full_set_keeps_the_longest(word_sets: WordSetsInput) -> None:
    word_sets.config = word_sets.config.model_copy(update={"most": 1})
    assert words_at(word_sets, "南京市", 0, BEGIN) == ["南京市"]


@pytest.mark.parametrize("text", ["", "南", "\ud800南京", "南京" * 300, "😀\n\t"])
def test_any_text_has_a_row_per_character(word_sets: WordSetsInput, text: str) -> None:
    assert word_sets.featurize(Units(text)).shape == (len(text), 3, 2)


def test_what_was_saved_gives_the_same_features(word_sets: WordSetsInput) -> None:
    restored = WordSetsInput(word_sets.config)
    restored.restore(word_sets.state(), word_sets.files())
    text = Units("南京市长江大桥")
    assert np.array_equal(restored.featurize(text), word_sets.featurize(text))


@pytest.mark.parametrize("given", [{}, {"vectors": "a.vec", "corpus": ["b.txt"]}])
def test_exactly_one_source_of_vectors_is_wanted(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="give either vectors or corpus"):
        WordSetsConfig.model_validate(given)
