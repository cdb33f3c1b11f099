"""Which scheme a file's tags follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from nlpx.errors import DataError
from nlpx.text.schemes import OUTSIDE, SCHEMES


def detect(sequences: Iterable[Sequence[str]]) -> str:
    """The scheme of a file: by its letters; BIO and IOB1 by whether any B stands where IOB1 has none."""
    seen: set[str] = set()
    begins_alone = opens_inside = False
    for tags in sequences:
        distinct = set(tags)
        if distinct != {OUTSIDE}:
            seen |= distinct
            if not begins_alone:
                begins_alone, opened = _begins(tags)
                opens_inside = opens_inside or opened
    letters = {tag[:1] for tag in seen}
    if letters <= {"B", "I", OUTSIDE}:
        return "IOB1" if opens_inside and not begins_alone else "BIO"
    candidates = {"BIOES": "BIESO", "BMESO": "BMESO", "BILOU": "BILUO"}
    fitting = [name for name, known in candidates.items() if letters <= set(known)]
    if not fitting:
        raise DataError(
            f"the tags fit no known scheme: their first letters are {', '.join(sorted(letters))}",
            f"Known schemes: {', '.join(SCHEMES)}. Name the tag column if it is not the last one.",
        )
    return "BMES" if fitting[0] == "BMESO" and OUTSIDE not in letters else fitting[0]


def _begins(tags: Sequence[str]) -> tuple[bool, bool]:
    """Whether a B stands where no entity of its label ends, and whether an I opens an entity."""
    begins_alone = opens_inside = False
    for before, after in pairwise([OUTSIDE, *tags]):
        if after[:1] == "B":
            begins_alone = begins_alone or before[2:] != after[2:] or before == OUTSIDE
        elif after[:1] == "I":
            opens_inside = opens_inside or before[2:] != after[2:] or before == OUTSIDE
    return begins_alone, opens_inside
