"""Files to upload: write them and check them, in one of the formats of `submissions`.

spans     {"id": "7", "spans": [{"start": 0, "end": 2, "label": "PER"}]} a line; 0-based, half-open
cluener   {"id": 7, "label": {"name": {"叶老桂": [[9, 11]]}}} a line; ends inclusive
columns   token TAB tag a line, a blank line after every text
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from nlpx.errors import SubmissionError, UsageError
from nlpx.runs.atomic import atomic_writer
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.submissions import FORMATS, Format
from nlpx.text.spans import Span


def write(
    path: Path,
    examples: Iterable[Example],
    predicted: Iterable[Sequence[Span]],
    format: str,
    *,
    scheme: str = "BIO",
) -> None:
    """Write the predictions, one text after the other, in constant memory.

    Args:
        format: one of `FORMATS`.
        scheme: of the tags, for the format `columns`.

    Raises:
        SubmissionError: the format can't say what was predicted, such as overlapping spans in columns.
    """
    kind = _format(format)
    with atomic_writer(path) as file:
        for example, spans in zip(examples, predicted, strict=True):
            try:
                file.write(kind.write(example, sorted(set(spans)), scheme))
            except ValueError as error:
                what = f"{path}: text {example.id!r} can't be written as {format}: {error}"
                raise SubmissionError(what, "Choose the format spans, which can say it.") from None


def check(path: Path, format: str, examples: Sequence[Example], labels: Collection[str]) -> list[str]:
    """What is wrong with a file, a line each, with line numbers; empty = it would be accepted.

    Ids must be those of the examples, complete and in order, texts unchanged, spans inside their text, of a
    known label and there only once; columns have no ids, their tokens must be those of the examples.

    Args:
        labels: the known ones.

    Raises:
        SubmissionError: the file is missing or unreadable.
    """
    kind = _format(format)
    try:
        # Bytes that are not UTF-8 become lone surrogates, which the format's checker reports with their line.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
            return list(kind.check(file, examples, frozenset(labels)))
    except OSError as error:
        what = f"{path}: can't be read ({error.strerror})"
        raise SubmissionError(what, "Write it first, or name another file.") from None


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise UsageError(f"submission format {name!r} is unknown", f"Known formats: {', '.join(FORMATS)}.")
    return FORMATS[name]
