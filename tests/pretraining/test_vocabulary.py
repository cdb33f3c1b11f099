"""A vocabulary counted from texts."""

from __future__ import annotations

from nlpx.encoders.pretrained.wordpiece import Wordpiece
from nlpx.pretraining.vocabulary import SPECIAL, count_vocabulary

TEXTS = ["我在北京看 Keras 2022", "我看北海", "keras 和 Keras", "x"]


def count(texts=TEXTS, **options):
    return count_vocabulary(texts, **{"size": 500, "min_count": 2, "lower": True, **options})


def test_characters_come_by_frequency_then_whole_words():
    tokens = count(always=False)
    assert tuple(tokens[:5]) == SPECIAL
    assert tokens[5:] == ["##a", "##e", "##r", "##s", "k", "##2", "北", "我", "看", "keras"]
    assert {"我", "看", "北", "keras", "##s"} <= set(tokens)
    assert "海" not in tokens  # rare


def test_ascii_is_always_known():
    tokenizer = Wordpiece(count())
    ids = tokenizer.encode("zq#9 unseen").ids
    assert tokenizer.special["unk"] not in ids.tolist()


def test_size_is_kept_and_the_rare_give_way():
    assert len(count(size=10, min_count=1, always=False)) == 10
    assert len(set(count(min_count=1))) == len(count(min_count=1))


def test_case_is_kept_where_asked():
    assert "Keras" in count(lower=False)
    assert "Keras" not in count()
