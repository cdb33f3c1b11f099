"""Files to upload: write them and check them.

ccks2019  {"text_id": "1", "text": "…", "mention_data": [{"kb_id": "7", "mention": "…", "offset": "0"}]} a line
plain     {"id": "1", "text": "…", "mentions": [{"start": 0, "end": 2, "entity_id": "q1"}]} a line
terms     term TAB standard terms, joined by ##, a line
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from nlpx.errors import SubmissionError
from nlpx.pipeline.inference import to_line
from nlpx.runs.atomic import atomic_writer
from nlpx.tasks.entity_linking.example import Example, Link, Mention, Prediction
from nlpx.tasks.entity_linking.formats import ccks2019, plain, terms
from nlpx.tasks.entity_linking.formats.objects import parse_row
from nlpx.text.lines import BadLine, shorten
from nlpx.text.order import Order

KEYS = {"ccks2019": ("text_id", "text", "mention_data"), "plain": ("id", "text", "mentions")}
SUFFIXES = {"ccks2019": "json", "plain": "jsonl", "terms": "tsv"}


def write(path: Path, examples: Iterable[Example], predictions: Iterable[Prediction], format: str) -> None:
    """Write the answers, one text after the other, in constant memory."""
    with atomic_writer(path) as file:
        for example, prediction in zip(examples, predictions, strict=True):
            file.write(_WRITERS[format](example, prediction.kept))


def check(
    path: Path,
    format: str,
    examples: Sequence[Example],
    known: Container[str],
    *,
    overlaps: bool = False,
) -> list[str]:
    """What is wrong with a file, a line each, with line numbers; empty = it would be accepted.

    Texts must be complete, in order and unchanged, mentions must be the slice of their text, there once, and linked
    to a known entity.

    Args:
        known: ids that an answer may name.
        overlaps: whether mentions may overlap.

    Raises:
        SubmissionError: the file is missing or unreadable.
    """
    try:
        # Bytes that are not UTF-8 become lone surrogates, which are reported with their line.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
            if format == "terms":
                return list(_check_terms(file, examples, known))
            return list(_check_json(file, format, examples, known, overlaps=overlaps))
    except OSError as error:
        what = f"{path}: can't be read ({error.strerror})"
        raise SubmissionError(what, "Write it first, or name another file.") from None


def _mentions(example: Example, links: Iterable[Link]) -> list[Mention]:
    return [
        Mention(link.start, link.end, link.entity_id, example.text[link.start : link.end]) for link in links
    ]


def _write_ccks2019(example: Example, links: list[Link]) -> str:
    return to_line(ccks2019.to_row(example, _mentions(example, links)))


def _write_plain(example: Example, links: list[Link]) -> str:
    mentions = [{"start": link.start, "end": link.end, "entity_id": link.entity_id} for link in links]
    return to_line({"id": example.id, "text": example.text, "mentions": mentions})


def _write_terms(example: Example, links: list[Link]) -> str:
    return f"{example.text}\t{terms.JOINT.join(str(link.entity_id) for link in links)}\n"


_WRITERS: dict[str, Callable[[Example, list[Link]], str]] = {
    "ccks2019": _write_ccks2019,
    "plain": _write_plain,
    "terms": _write_terms,
}


def _check_json(
    lines: Iterable[str], format: str, examples: Sequence[Example], known: Container[str], *, overlaps: bool
) -> Iterator[str]:
    order = Order(examples)
    for number, line in enumerate(lines, 1):
        try:
            row = parse_row(line.rstrip("\r\n"))
        except BadLine as error:
            yield f"line {number}: {error}"
            continue
        example, problem = order.take(str(row.get(KEYS[format][0])), number)
        if problem:
            yield f"line {number}: {problem}"
        if example is not None:
            for found in _problems(row, format, example, known, overlaps=overlaps):
                yield f"line {number}: {found}"
    yield from order.missing()


def _problems(
    row: dict[str, Any], format: str, example: Example, known: Container[str], *, overlaps: bool
) -> Iterator[str]:
    """What is wrong with the answer for one text."""
    try:
        answer = _read(row, format)
    except BadLine as error:
        yield str(error)
        return
    if answer.text != example.text:
        yield f"the text of id {shorten(example.id)} was changed: {shorten(answer.text)}"
    else:
        yield from _mention_problems(answer, known, overlaps=overlaps)


def _read(row: dict[str, Any], format: str) -> Example:
    """The row as an example; what the competition's own script refuses is a BadLine."""
    missing = [key for key in KEYS[format] if key not in row]
    if missing:
        raise BadLine(f"no {missing[0]!r}: {shorten(row)}")
    if format == "plain":
        return plain.example_of(row, 0)
    if not isinstance(row["text_id"], str):
        raise BadLine(f"'text_id' is no string: {shorten(row['text_id'])}")
    answer = ccks2019.example_of(row, 0)
    for mention in row["mention_data"]:
        for key in ("kb_id", "mention", "offset"):
            if not isinstance(mention.get(key), str):
                raise BadLine(f"{key!r} is no string: {shorten(mention.get(key))}")
    return answer


def _mention_problems(answer: Example, known: Container[str], *, overlaps: bool) -> Iterator[str]:
    """What is wrong with the mentions of one text."""
    reach, seen = 0, set()
    for mention in sorted(answer.mentions, key=lambda mention: mention.place):
        start, end = mention.place
        here = answer.text[start:end]
        if here != mention.surface:
            yield f"mention {shorten(mention.surface)} is not what is at {start}: {shorten(here)}"
        if mention.entity_id is not None and mention.entity_id not in known:
            yield f"kb_id {shorten(mention.entity_id)} is not in the knowledge base"
        if mention in seen:
            yield f"mention {shorten(mention.surface)} at {start} is there twice"
        elif not overlaps and start < reach:
            yield f"mention {shorten(mention.surface)} at {start} overlaps the one before"
        seen.add(mention)
        reach = max(reach, end)


def _check_terms(lines: Iterable[str], examples: Sequence[Example], known: Container[str]) -> Iterator[str]:
    """Such files have no ids: texts are told apart by their order."""
    count = 0
    for number, line in enumerate(lines, 1):
        count = number
        text, tab, rest = line.rstrip("\r\n").partition("\t")
        if not tab:
            yield f"line {number}: wanted term TAB standard terms, got {shorten(text)}"
        elif number <= len(examples) and text != examples[number - 1].text:
            yield f"line {number}: wanted the term {shorten(examples[number - 1].text)}, got {shorten(text)}"
        unknown = [target for target in terms.targets(rest) if target not in known]
        if unknown:
            yield f"line {number}: {shorten(unknown[0])} is not in the knowledge base"
    if count != len(examples):
        yield f"wanted {len(examples):,} lines, got {count:,}"
