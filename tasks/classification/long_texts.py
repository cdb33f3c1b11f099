"""How much of long texts a network does not see; goes to the manifest, so that nothing is cut silently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nlpx.encoders.bert import UnitsConfig
from nlpx.encoders.inputs.config import InputsConfig
from nlpx.encoders.inputs.units import split_words
from nlpx.tasks.classification.config_head import LengthsConfig
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.pieces import left_out


def count_cut(
    examples: Sequence[Example], inputs: InputsConfig | UnitsConfig, lengths: LengthsConfig
) -> dict[str, Any]:
    """`{"cut": {"texts": …, "units": …}}`: texts that are too long, and what is left out of them."""
    if lengths.long == "windows":
        return {}
    gaps = [
        left_out(_length(text, inputs), lengths)
        for one in examples
        for text in (one.text, one.pair)
        if text is not None and len(text) > lengths.max_length  # a unit has a character at least
    ]
    cut = [gap for gap in gaps if gap]
    return {"cut": {"texts": len(cut), "units": sum(cut)}} if cut else {}


def _length(text: str, inputs: InputsConfig | UnitsConfig) -> int:
    return len(split_words(text, inputs.splitter)) if inputs.unit == "word" else len(text)
