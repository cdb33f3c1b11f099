"""The nodes of a trie of words, level by level, found by array operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlpx.text.normalize import CODE_POINTS, code_points

NO_WORD = -1


@dataclass(slots=True)
class Level:
    """The nodes at one depth, in the words' order; all arrays `(nodes,)`.

    Attributes:
        parent: index of the parent among the level above.
        character: number of the character that leads here.
        word: value of the word that ends here, or `NO_WORD`.
        has_children: whether longer words go on from here.
    """

    parent: np.ndarray
    character: np.ndarray
    word: np.ndarray
    has_children: np.ndarray


@dataclass(slots=True)
class TrieNodes:
    """A trie.

    Attributes:
        characters: number of each character by code point, from 1; 0 where no word has it. Ends with a 0 that stands
            for all code points beyond it.
        characters_used: the highest number plus one.
        levels: the nodes by depth; the first level holds the first characters.
    """

    characters: np.ndarray
    characters_used: int
    levels: list[Level]

    @property
    def count(self) -> int:
        return sum(len(level.word) for level in self.levels)


def trie_nodes(words: Sequence[str], values: np.ndarray, fold: np.ndarray | None = None) -> TrieNodes:
    """The trie of distinct, ascending, non-empty words; see `PrefixTable.build`."""
    codes = code_points("".join(words))
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    numbers, used = _number_characters(codes)
    codes = numbers[codes]
    begins = np.cumsum(lengths) - lengths
    levels: list[Level] = []
    values = np.asarray(values, np.int64)
    active = np.arange(len(words))  # words that are longer than the depth
    node = np.zeros(len(words), np.int64)  # each one's node on the level above
    depth = 0
    while active.size:
        character = codes[begins[active] + depth]
        # Words are in order, so that those with the same prefix stand together.
        new = np.ones(len(active), bool)
        new[1:] = (node[1:] != node[:-1]) | (character[1:] != character[:-1])
        here = np.cumsum(new) - 1
        ends = lengths[active] == depth + 1
        word = np.full(int(new.sum()), NO_WORD, np.int64)
        word[here[ends]] = values[active[ends]]
        has_children = np.zeros(len(word), bool)
        has_children[here[~ends]] = True
        levels.append(Level(node[new], character[new], word, has_children))
        active, node = active[~ends], here[~ends]
        depth += 1
    return TrieNodes(_trimmed(numbers if fold is None else numbers[fold]), used, levels)


def _trimmed(numbers: np.ndarray) -> np.ndarray:
    """Up to the first of the zeros at the end."""
    last = np.flatnonzero(numbers)
    return np.append(numbers[: last[-1] + 1 if last.size else 0], np.uint32(0))


def _number_characters(codes: np.ndarray) -> tuple[np.ndarray, int]:
    """Number of each code point, from 1, 0 where it does not occur; and the highest number plus one."""
    used = np.zeros(CODE_POINTS, bool)
    used[codes] = True
    used[0] = False  # it stands between texts, see `PrefixTable.scan`
    return np.where(used, np.cumsum(used, dtype=np.uint32), np.uint32(0)), int(used.sum()) + 1
