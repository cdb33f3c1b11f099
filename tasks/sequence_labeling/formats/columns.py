"""Column files: one token a line with its tag, a blank line after every text (CoNLL, MSRA, Resume, Weibo …)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.formats.layout import TAG, Layout, find_layout, is_marker, strip_position
from nlpx.tasks.sequence_labeling.formats.lines import Source, encoding_problem, shorten

from nlpx.errors import DataError
from nlpx.text.schemes import parse_tag, scheme_name
from nlpx.text.tags import count_repairs, detect, tags_to_spans

Tokens = list[tuple[int, int]]


class Sentence(NamedTuple):
    index: int  # 0-based among the file's texts, bad ones included
    line: int  # 1-based, of its first token
    doc: int | None
    text: str
    tokens: Tokens | None
    tags: list[str]


def read_columns(source: Source) -> list[Example]:
    """The texts of a column file.

    Character-based texts are their tokens put together, word-based ones have a blank between two words unless both
    sides are Chinese, Japanese or Korean. A first token such as `-DOCSTART-` starts a document and is no token; a
    line `# …` before a text is a comment.
    """
    layout = find_layout(source)
    source.report.unit, source.report.labelled = layout.unit, layout.tag is not None
    if source.text_column not in range(-layout.columns, layout.columns):
        raise DataError(
            f"{source.path}: there is no column {source.text_column}, most lines have {layout.columns}"
        )
    if layout.columns > 1 and source.tag_column not in range(-layout.columns, layout.columns):
        raise DataError(
            f"{source.path}: there is no column {source.tag_column}, most lines have {layout.columns}"
        )
    sentences = list(_sentences(source, layout))
    if layout.tag is None:
        return [_example(source, sentence, []) for sentence in sentences]
    scheme = _scheme(source, sentences)
    source.report.scheme = scheme
    return [_labelled(source, sentence, scheme) for sentence in _taggable(source, sentences, scheme)]


def _labelled(source: Source, sentence: Sentence, scheme: str) -> Example:
    tags = sentence.tags
    if tags.count("O") == len(tags):
        return _example(source, sentence, [])
    source.report.repairs += count_repairs(tags, scheme)
    return _example(source, sentence, tags_to_spans(tags, sentence.tokens, scheme))


def _example(source: Source, sentence: Sentence, spans: list) -> Example:
    place = source.place(sentence.line)
    return Example(str(sentence.index), sentence.text, spans, sentence.tokens, place, sentence.doc)


def _scheme(source: Source, sentences: list[Sentence]) -> str:
    if source.scheme != "auto":
        return scheme_name(source.scheme)
    distinct = set().union(*(sentence.tags for sentence in sentences))
    strange = {tag for tag in distinct if not TAG.fullmatch(tag)}
    fine = (
        sentences
        if not strange
        else [sentence for sentence in sentences if strange.isdisjoint(sentence.tags)]
    )
    return detect(sentence.tags for sentence in fine)


def _taggable(source: Source, sentences: list[Sentence], scheme: str) -> list[Sentence]:
    """The sentences all of whose tags belong to the scheme; the lines of the others are bad."""
    problems = _problems(set().union(*(sentence.tags for sentence in sentences)), scheme)
    if not problems:
        return sentences
    kept = []
    for sentence in sentences:
        if problems.keys().isdisjoint(sentence.tags):
            kept.append(sentence)
            continue
        for position, tag in enumerate(sentence.tags):
            if tag in problems:
                source.bad.add(sentence.line + position, problems[tag])
    return kept


def _problems(tags: set[str], scheme: str) -> dict[str, str]:
    problems = {}
    for tag in tags:
        try:
            parse_tag(tag, scheme)
        except DataError:
            problems[tag] = f"no tag of {scheme}: {shorten(tag)}"
        else:
            if encoding_problem(tag):
                problems[tag] = f"{encoding_problem(tag)}: {shorten(tag)}"
    return problems


def _sentences(source: Source, layout: Layout) -> Iterator[Sentence]:
    """The texts whose lines all have the wanted columns; the others go into the book of bad lines."""
    doc: int | None = None
    index = 0
    for line, block in _blocks(source.lines):
        rows: list[list[str] | None] = [row.split(layout.separator) for row in block]
        if any(len(row) != layout.columns for row in rows if row is not None) or block[0][0] == "#":
            line, block, rows = _careful(line, block, layout)
        if rows and rows[0] is not None and is_marker(rows[0][layout.text]):
            doc = 0 if doc is None else doc + 1
            line, block, rows = line + 1, block[1:], rows[1:]
        if not rows:
            continue
        sentence = _sentence(source, layout, line, block, rows)
        if sentence is not None:
            yield sentence._replace(index=index, doc=doc)
        index += 1


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines between blank ones, each with the 1-based number of its first line."""
    start = 0
    for end in [position for position, line in enumerate(lines) if not line or line.isspace()]:
        if end > start:
            yield start + 1, lines[start:end]
        start = end + 1
    if start < len(lines):
        yield start + 1, lines[start:]


def _careful(line: int, block: list[str], layout: Layout) -> tuple[int, list[str], list[list[str] | None]]:
    """The rows of a block that has other separators, comments, markers or faults; None for a faulty row."""
    rows = [layout.fields(text) for text in block]
    while block and _is_comment(block[0], rows[0], layout):
        line, block, rows = line + 1, block[1:], rows[1:]
    if block and rows[0] is None and is_marker(block[0]):
        rows[0] = [block[0]] * layout.columns
    return line, block, rows


def _is_comment(text: str, row: list[str] | None, layout: Layout) -> bool:
    if not text.startswith("#"):
        return False
    return row is None or (layout.tag is not None and not TAG.fullmatch(row[layout.tag]))


def _sentence(
    source: Source, layout: Layout, line: int, block: list[str], rows: list[list[str] | None]
) -> Sentence | None:
    good = [row for row in rows if row is not None]
    if len(good) < len(rows):
        for position, row in enumerate(rows):
            if row is None:
                why = f"{layout.columns} columns wanted: {shorten(block[position])}"
                source.bad.add(line + position, why)
        return None
    tokens = [row[layout.text] or " " for row in good]
    if layout.positions:
        tokens = [strip_position(token) for token in tokens]
    text, offsets = _join(tokens, layout.unit)
    if encoding_problem(text):
        for position, token in enumerate(tokens):
            if encoding_problem(token):
                source.bad.add(line + position, f"{encoding_problem(token)}: {shorten(token)}")
        return None
    tags = [row[layout.tag] for row in good] if layout.tag is not None else []
    return Sentence(0, line, None, text, offsets, tags)


def _join(tokens: list[str], unit: str) -> tuple[str, Tokens | None]:
    """The text of the tokens, and their offsets unless every character is a token."""
    if unit == "character":
        text = "".join(tokens)
        if len(text) == len(tokens):
            return text, None
    parts: list[str] = []
    offsets: Tokens = []
    position = 0
    for token in tokens:
        if unit == "word" and parts and not (_is_cjk(parts[-1][-1]) and _is_cjk(token[0])):
            parts.append(" ")
            position += 1
        parts.append(token)
        offsets.append((position, position + len(token)))
        position += len(token)
    return "".join(parts), offsets


def _is_cjk(character: str) -> bool:
    """Whether a character belongs to a script that is written without blanks between words."""
    return (
        "\u2e80" <= character <= "\u9fff"
        or "\uf900" <= character <= "\ufaff"
        or "\uff00" <= character <= "\uffef"
    )
