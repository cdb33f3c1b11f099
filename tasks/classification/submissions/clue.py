"""CLUE's submissions: one JSON object a line, `{"id": 0, "label": "108"}`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import IO, Any

from nlpx.tasks.classification.example import Example, Prediction
from nlpx.tasks.classification.formats.json_lines import parse_object
from nlpx.tasks.classification.submissions.rules import Rules
from nlpx.text.lines import BadLine, shorten
from nlpx.text.order import Order


def write(
    file: IO[str], examples: Sequence[Example], predictions: Sequence[Prediction], rules: Rules
) -> None:
    for example, prediction in zip(examples, predictions, strict=True):
        codes = [rules.code(label) for label in prediction.labels]
        row: dict[str, Any] = {"id": _plain(example.id), "label": codes if rules.several else codes[0]}
        if rules.codes:
            row["label_desc"] = list(prediction.labels) if rules.several else prediction.labels[0]
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def check(file: IO[str], examples: Sequence[Example], rules: Rules) -> Iterator[str]:
    order = Order(examples)
    for number, line in enumerate(file, 1):
        try:
            row = parse_object(line.rstrip("\r\n"))
            if "id" not in row or "label" not in row:
                raise BadLine(f"no {'id' if 'id' not in row else 'label'}: {shorten(line.rstrip())}")
            _, problem = order.take(str(row["id"]), number)
            if problem:
                yield f"line {number}: {problem}"
            for problem in rules.problems(_labels(row["label"])):
                yield f"line {number}: {problem}"
        except BadLine as error:
            yield f"line {number}: {error}"
    yield from order.missing()


def _labels(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _plain(id: str) -> str | int:
    """CLUE's ids are integers; other ids stay strings."""
    return int(id) if id.isdecimal() and len(id) < 19 and str(int(id)) == id else id
