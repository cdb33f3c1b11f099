"""Submissions of one JSON object a line: plain spans and CLUENER."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.formats import cluener, spans_jsonl
from nlpx.tasks.sequence_labeling.formats.json_lines import BadLine, id_of
from nlpx.tasks.sequence_labeling.formats.lines import encoding_problem, shorten
from nlpx.text.order import Order
from nlpx.text.spans import Span

Row = dict[str, Any]


def write_spans(example: Example, spans: Sequence[Span], scheme: str) -> str:
    return _line({"id": example.id, "spans": [span._asdict() for span in spans]})


def write_cluener(example: Example, spans: Sequence[Span], scheme: str) -> str:
    label: dict[str, dict[str, list[list[int]]]] = {}
    for start, end, name in spans:
        label.setdefault(name, {}).setdefault(example.text[start:end], []).append([start, end - 1])
    return _line({"id": _plain_id(example.id), "label": label})


def check_spans(lines: Iterable[str], examples: Sequence[Example], labels: frozenset[str]) -> Iterator[str]:
    return _check(lines, examples, labels, "spans", spans_jsonl.spans_of, _listed_spans)


def check_cluener(lines: Iterable[str], examples: Sequence[Example], labels: frozenset[str]) -> Iterator[str]:
    return _check(lines, examples, labels, "label", cluener.spans_of, _listed_cluener)


def _check(
    lines: Iterable[str],
    examples: Sequence[Example],
    labels: frozenset[str],
    key: str,
    spans_of: Callable[[Row], list[Span]],
    listed: Callable[[Row], int],
) -> Iterator[str]:
    order = Order(examples)
    for number, line in enumerate(lines, 1):
        try:
            row = _parse(line, key)
            example, problem = order.take(id_of(row, -1), number)
            if problem:
                yield f"line {number}: {problem}"
            if example is None:
                continue
            if row.get("text", example.text) != example.text:
                raise BadLine(f"the text of id {shorten(example.id)} was changed: {shorten(row['text'])}")
            spans = spans_of(row | {"text": example.text})
            if len(spans) < listed(row):
                raise BadLine("a span is there twice")
            unknown = sorted({span.label for span in spans} - labels)
            if unknown:
                raise BadLine(f"unknown label {shorten(unknown[0])}")
        except BadLine as error:
            yield f"line {number}: {error}"
    yield from order.missing()


def _parse(line: str, key: str) -> Row:
    if encoding_problem(line):
        raise BadLine("not UTF-8")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine(f"no JSON object: {shorten(line.rstrip())}") from None
    if not isinstance(row, dict):
        raise BadLine(f"no JSON object: {shorten(line.rstrip())}")
    if "id" not in row or key not in row:
        raise BadLine(f"no {'id' if 'id' not in row else key!r}: {shorten(line.rstrip())}")
    return row


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _plain_id(id: str) -> str | int:
    """CLUENER's ids are integers; other ids stay strings."""
    return int(id) if id.isdecimal() and len(id) < 19 and str(int(id)) == id else id


def _listed_spans(row: Row) -> int:
    return len(row["spans"])


def _listed_cluener(row: Row) -> int:
    return sum(len(places) for surfaces in row["label"].values() for places in surfaces.values())
