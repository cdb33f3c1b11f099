"""The formats of submissions: one writer and one checker each, all in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TextIO

from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.submissions import columns, json_lines
from nlpx.text.spans import Span


class Format(NamedTuple):
    """`write(example, spans, scheme)` gives the lines of one text, ValueError where the format can't say it;
    `check(file, examples, labels)` yields what is wrong."""

    write: Callable[[Example, Sequence[Span], str], str]
    check: Callable[[TextIO, Sequence[Example], frozenset[str]], Iterator[str]]


FORMATS = {
    "spans": Format(json_lines.write_spans, json_lines.check_spans),
    "cluener": Format(json_lines.write_cluener, json_lines.check_cluener),
    "columns": Format(columns.write, columns.check),
}
