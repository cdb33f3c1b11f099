"""Plain spans: `{"id": "7", "text": "…", "spans": [{"start": 0, "end": 2, "label": "PER"}]}` a line.

Offsets are characters of the text, 0-based and half-open. `id` may be left out; `"tokens": [[start, end], …]`
may be added for word-based texts. Files without any `spans` are unlabelled.
"""

from __future__ import annotations

from typing import Any

from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.formats.json_lines import BadLine, read_objects, span_of
from nlpx.tasks.sequence_labeling.formats.lines import Source, shorten
from nlpx.text.spans import Span


def read_spans(source: Source) -> list[Example]:
    return read_objects(source, "spans", spans_of)


def spans_of(row: dict[str, Any]) -> list[Span]:
    """The spans of one object, in reading order; the same one twice counts once."""
    given = row["spans"]
    if not isinstance(given, list) or not all(isinstance(span, dict) for span in given):
        raise BadLine(f"'spans' is no list of objects: {shorten(given)}")
    return sorted(
        {span_of(row["text"], span.get("start"), span.get("end"), span.get("label")) for span in given}
    )
