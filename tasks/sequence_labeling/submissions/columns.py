"""Submissions in columns: token TAB tag a line, a blank line after every text.

Such files have no ids: the texts are told apart by their order and compared token by token.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from nlpx.errors import DataError
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.formats.layout import TAG
from nlpx.tasks.sequence_labeling.formats.lines import shorten
from nlpx.text.schemes import OUTSIDE, parse_tag
from nlpx.text.spans import Span, misaligned, overlaps
from nlpx.text.tags import count_repairs, detect, spans_to_tags

Block = list[tuple[int, str]]  # the numbered lines of one text


def write(example: Example, spans: Sequence[Span], scheme: str) -> str:
    if overlaps(spans):
        raise ValueError("spans overlap")
    if misaligned(spans, example.tokens):
        raise ValueError("a span begins or ends inside a token")
    tokens = tokens_of(example)
    if any("\t" in token or "\n" in token or "\r" in token for token in tokens):
        raise ValueError("a token is a tab or a line end")
    tags = spans_to_tags(spans, len(tokens) if example.tokens is None else example.tokens, scheme)
    return "".join(f"{token}\t{tag}\n" for token, tag in zip(tokens, tags, strict=True)) + "\n"


def check(file: TextIO, examples: Sequence[Example], labels: frozenset[str]) -> Iterator[str]:
    """Every text against the example at its place; the scheme is that of the whole file, read before."""
    try:
        scheme = detect(_tag_like(block) for block in _blocks(file))
    except DataError as error:
        yield error.what
        return
    file.seek(0)
    wanted = [example for example in examples if example.length]
    seen = 0
    for block in _blocks(file):
        if seen < len(wanted):
            yield from _check_text(block, wanted[seen], labels, scheme)
        seen += 1
    if seen != len(wanted):
        yield f"wanted {len(wanted):,} texts, got {seen:,}"


def _tag_like(block: Block) -> list[str]:
    """The tags of a text, without what can't be one and will be named with its line."""
    tags = (line.rpartition("\t")[2] for _, line in block)
    return [tag for tag in tags if TAG.fullmatch(tag)]


def tokens_of(example: Example) -> list[str]:
    """The strings of an example's tokens."""
    if example.tokens is None:
        return list(example.text)
    return [example.text[start:end] for start, end in example.tokens]


def _blocks(lines: Iterable[str]) -> Iterator[Block]:
    block: Block = []
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if text:
            block.append((number, text))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _check_text(block: Block, example: Example, labels: frozenset[str], scheme: str) -> Iterator[str]:
    """The first thing that is wrong with one text; what follows it would only be a consequence."""
    tags = []
    for (number, line), token in zip(block, tokens_of(example), strict=False):
        given, tab, tag = line.rpartition("\t")
        problem = (
            _token_problem(example, token, given) if tab else f"wanted token TAB tag, got {shorten(line)}"
        )
        problem = problem or _tag_problem(tag, labels, scheme)
        if problem:
            yield f"line {number}: {problem}"
            return
        tags.append(tag)
    first = block[0][0]
    if len(block) != example.length:
        yield f"line {first}: text {shorten(example.id)} has {example.length:,} tokens, got {len(block):,}"
    elif repairs := count_repairs(tags, scheme):
        yield f"line {first}: text {shorten(example.id)} has {repairs:,} tags that {scheme} forbids there"


def _token_problem(example: Example, token: str, given: str) -> str:
    if given == token:
        return ""
    return f"text {shorten(example.id)} has the token {shorten(token)} here, got {shorten(given)}"


def _tag_problem(tag: str, labels: frozenset[str], scheme: str) -> str:
    try:
        role, label = parse_tag(tag, scheme)
    except DataError as error:
        return error.what
    return "" if role == OUTSIDE or label in labels else f"unknown label {shorten(label)}"
