"""How much of long texts a network does not see; goes to the manifest, so that nothing is cut silently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nlpx.encoders.bert import UnitsConfig
from nlpx.encoders.inputs.config import InputsConfig
from nlpx.encoders.inputs.units import split_words
from nlpx.tasks.classification.config_head import LengthsConfig
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.pieces import left_out, left_out_of_pair


def count_cut(
    examples: Sequence[Example],
    inputs: InputsConfig | UnitsConfig,
    lengths: LengthsConfig,
    *,
    joined: bool = False,
) -> dict[str, Any]:
    """`{"cut": {"texts": …, "units": …}}`: texts that are too long, and what is left out of them.

    Args:
        joined: the texts of a pair are read as one, and count as one.
    """
    cut = [gap for one in examples for gap in _gaps(one, inputs, lengths, joined=joined) if gap]
    return {"cut": {"texts": len(cut), "units": sum(cut)}} if cut else {}


def _gaps(
    one: Example, inputs: InputsConfig | UnitsConfig, lengths: LengthsConfig, *, joined: bool
) -> list[int]:
    texts = [text for text in (one.text, one.pair) if text is not None]
    if joined and len(texts) == 2:
        if len(one.text) + len(texts[1]) <= lengths.max_length:  # a unit has a character at least
            return []
        return [left_out_of_pair((_length(texts[0], inputs), _length(texts[1], inputs)), lengths)]
    if lengths.long == "windows":
        return []
    return [left_out(_length(text, inputs), lengths) for text in texts if len(text) > lengths.max_length]


def _length(text: str, inputs: InputsConfig | UnitsConfig) -> int:
    return len(split_words(text, inputs.splitter)) if inputs.unit == "word" else len(text)
