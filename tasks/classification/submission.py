"""Files to upload: write them and check them.

clue           {"id": 0, "label": "108", "label_desc": "news_edu"} a line; label_desc only where codes are named
csv            id,label with a header; several labels are joined by a blank
probabilities  id and a column per class, with a header
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nlpx.errors import DataError, SubmissionError, UsageError
from nlpx.runs.atomic import atomic_writer
from nlpx.tasks.classification.example import Example, Prediction
from nlpx.tasks.classification.formats.json_lines import parse_object
from nlpx.tasks.classification.submissions import FORMATS, Format, Rules
from nlpx.text.lines import BadLine, read_lines, shorten

SUFFIXES = {"clue": "json", "csv": "csv", "probabilities": "csv"}

__all__ = ["SUFFIXES", "Rules", "check", "read_codes", "write"]


def write(
    path: Path,
    examples: Sequence[Example],
    predictions: Sequence[Prediction],
    format: str,
    rules: Rules,
) -> None:
    """Write the predictions in the order of the examples.

    Raises:
        SubmissionError: a predicted class has no code.
    """
    kind = _format(format)
    with atomic_writer(path) as file:
        try:
            kind.write(file, examples, predictions, rules)
        except KeyError as error:
            raise SubmissionError(
                f"{path}: the class {shorten(error.args[0])} has no code",
                "Add it to the file that submission.codes names.",
            ) from None


def check(path: Path, format: str, examples: Sequence[Example], rules: Rules) -> list[str]:
    """What is wrong with a file, a line each, with line numbers; empty = it would be accepted.

    Ids must be those of the examples, complete and in order; classes known; probabilities in [0, 1], and summing to
    1 where a text has one class.

    Raises:
        SubmissionError: the file is missing or unreadable.
    """
    kind = _format(format)
    try:
        # Bytes that are not UTF-8 become lone surrogates, which no id and no class holds.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            return list(kind.check(file, examples, rules))
    except OSError as error:
        what = f"{path}: can't be read ({error.strerror})"
        raise SubmissionError(what, "Write it first, or name another file.") from None


def read_codes(path: Path) -> dict[str, str]:
    """The code of each class: JSON lines of `label` (the code) and `label_desc` (the class in the data).

    Raises:
        DataError: a line is something else.
    """
    codes: dict[str, str] = {}
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        try:
            row = parse_object(line)
            codes[str(row["label_desc"])] = str(row["label"])
        except (BadLine, KeyError):
            raise DataError(
                f"{path}:{number}: wanted an object with label and label_desc: {shorten(line)}",
                'Write a line such as {"label": "108", "label_desc": "news_edu"}.',
            ) from None
    return codes


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise UsageError(f"submission format {name!r} is unknown", f"Known formats: {', '.join(FORMATS)}.")
    return FORMATS[name]
