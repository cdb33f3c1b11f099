"""Column files: one token a line with its tag, a blank line after every text (CoNLL, MSRA, Resume, Weibo)."""

from __future__ import annotations

from nlpx.errors import DataError
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.formats.layout import TAG, find_layout
from nlpx.tasks.sequence_labeling.formats.lines import Source, encoding_problem, shorten
from nlpx.tasks.sequence_labeling.formats.sentences import Sentence, sentences
from nlpx.text.schemes import OUTSIDE, parse_tag, scheme_name
from nlpx.text.spans import Span
from nlpx.text.tags import detect, repair_tags


def read_columns(source: Source) -> list[Example]:
    """The texts of a column file.

    Character-based texts are their tokens put together, word-based ones have a blank between two words unless
    both sides are Chinese or Japanese. A first token such as `-DOCSTART-` starts a document and is no token;
    a line `# …` before a text is a comment.
    """
    layout = find_layout(source)
    source.report.unit, source.report.labelled = layout.unit, layout.tag is not None
    found = list(sentences(source, layout))
    if layout.tag is None:
        return [_example(source, sentence, []) for sentence in found]
    _strip_tags(found)
    source.report.scheme = scheme = _scheme(source, found)
    return [_labelled(source, sentence, scheme) for sentence in _taggable(source, found, scheme)]


def _labelled(source: Source, sentence: Sentence, scheme: str) -> Example:
    tags = sentence.tags
    if tags.count(OUTSIDE) == len(tags):
        return _example(source, sentence, [])
    spans, repairs = repair_tags(tags, sentence.tokens, scheme)
    source.report.repairs += repairs
    return _example(source, sentence, spans)


def _example(source: Source, sentence: Sentence, spans: list[Span]) -> Example:
    place = source.place(sentence.line)
    return Example(str(sentence.number), sentence.text, spans, sentence.tokens, place, sentence.doc)


def _strip_tags(found: list[Sentence]) -> None:
    """Take blanks at line ends off the tags."""
    if any(tag != tag.strip() for tag in _distinct_tags(found)):
        for sentence in found:
            sentence.tags[:] = [tag.strip() for tag in sentence.tags]


def _scheme(source: Source, found: list[Sentence]) -> str:
    if source.scheme != "auto":
        return scheme_name(source.scheme)
    strange = {tag for tag in _distinct_tags(found) if not TAG.fullmatch(tag)}
    try:
        return detect(sentence.tags for sentence in found if strange.isdisjoint(sentence.tags))
    except DataError as error:
        raise DataError(f"{source.path}: {error.what}", error.todo) from None


def _taggable(source: Source, found: list[Sentence], scheme: str) -> list[Sentence]:
    """The sentences all of whose tags belong to the scheme; the lines of the others are bad."""
    problems = {tag: why for tag in _distinct_tags(found) if (why := _problem(tag, scheme))}
    if not problems:
        return found
    kept = []
    for sentence in found:
        if problems.keys().isdisjoint(sentence.tags):
            kept.append(sentence)
            continue
        lines = enumerate(sentence.tags, sentence.line)
        source.drop((line, problems[tag]) for line, tag in lines if tag in problems)
    return kept


def _distinct_tags(found: list[Sentence]) -> set[str]:
    return set().union(*(sentence.tags for sentence in found))


def _problem(tag: str, scheme: str) -> str:
    try:
        parse_tag(tag, scheme)
    except DataError:
        return f"wanted a tag of {scheme}, got {shorten(tag)}"
    return encoding_problem(tag)
