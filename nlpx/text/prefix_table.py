"""All occurrences of a fixed set of words in many texts at once, as array operations.

The words form a trie whose edges lie in one hash table: the key of an edge is (parent node, character), and the slot
where the key lies is the number of the child. A batch of texts is scanned breadth first: all positions take their
first character together, those that go on take the second, and so on. The arrays can be memory-mapped, so that
nothing is built or parsed when a program starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlpx.text.normalize import code_points
from nlpx.text.trie_nodes import TrieNodes, trie_nodes

EMPTY = np.uint64(2**64 - 1)
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: Fibonacci hashing, Knuth, The Art of Computer Programming 3, 6.4."""
CHUNK = 1 << 16
"""Characters scanned together; the working arrays stay within the processor's cache."""


@dataclass(slots=True)
class Matches:
    """Occurrences of words in texts, sorted by text, start and end; all arrays `(matches,)`.

    Attributes:
        text: 0-based number of the text, int64.
        start, end: half-open characters of that text, int64.
        word: the value given to the word, int64.
    """

    text: np.ndarray
    start: np.ndarray
    end: np.ndarray
    word: np.ndarray

    def __len__(self) -> int:
        return len(self.word)

    def take(self, which: np.ndarray) -> Matches:
        """Those at an index array or a mask."""
        return Matches(self.text[which], self.start[which], self.end[which], self.word[which])

    def rows(self) -> list[tuple[int, int, int]]:
        """(start, end, word) of each."""
        return list(zip(self.start.tolist(), self.end.tolist(), self.word.tolist(), strict=True))

    def split(self, texts: int) -> list[list[tuple[int, int, int]]]:
        """`rows` of each of `texts` texts."""
        rows, bounds = self.rows(), np.searchsorted(self.text, np.arange(texts + 1)).tolist()
        return [rows[bounds[i] : bounds[i + 1]] for i in range(texts)]

    @classmethod
    def concatenate(cls, parts: Sequence[Matches]) -> Matches:
        """All of them, sorted again."""
        if len(parts) == 1:
            return parts[0]
        none = [np.zeros(0, np.int64)] * (not parts)
        fields = ("text", "start", "end", "word")
        text, start, end, word = (
            np.concatenate([getattr(p, name) for p in parts] or none) for name in fields
        )
        order = np.lexsort((end, start, text))
        return cls(text[order], start[order], end[order], word[order])


class PrefixTable:
    """A trie in a hash table.

    Args:
        arrays: `characters` number of each code point, 0 where no word has it, the last one for all beyond; `first`
            (numbers,) slot of the words' first characters, -1 if none; `keys` uint64 (slots,) parent slot · numbers +
            character; `nodes` uint32 (slots,) twice the word's value plus two, plus one if the node has children.
    """

    NAMES = ("characters", "first", "keys", "nodes")

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        # Plain views: fancy indexing of a memmap object costs a subclass call each time.
        self.characters, self.first, self.keys, self.nodes = (np.asarray(arrays[name]) for name in self.NAMES)
        self._width = np.uint64(len(self.first))
        self._shift = np.uint64(64 - (len(self.keys) - 1).bit_length())

    @classmethod
    def build(cls, words: Sequence[str], values: np.ndarray, fold: np.ndarray | None = None) -> PrefixTable:
        """Of distinct words in ascending order.

        Args:
            words: none of them empty; one with the character U+0000 is never found.
            values: what each word is called in matches, in [0, 2**31 - 2].
            fold: the code point that each one of a text is taken for, `(code points,)`; words are folded already.
        """
        nodes = trie_nodes(words, values, fold)
        slots = 1 << max(4, (2 * nodes.count - 1).bit_length())
        if slots * nodes.characters_used >= 2**64 - 1:
            raise ValueError("too many words for 64-bit keys")
        table = cls(
            {
                "characters": nodes.characters,
                "first": np.full(nodes.characters_used, -1, np.int64),
                "keys": np.full(slots, EMPTY, np.uint64),
                "nodes": np.zeros(slots, np.uint32),
            }
        )
        table._insert(nodes)
        return table

    def arrays(self) -> dict[str, np.ndarray]:
        """What `__init__` takes."""
        return {name: getattr(self, name) for name in self.NAMES}

    def scan(self, texts: Sequence[str]) -> Matches:
        """Every occurrence of every word, nested and overlapping ones too."""
        parts, begin = [], 0
        while begin < len(texts):
            end, size = begin, 0
            while end < len(texts) and (size < CHUNK or end == begin):
                size += len(texts[end]) + 1
                end += 1
            parts.append(self._scan(texts[begin:end], begin))
            begin = end
        none = np.zeros(0, np.int64)
        fields = ("text", "start", "end", "word")
        if len(parts) == 1:
            return parts[0]
        return Matches(
            *(np.concatenate([getattr(part, name) for part in parts] or [none]) for name in fields)
        )

    def _scan(self, texts: Sequence[str], number: int) -> Matches:
        """Matches of one chunk, whose first text has this number."""
        # A zero after each text, because no word has it: words never run from one text into the next.
        codes = code_points("\0".join(texts) + "\0")
        characters = self.characters[np.minimum(codes, len(self.characters) - 1)]
        slot = self.first[characters]
        position = np.flatnonzero(slot >= 0)
        slot = slot[position].view(np.uint64)
        found: list[tuple[np.ndarray, np.ndarray, int]] = []
        depth = 1
        while position.size:
            node = self.nodes[slot]
            ends = np.flatnonzero(node > 1)
            if ends.size:
                found.append((position[ends], node[ends], depth))
            goes_on = np.flatnonzero(node & np.uint32(1))
            position, slot = position[goes_on], slot[goes_on]
            position, slot = self._step(position, slot, characters[position + depth])
            depth += 1
        return _sorted(found, texts, number)

    def _step(
        self, position: np.ndarray, slot: np.ndarray, character: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The positions that have a child along their character, and these children."""
        key = slot * self._width + character
        mask = np.uint64(len(self.keys) - 1)
        child = (key * MULTIPLIER) >> self._shift
        there = self.keys[child]
        wrong = np.flatnonzero((there != key) & (there != EMPTY))
        while wrong.size:  # another edge lies there: try the next slot
            tried = (child[wrong] + np.uint64(1)) & mask
            child[wrong] = tried
            there[wrong] = self.keys[tried]
            wrong = wrong[(there[wrong] != key[wrong]) & (there[wrong] != EMPTY)]
        hits = np.flatnonzero(there == key)
        return position[hits], child[hits]

    def _insert(self, nodes: TrieNodes) -> None:
        """Put all nodes into their slots, level by level, because a key names the parent's slot."""
        above = np.zeros(0, np.uint64)
        for depth, level in enumerate(nodes.levels):
            if depth == 0:
                key = (
                    np.arange(len(level.character), dtype=np.uint64) + np.uint64(len(self.keys)) * self._width
                )
                above = self._place(key)
                self.first[level.character] = above.astype(np.int64)
            else:
                above = self._place(above[level.parent] * self._width + level.character.astype(np.uint64))
            word = (level.word + 1).astype(np.uint32)
            self.nodes[above] = word * np.uint32(2) + level.has_children.astype(np.uint32)

    def _place(self, keys: np.ndarray) -> np.ndarray:
        """The slots where distinct new keys have been put."""
        mask = np.uint64(len(self.keys) - 1)
        slots = (keys * MULTIPLIER) >> self._shift
        todo = np.arange(len(keys))
        while todo.size:
            free = todo[self.keys[slots[todo]] == EMPTY]
            self.keys[slots[free]] = keys[free]  # of several that want the same slot, the last one gets it
            todo = todo[self.keys[slots[todo]] != keys[todo]]
            slots[todo] = (slots[todo] + np.uint64(1)) & mask
        return slots


def _sorted(found: list[tuple[np.ndarray, np.ndarray, int]], texts: Sequence[str], number: int) -> Matches:
    """Matches from (positions in the joined texts, nodes, length) per length."""
    if not found:
        return Matches(*(np.zeros(0, np.int64) for _ in range(4)))
    position = np.concatenate([part[0] for part in found])
    word = (np.concatenate([part[1] for part in found]) >> np.uint32(1)).astype(np.int64) - 1
    length = np.repeat([part[2] for part in found], [len(part[0]) for part in found])
    order = np.argsort(position, kind="stable")  # lengths ascend already
    position, word, length = position[order], word[order], length[order]
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
    text = np.searchsorted(starts, position, side="right") - 1
    start = position - starts[text]
    return Matches(text + number, start, start + length, word)
