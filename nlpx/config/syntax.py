"""PyYAML's syntax errors in words that say what to do."""

from __future__ import annotations

import yaml
from yaml.reader import ReaderError

from nlpx.config.document import Mark

_SECOND_COLON = "mapping values are not allowed"
_LINE_ABOVE = (
    "the line above is no `key: value`, or is indented less; wanted a space after ':' and equal indentation"
)
# (part of PyYAML's message, what to say instead); the first that fits wins.
_ADVICE = (
    (_SECOND_COLON, "came a second ':' in one value; wanted the value in quotes, or a new line"),
    ("'\\t' that cannot start any token", "came a tab; wanted spaces to indent"),
    ("could not find expected ':'", "came a line without ':'; wanted `key: value`"),
    ("expected <block end>", "the indentation fits no line above; wanted the same number of spaces"),
    ("expected ',' or ']'", "the list is not closed; wanted ',' or ']'"),
    ("expected ',' or '}'", "the section in braces is not closed; wanted ',' or '}'"),
    ("unexpected end of stream", "the quotes are not closed; wanted a closing quote"),
    ("found '<stream end>'", "the text ends in the middle of a list or section; wanted it closed"),
    ("expected the node content", "came ':', ',' or '}' where a value belongs; wanted a value, or quotes"),
    ("expected a single document", "came a second document ('---'); wanted one"),
    ("found undefined alias", "came an alias (*name) without its anchor; wanted &name at an earlier value"),
    ("found undefined tag handle", "came an unknown tag; wanted a plain value"),
    ("found duplicate anchor", "came the same anchor (&name) twice; wanted another name"),
    (
        "that cannot start any token",
        "came a character with a meaning of its own in YAML; wanted quotes round it",
    ),
    (
        "found unknown escape character",
        "came an unknown escape in double quotes; wanted '\\\\' or single quotes",
    ),
)
# Those that are noticed long after the place where something is to be done.
_AT_START = [words for _, words in _ADVICE if "not closed" in words or "without ':'" in words]


def explain_syntax(error: yaml.YAMLError, text: str) -> tuple[Mark, str]:
    """Where a syntax error is, and what to do about it."""
    if isinstance(error, ReaderError):
        before = text[: error.position]
        mark = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
        return mark, f"came the character U+{ord(text[error.position]):04X}; wanted printable text"
    if not isinstance(error, yaml.MarkedYAMLError):
        return Mark(1, 1), str(error)
    problem = f"{error.context or ''} {error.problem or ''}".strip()
    advice = next((words for part, words in _ADVICE if part in problem), problem)
    where = error.context_mark if advice in _AT_START and error.context_mark else error.problem_mark
    if where is None:
        return Mark(1, 1), advice
    if _SECOND_COLON in problem and ":" not in text.splitlines()[where.line][: where.column]:
        advice = _LINE_ABOVE
    return Mark(where.line + 1, where.column + 1), advice
