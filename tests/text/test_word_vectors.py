from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlpx.errors import DataError
from nlpx.text.vector_cache import corpus_vectors
from nlpx.text.word_vectors import train_word_vectors

CITIES, FRUITS = ["北京", "上海", "广州", "杭州"], ["苹果", "香蕉", "葡萄", "西瓜"]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Cities and fruits, each in contexts of its kind only."""
    lines = [f"我们昨天坐飞机去{city}旅游参观" for city in CITIES]
    lines += [f"妈妈早上买了新鲜的{fruit}给孩子吃" for fruit in FRUITS]
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(lines * 20), "utf-8")
    return path


def test_words_of_like_contexts_have_like_vectors(corpus: Path) -> None:
    vectors = train_word_vectors([corpus], size=8, min_count=5)
    row = {word: vectors.matrix[i] for i, word in enumerate(vectors.tokens)}
    within = row["北京"] @ row["上海"], row["苹果"] @ row["香蕉"]
    across = row["北京"] @ row["苹果"]
    assert min(within) > 0.9 > across
    np.testing.assert_allclose(np.linalg.norm(vectors.matrix, axis=1), 1, rtol=1e-5)


def test_the_same_text_gives_the_same_vectors_and_the_cache_too(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))
    made = corpus_vectors([corpus], size=8, min_count=5)
    [entry] = (tmp_path / "cache").iterdir()
    cached = corpus_vectors([corpus], size=8, min_count=5)
    entry.write_bytes(b"damaged")
    again = corpus_vectors([corpus], size=8, min_count=5)
    assert made.tokens == cached.tokens == again.tokens
    assert np.array_equal(made.matrix, cached.matrix)
    assert np.array_equal(made.matrix, again.matrix)


def test_a_changed_corpus_is_another_entry(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))
    corpus_vectors([corpus], size=8, min_count=5)
    corpus.write_text(corpus.read_text("utf-8") + "\n再来一行新的文字", "utf-8")
    corpus_vectors([corpus], size=8, min_count=5)
    assert len(list((tmp_path / "cache").iterdir())) == 2


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [("corpus.txt", 500, "vectors of size 500 need more than 500"), ("none.txt", 8, "no such text file")],
)
def test_errors_say_what_is_missing(corpus: Path, name: str, size: int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        train_word_vectors([corpus.with_name(name)], size=size, min_count=5)
