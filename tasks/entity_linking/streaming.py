"""Texts to predict, one after the other in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.example import UNNAMED, Example, Mention
from nlpx.tasks.entity_linking.formats import ccks2019, plain
from nlpx.tasks.entity_linking.formats.objects import parse_row
from nlpx.text.lines import BadLine, encoding_problem


def stream(
    lines: Iterable[str],
    *,
    whole: bool = False,
    source: str = "input",
    on_bad: Callable[[str], None] | None = None,
) -> Iterator[Example]:
    """Examples from JSON lines of either JSON format, or from lines of plain text.

    The first line that is not blank decides which. Ids default to the 0-based number of the line; mentions that
    a line gives are kept, as places to link.

    Args:
        whole: a text without mentions is itself one, as where mentions are given.
        on_bad: told about each bad line, which is left out.

    Raises:
        DataError: at a bad line, where there is no `on_bad`.
    """
    is_json: bool | None = None
    for index, raw in enumerate(lines):
        line = raw.rstrip("\r\n") if index else raw.rstrip("\r\n").removeprefix("\ufeff")
        if is_json is None and line.strip():
            is_json = line.lstrip().startswith("{")
        if is_json and not line.strip():
            continue
        place = f"{source}:{index + 1}"
        try:
            example = _from_json(line, index) if is_json else _from_text(line, index)
        except BadLine as error:
            if on_bad is None:
                todo = "Correct the line, or leave it out with --skip-bad."
                raise DataError(f"{place}: {error}", todo) from None
            on_bad(f"{place}: {error}")
            continue
        example.source = place
        if whole and not example.mentions and example.text:
            example.mentions = [Mention(0, len(example.text), UNNAMED, example.text)]
        yield example


def _from_json(line: str, index: int) -> Example:
    row = parse_row(line)
    reader = ccks2019 if row.keys() & {"text_id", "mention_data"} else plain
    return reader.example_of(row, index)


def _from_text(line: str, index: int) -> Example:
    problem = encoding_problem(line)
    if problem:
        raise BadLine(problem)
    return Example(str(index), line, [], labelled=False)
