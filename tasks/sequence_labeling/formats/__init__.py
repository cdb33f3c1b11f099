"""The file formats: one reader a file, all in `READERS`."""

from __future__ import annotations

from collections.abc import Callable

from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.formats.cluener import read_cluener
from nlpx.tasks.sequence_labeling.formats.columns import read_columns
from nlpx.tasks.sequence_labeling.formats.lines import Source
from nlpx.tasks.sequence_labeling.formats.spans_jsonl import read_spans
from nlpx.tasks.sequence_labeling.formats.text import read_text

READERS: dict[str, Callable[[Source], list[Example]]] = {
    "columns": read_columns,
    "cluener": read_cluener,
    "spans": read_spans,
    "text": read_text,
}
