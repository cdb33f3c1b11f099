"""The tag schemes: which letters they use and which tags may stand next to each other.

A tag is `O` or a letter and a label (`B-PER`; `B_PER` is read too). The letters of every scheme map to four
roles, B (first position of an entity), I (further), E (last) and S (only one), so that all share one reading:

    O O B I E O S      role
    O O B I I O B      BIO    every entity begins with B (also called IOB2)
    O O I I I O I      IOB1   B only where an entity follows another one of the same label
    O O B I E O S      BIOES  (also called IOBES)
    O O B M E O S      BMESO  and BMES, its name where every position belongs to an entity, as in segmentation
    O O B I L O U      BILOU
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from nlpx.errors import DataError

OUTSIDE = "O"
BARE_LABEL = "_"  # the label of a tag without one, such as the `B` of word segmentation


class Letters(NamedTuple):
    begin: str
    inside: str
    end: str
    single: str


SCHEMES = {
    "BIO": Letters("B", "I", "I", "B"),
    "IOB1": Letters("B", "I", "I", "B"),
    "BIOES": Letters("B", "I", "E", "S"),
    "BMES": Letters("B", "M", "E", "S"),
    "BMESO": Letters("B", "M", "E", "S"),
    "BILOU": Letters("B", "I", "L", "U"),
}
ALIASES = {"IOB2": "BIO", "IOB": "IOB1", "IOBES": "BIOES", "BIEOS": "BIOES", "BILUO": "BILOU"}


class Tag(NamedTuple):
    """`role` is one of O B I E S; `label` is empty for O."""

    role: str
    label: str


class Junction(NamedTuple):
    """What happens between two neighbouring tags in the lenient reading, and whether the scheme allows it."""

    closes: bool  # the tag before is the last of its entity
    opens: bool  # the tag after is the first of its entity
    legal: bool


def scheme_name(name: str) -> str:
    """The canonical name of a scheme; DataError for an unknown one."""
    upper = name.upper()
    canonical = ALIASES.get(upper, upper)
    if canonical not in SCHEMES:
        raise DataError(f"tag scheme {name!r} is unknown", f"Known schemes: {', '.join(SCHEMES)}.")
    return canonical


def has_ends(scheme: str) -> bool:
    """Whether the scheme marks the last position of an entity."""
    return SCHEMES[scheme].end != SCHEMES[scheme].inside


@lru_cache(maxsize=1 << 16)
def parse_tag(tag: str, scheme: str) -> Tag:
    """Role and label of a tag as written; DataError if it is no tag of the scheme."""
    if tag == OUTSIDE:
        return Tag(OUTSIDE, "")
    letters = SCHEMES[scheme]
    roles = {letters.single: "S", letters.end: "E", letters.inside: "I", letters.begin: "B"}
    role = roles.get(tag[:1])
    if role is None or (len(tag) > 1 and tag[1] not in "-_"):
        raise DataError(f"{tag!r} is no tag of {scheme} ({', '.join(dict.fromkeys(letters))}, O)")
    return Tag(role, tag[2:] or BARE_LABEL)


def write_tag(role: str, label: str, scheme: str) -> str:
    """The tag of a role and a label in a scheme."""
    if role == OUTSIDE:
        return OUTSIDE
    letter = SCHEMES[scheme]["BIES".index(role)]
    return letter if label == BARE_LABEL else f"{letter}-{label}"


def tag_names(labels: Iterable[str], scheme: str) -> list[str]:
    """Every tag that entities of these labels can need: `O`, then the labels in sorted order."""
    scheme = scheme_name(scheme)
    letters = dict.fromkeys(SCHEMES[scheme])
    roles = {letter: "BIES"[SCHEMES[scheme].index(letter)] for letter in letters}
    return [
        OUTSIDE,
        *(write_tag(roles[letter], label, scheme) for label in sorted(set(labels)) for letter in letters),
    ]


@lru_cache(maxsize=1 << 16)
def junction(before: str, after: str, scheme: str) -> Junction:
    """What happens between two neighbouring tags; the edges of a text count as `O`.

    The lenient reading, that of conlleval and of seqeval's default: a tag that can't go on with the entity
    before it (an I after O, after another label, after an E or S) opens one; an entity not closed ends there.
    """
    left, right = parse_tag(before, scheme), parse_tag(after, scheme)
    joined = left.role in "BI" and right.role in "IE" and left.label == right.label
    closes, opens = left.role != OUTSIDE and not joined, right.role != OUTSIDE and not joined
    if scheme == "IOB1":
        legal = right.role != "B" or left.label == right.label
    else:
        legal = not (opens and right.role not in "BS") and not (
            closes and has_ends(scheme) and left.role not in "ES"
        )
    return Junction(closes, opens, legal)
