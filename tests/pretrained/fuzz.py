"""Strings that a tokenizer could stumble over."""

from __future__ import annotations

import random

ODD = (
    "中文ABC abc éèüñ한글ＡＢ１２３，。😀👨\u200d👩\t\u3000\u200b\u0301\ufe0f\u00a0\u2028-_'[]##[MASK]"
    "İıßΣςﬁ𠀀龥〇ひカﾊ½²①\x00\x07\ufffd\u0e01\u0e31北京new yorks2019\U0002b820"
)
RANGES = ((0x20, 0x180), (0x391, 0x3A2), (0x410, 0x450), (0x2010, 0x2028), (0x3041, 0x3097), (0x4E00, 0x9FA6))
"""Characters that all versions of Unicode in use know alike."""


def fuzzed(count: int, seed: int = 0) -> list[str]:
    """Random strings of up to 30 characters; the same for the same seed."""
    draw = random.Random(seed)

    def character() -> str:
        return draw.choice(ODD) if draw.random() < 0.7 else chr(draw.randrange(*draw.choice(RANGES)))

    return ["".join(character() for _ in range(draw.randrange(30))) for _ in range(count)]
