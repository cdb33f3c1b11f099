"""What a plain word in a YAML file is: the core schema of YAML 1.2.

PyYAML follows YAML 1.1, where `no` is false, `1e-3` a text, `1:30` ninety and `017` fifteen.
"""

from __future__ import annotations

import re
from typing import Any

TAG = "tag:yaml.org,2002:"
STR, NULL, BOOL, INT, FLOAT = (TAG + kind for kind in ("str", "null", "bool", "int", "float"))

# (tag, what it looks like, the characters it can start with); in the order they are tried.
PATTERNS: tuple[tuple[str, re.Pattern[str], list[str]], ...] = (
    (NULL, re.compile(r"^(?:null|Null|NULL|~|)$"), ["n", "N", "~", ""]),
    (BOOL, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    (INT, re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"), list("-+0123456789")),
    (
        FLOAT,
        re.compile(
            r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
            r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
        ),
        list("-+.0123456789"),
    ),
)
MERGE = re.compile(r"^<<$")
MAX_DIGITS = 300


def scalar_value(tag: str, text: str) -> Any:
    """The value of one scalar.

    Raises:
        ValueError: the text is no such value, or a number too large to hold; says what was wanted.
    """
    pattern = next((pattern for known, pattern, _ in PATTERNS if known == tag), None)
    if pattern is None:
        return text
    if not pattern.match(text):
        raise ValueError(f"came {text[:40]!r}; wanted a value of type {tag.removeprefix(TAG)}")
    if tag == NULL:
        return None
    if tag == BOOL:
        return text.lower() == "true"
    return _number(tag, text)


def _number(tag: str, text: str) -> int | float:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"came a number of {len(text)} characters; wanted at most {MAX_DIGITS}")
    if tag == INT:
        return int(text, 8 if text.startswith("0o") else 16 if text.startswith("0x") else 10)
    value = float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    if value in (float("inf"), -float("inf")) and "inf" not in text.lower():
        raise ValueError(f"came {text[:40]}, which is too large; wanted a number below 1.8e308")
    return value
