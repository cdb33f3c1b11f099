"""No character is lost or moved, and the dictionary is searched completely."""

import pytest
import rjieba
from hypothesis import given
from hypothesis import strategies as st

from nlpx.text.segmentation import _locate, cut, dictionary_words, part_of_speech, tag

MIXED = st.text(
    st.one_of(st.characters(), st.sampled_from("中国科学院计算所在北京市 ABC12,。\r\n\t\u3000😀𠮷"))
)


@given(MIXED)
def test_words_cover_the_text(text):
    assert "".join(cut(text)) == text
    words = tag(text)
    assert [word.start for word in words] == [0, *(word.end for word in words)][: len(words)]
    assert sum(word.end - word.start for word in words) == len(text)
    assert all(word.end > word.start for word in words)


def test_parts_of_speech():
    text = "江西省有ABC大学"
    assert [(text[word.start : word.end], word.tag) for word in tag(text)] == [
        ("江西省", "ns"),
        ("有", "v"),
        ("ABC", "eng"),
        ("大学", "n"),
    ]
    assert part_of_speech("北京") == "ns"
    assert part_of_speech("江西省有") == "x"


@given(st.text(st.sampled_from("中国科学院计算所的的在北京市长江大桥南一")))
def test_dictionary_words_are_all_words_of_the_dictionary(text):
    found = [span for span in dictionary_words(text) if span[1] - span[0] > 1]
    spans = [(i, j) for i in range(len(text)) for j in range(i + 2, len(text) + 1)]
    assert found == [(i, j) for i, j in spans if rjieba.has_word(text[i:j])]


@given(MIXED)
def test_dictionary_words_lie_in_the_text(text):
    spans = dictionary_words(text)
    assert spans == sorted(set(spans))
    assert all(0 <= start < end <= len(text) for start, end in spans)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["中国", "人"], ["中国", "的", "人"]),
        (["的"], ["中", "国", "的", "人"]),
        ([], ["中", "国", "的", "人"]),
        (["中国", "某", "人"], ["中国", "的", "人"]),
    ],
    ids=["gap", "ends", "nothing", "foreign"],
)
def test_what_a_segmenter_drops_is_put_back(words, wanted):
    text = "中国的人"
    assert [text[word.start : word.end] for word in _locate(text, words)] == wanted
