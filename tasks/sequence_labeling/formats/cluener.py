"""CLUENER2020: `{"text": "…", "label": {"name": {"叶老桂": [[9, 11]]}}}`, one object a line.

The file's ends are inclusive; ours are not. The surface must be the text at its offsets. Test files have no
`label`.
"""

from __future__ import annotations

from typing import Any

from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.formats.json_lines import BadLine, read_objects, span_of
from nlpx.tasks.sequence_labeling.formats.lines import Source, shorten
from nlpx.text.spans import Span


def read_cluener(source: Source) -> list[Example]:
    return read_objects(source, "label", spans_of)


def spans_of(row: dict[str, Any]) -> list[Span]:
    """The spans of one object, in reading order; the same one twice counts once."""
    labels = row["label"]
    if not isinstance(labels, dict):
        raise BadLine(f"'label' is no object: {shorten(labels)}")
    return sorted(
        {span for label, surfaces in labels.items() for span in _spans(row["text"], label, surfaces)}
    )


def _spans(text: str, label: str, surfaces: object) -> list[Span]:
    if not isinstance(surfaces, dict):
        raise BadLine(f"label {shorten(label)} has no object of surfaces: {shorten(surfaces)}")
    return [
        _span(text, label, surface, place)
        for surface, places in surfaces.items()
        for place in (places if isinstance(places, list) else [places])
    ]


def _span(text: str, label: str, surface: str, place: object) -> Span:
    if not isinstance(place, list) or len(place) != 2 or type(place[1]) is not int:
        raise BadLine(f"no [first, last] for {shorten(surface)}: {shorten(place)}")
    span = span_of(text, place[0], place[1] + 1, label)
    if text[span.start : span.end] != surface:
        raise BadLine(
            f"the text has {shorten(text[span.start : span.end])} where {shorten(surface)} is said to be"
        )
    return span
