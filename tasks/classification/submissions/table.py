"""Submissions as CSV with a header: `id,label`, or id and the probability of every class."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from nlpx.tasks.classification.example import Example, Prediction
from nlpx.tasks.classification.submissions.rules import Rules
from nlpx.text.lines import shorten
from nlpx.text.order import Order

BETWEEN = " "
"""Stands between several labels of a text."""

TOLERANCE = 0.01
"""How far the probabilities of a text may be from summing to 1: they are rounded."""


def write_labels(
    file: IO[str], examples: Sequence[Example], predictions: Sequence[Prediction], rules: Rules
) -> None:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(("id", "label"))
    for example, prediction in zip(examples, predictions, strict=True):
        rows.writerow((example.id, BETWEEN.join(map(rules.code, prediction.labels))))


def write_probabilities(
    file: IO[str], examples: Sequence[Example], predictions: Sequence[Prediction], rules: Rules
) -> None:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(("id", *map(rules.code, rules.labels)))
    for example, prediction in zip(examples, predictions, strict=True):
        rows.writerow((example.id, *(f"{prediction.probabilities.get(one, 0):.6f}" for one in rules.labels)))


def check_labels(file: IO[str], examples: Sequence[Example], rules: Rules) -> Iterator[str]:
    def problems(cells: list[str]) -> Iterator[str]:
        given = (cells[0].split(BETWEEN) if cells[0] else []) if rules.several else [cells[0]]
        yield from rules.problems(given)

    yield from _check(file, examples, ["id", "label"], problems)


def check_probabilities(file: IO[str], examples: Sequence[Example], rules: Rules) -> Iterator[str]:
    def problems(cells: list[str]) -> Iterator[str]:
        try:
            numbers = [float(cell) for cell in cells]
        except ValueError:
            yield f"wanted numbers, got {shorten(','.join(cells))}"
            return
        wrong = [number for number in numbers if math.isnan(number) or not 0 <= number <= 1]
        if wrong:
            yield f"{wrong[0]} is no probability"
        elif not rules.several and abs(sum(numbers) - 1) > TOLERANCE:
            yield f"the probabilities sum to {sum(numbers):.4f}"

    yield from _check(file, examples, ["id", *rules.names], problems)


def _check(
    file: IO[str],
    examples: Sequence[Example],
    header: list[str],
    problems: Callable[[list[str]], Iterator[str]],
) -> Iterator[str]:
    """Header, ids and number of cells; what the cells hold is up to `problems`."""
    rows = csv.reader(file)
    first = next(rows, [])
    if first != header:
        yield f"line 1: wanted the header {','.join(header)}, got {shorten(','.join(first))}"
        return
    order = Order(examples)
    for cells in rows:
        number = rows.line_num
        if len(cells) != len(header):
            yield f"line {number}: wanted {len(header)} cells, got {len(cells)}"
            continue
        _, problem = order.take(cells[0], number)
        if problem:
            yield f"line {number}: {problem}"
        for problem in problems(cells[1:]):
            yield f"line {number}: {problem}"
    yield from order.missing()
