"""Which of several similar names somebody meant who mistyped one: by letters, and by the sound of characters."""

from __future__ import annotations

from functools import cache

FIRST_LEVEL = (0xB0A1, 0xD7F9)
"""The 3,755 commonest characters of GB 2312, which stand in the order of their pinyin."""

NEAR = 8
"""So many places apart two of them mostly sound alike; a syllable has about nine characters."""

ALIKE = 0.5
"""What it costs to take a character for one that sounds alike; any other change costs 1."""


def distance(name: str, meant: str) -> float:
    """The cheapest way from one name to the other by leaving out, putting in and exchanging characters."""
    row = [float(column) for column in range(len(meant) + 1)]
    for number, character in enumerate(name, 1):
        before, row = row, [float(number)]
        for column, other in enumerate(meant):
            exchanged = before[column] + _exchange(character, other)
            row.append(min(exchanged, before[column + 1] + 1, row[column] + 1))
    return row[-1]


def _exchange(one: str, other: str) -> float:
    if one == other:
        return 0.0
    places = _place(one), _place(other)
    return ALIKE if None not in places and abs(places[0] - places[1]) <= NEAR else 1.0  # type: ignore[operator]


@cache
def _place(character: str) -> int | None:
    """The place of a character in the order of pinyin; None for others."""
    try:
        code = int.from_bytes(character.encode("gb2312"))
    except UnicodeEncodeError:
        return None
    low, high = divmod(code, 256)
    return low * 94 + high if FIRST_LEVEL[0] <= code <= FIRST_LEVEL[1] else None
