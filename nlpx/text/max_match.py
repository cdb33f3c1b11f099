"""Maximum matching: the one way to cut a text into dictionary words that leaves the fewest characters over.

Every dictionary word costs 1 and every character outside of words 100; the cheapest path wins (Su Jianlin's DAG,
https://kexue.fm/archives/6919). So coverage comes first and few words second; of equally cheap paths, the one whose
first words are longest.
"""

from __future__ import annotations

from collections.abc import Sequence

WORD_COST = 1
CHARACTER_COST = 100


def max_match(length: int, matches: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The words on the cheapest path.

    Args:
        length: characters of the text.
        matches: (start, end, word) of all dictionary words in it, in any order.
    """
    if not matches:
        return []
    starting: dict[int, list[tuple[int, int, int]]] = {}
    for match in matches:
        starting.setdefault(match[0], []).append(match)
    # From the end back: cost[i] of the cheapest path from i on, step[i] the word that begins there.
    cost = [0] * (length + 1)
    step: list[tuple[int, int, int] | None] = [None] * length
    for position in range(length - 1, -1, -1):
        best = cost[position + 1] + CHARACTER_COST
        for match in sorted(starting.get(position, ()), key=lambda match: -match[1]):
            if cost[match[1]] + WORD_COST < best:
                best, step[position] = cost[match[1]] + WORD_COST, match
        cost[position] = best
    return _follow(step)


def _follow(step: Sequence[tuple[int, int, int] | None]) -> list[tuple[int, int, int]]:
    """The words of the path that begins at 0."""
    path, position = [], 0
    while position < len(step):
        match = step[position]
        if match is None:
            position += 1
        else:
            path.append(match)
            position = match[1]
    return path
