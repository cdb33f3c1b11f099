"""The formats of submissions: one writer and one checker each, all in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import IO, NamedTuple

from nlpx.tasks.classification.example import Example, Prediction
from nlpx.tasks.classification.submissions import clue, table
from nlpx.tasks.classification.submissions.rules import Rules

__all__ = ["FORMATS", "Format", "Rules"]


class Format(NamedTuple):
    """`write(file, examples, predictions, rules)`, KeyError for a class without a code; `check(file, examples,
    rules)` yields what is wrong."""

    write: Callable[[IO[str], Sequence[Example], Sequence[Prediction], Rules], None]
    check: Callable[[IO[str], Sequence[Example], Rules], Iterator[str]]


FORMATS = {
    "clue": Format(clue.write, clue.check),
    "csv": Format(table.write_labels, table.check_labels),
    "probabilities": Format(table.write_probabilities, table.check_probabilities),
}
