"""What the feature CRF sees at each position: character n-grams in a window of two on either side, shapes."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from nlpx.text.holdout import fingerprint

EDGE = "\u2400"  # stands left and right of the text
PAIRS = ((-2, -1), (-1, 0), (0, 1), (1, 2), (-1, 1))


def features(tokens: Sequence[str]) -> list[list[str]]:
    """The names of the features of each token; a feature is there or not.

    A name begins with the positions it is about, as in `0|中`. Words add their folded form and their ends.
    """
    padded = [EDGE, EDGE, *tokens, EDGE, EDGE]
    words = any(len(token) > 1 for token in tokens)
    shapes = [_shape(token) for token in padded]
    rows = []
    for at in range(2, len(tokens) + 2):
        row = ["1", *(f"{offset}|{padded[at + offset]}" for offset in range(-2, 3))]
        row += [f"{left},{right}|{padded[at + left]}\t{padded[at + right]}" for left, right in PAIRS]
        row.append(f"s|{shapes[at - 1]}{shapes[at]}{shapes[at + 1]}")
        if words:
            row += _word_features(padded[at])
        rows.append(row)
    return rows


def _word_features(word: str) -> list[str]:
    ends = [f"{size}{side}" for size in (2, 3) for side in (f"<{word[:size]}", f">{word[-size:]}")]
    return [f"w|{fingerprint(word)}", *ends]


def _shape(token: str) -> str:
    """One letter per kind of character, runs of the same one shortened: `R2D2` is LNLN."""
    kinds = [unicodedata.category(character)[0] for character in token]
    if token.isascii():
        kinds = ["U" if character.isupper() else kind for character, kind in zip(token, kinds, strict=True)]
    else:
        kinds = ["C" if kind == "L" else kind for kind in kinds]
    return "".join(kind for at, kind in enumerate(kinds) if at == 0 or kind != kinds[at - 1])
