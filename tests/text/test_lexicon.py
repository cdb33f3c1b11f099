"""Word lists are read as they come, and every occurrence is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.errors import DataError
from nlpx.text.lexicon import Lexicon, read_words

WORDS = st.lists(st.text("ab中\n\t", min_size=1, max_size=4))


@given(st.fixed_dictionaries({"x": WORDS, "y z": WORDS}), st.text("ab中\n\t", max_size=12), st.integers(1, 2))
def test_matches_are_all_occurrences(classes, text, min_length):
    lexicon = Lexicon(classes, min_length)
    spans = [(i, j) for i in range(len(text)) for j in range(i + min_length, len(text) + 1)]
    wanted = []
    for i, j in spans:
        found = tuple(k for k, words in enumerate(classes.values()) if text[i:j] in words)
        if found:
            wanted.append((i, j, found))
    assert lexicon.matches(text) == wanted
    assert Lexicon.from_text(lexicon.to_text(), classes).matches(text) == wanted


@pytest.mark.parametrize(
    "content",
    ["北京\t12\n上海\t3\n", "\ufeff北京 \t 12\r上海\t3\r", "# cities\n北京\n\n 上海 \n北京\n"],
    ids=["plain", "mark-and-carriage-returns", "comment-blank-double"],
)
def test_word_lists(tmp_path, content):
    path = tmp_path / "cities.txt"
    path.write_bytes(content.encode())
    assert read_words(path) == ["北京", "上海"]


@pytest.mark.parametrize(
    ("content", "what"),
    [(None, "no such word list"), (b"", "the word list is empty"), (b"\xff\xfe\x00", "can't be read")],
)
def test_bad_word_lists_are_named(tmp_path, content, what):
    path = tmp_path / "words.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=f"words.txt: .*{what}"):
        read_words(path)
