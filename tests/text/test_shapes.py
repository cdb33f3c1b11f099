from __future__ import annotations

import pytest

from nlpx.text.shapes import shape


@pytest.mark.parametrize(
    ("word", "wanted"), [("APC", "A+"), ("BRCA1", "A0+"), ("a", "a"), ("Xq", "Aa"), ("-", "-")]
)
def test_shapes(word: str, wanted: str) -> None:
    assert shape(word) == wanted
