"""Vectors come from text with or without a header, gzipped, or npz with the tokens inside or beside it."""

import gzip

import numpy as np
import pytest

from nlpx.errors import DataError
from nlpx.text.vectors import read_vectors

MATRIX = np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32)
TOKENS = ["的", "New York", " "]
ROWS = "的 1 2\nNew York 3 4\n  5 6\n"


def check(vectors, rows=3):
    assert vectors.tokens == tuple(TOKENS[:rows])
    assert vectors.matrix.dtype == np.float32
    np.testing.assert_array_equal(vectors.matrix, MATRIX[:rows])


@pytest.mark.parametrize(
    "content",
    [ROWS, "3 2\n" + ROWS, "3 2\n的 1 2 \r\nNew York\t3\t4\r\n  5 6\r\n\r\n", ROWS + "的 9 9\n"],
    ids=["plain", "header", "windows-and-tabs", "double"],
)
def test_text(tmp_path, content):
    path = tmp_path / "words.vec"
    path.write_bytes(content.encode())
    check(read_vectors(path))
    check(read_vectors(path, limit=2), rows=2)


def test_gzipped_text(tmp_path):
    path = tmp_path / "words.vec.gz"
    path.write_bytes(gzip.compress(ROWS.encode()))
    check(read_vectors(path))


def test_npz_with_tokens_inside(tmp_path):
    np.savez(tmp_path / "v.npz", vectors=MATRIX.astype("float64"), tokens=np.array(TOKENS))
    check(read_vectors(tmp_path / "v.npz"))


def test_npz_with_tokens_beside(tmp_path):
    np.savez(tmp_path / "v.npz", MATRIX)
    (tmp_path / "my_vocab.txt").write_text("\n".join(TOKENS), encoding="utf-8")
    (tmp_path / "other_vocab.txt").write_text("的\n", encoding="utf-8")
    check(read_vectors(tmp_path / "v.npz"))
    check(read_vectors(tmp_path / "v.npz", vocabulary=tmp_path / "my_vocab.txt", limit=1), rows=1)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "holds no vectors"),
        ("的 1 2\n了 1\n".encode(), "words.vec:2: wanted a token and 2 numbers, came 2 fields"),
        ("的 1 2\n了 1 x\n".encode(), "words.vec:2: could not convert"),
        ("的 1 nan\n".encode(), "the vector of '的' is not finite"),
        (b"\xff\xfe 1 2\n", "can't be read as UTF-8 text"),
        (None, "no such file of vectors"),
    ],
)
def test_bad_text_is_named(tmp_path, content, what):
    path = tmp_path / "words.vec"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=what):
        read_vectors(path)


def test_npz_without_tokens_asks_for_them(tmp_path):
    np.savez(tmp_path / "v.npz", MATRIX)
    with pytest.raises(DataError, match=r"0 files \*vocab\*.txt with 3 lines") as caught:
        read_vectors(tmp_path / "v.npz")
    assert "vector_vocabulary" in str(caught.value)
    (tmp_path / "short.txt").write_text("的\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"short\.txt: 1 lines, but .* holds 3 vectors"):
        read_vectors(tmp_path / "v.npz", vocabulary=tmp_path / "short.txt")


def test_npz_never_unpickles(tmp_path):
    np.savez(tmp_path / "v.npz", np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match="can't be read as plain arrays"):
        read_vectors(tmp_path / "v.npz")
    (tmp_path / "w.npz").write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(DataError, match="can't be read as plain arrays"):
        read_vectors(tmp_path / "w.npz")
    np.savez(tmp_path / "two.npz", MATRIX, MATRIX)
    with pytest.raises(DataError, match="wanted one array"):
        read_vectors(tmp_path / "two.npz")
