"""The names of a knowledge base: what their indices are, and where they occur in texts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import marisa_trie
import numpy as np

from nlpx.tasks.entity_linking.knowledge_base import folding, storage
from nlpx.tasks.entity_linking.knowledge_base.build import LONGEST_NAME
from nlpx.text.prefix_table import Matches, PrefixTable
from nlpx.text.word_bounds import at_word_bounds

SHORT_TEXT = 200
"""Characters. Up to here walking the trie is quicker, beyond it the scan, whose start costs some 0.2 ms (measured)."""


class NameIndex:
    """Names by index, those of the trie first, added ones after them.

    Args:
        folder: of the knowledge base.
        trie: of the folded names.
        longest: characters of the longest of them.
    """

    def __init__(self, folder: Path, trie: marisa_trie.Trie, longest: int) -> None:
        self._folder, self._trie, self._longest = folder, trie, longest
        self.added: list[str] = []
        self._added_index: dict[str, int] = {}
        self._added_table: PrefixTable | None = None
        self.dead: set[int] = set()
        """Names that mean nothing any more, because the entity they were of has been replaced."""

    def __len__(self) -> int:
        return len(self._trie) + len(self.added)

    def add(self, names: Sequence[str]) -> None:
        """Append folded names, each of them new."""
        self.added = sorted(names)
        base = len(self._trie)
        self._added_index = {name: base + number for number, name in enumerate(self.added)}
        found = [name for name in self.added if len(name) <= LONGEST_NAME]
        values = np.array([self._added_index[name] for name in found], np.int64)
        self._added_table = PrefixTable.build(found, values, folding.folding()) if found else None

    def index_of(self, surface: str) -> int | None:
        """Index of the name that a surface is, however it is written; None if it is none."""
        return self.index_of_folded(folding.fold_name(surface))

    def index_of_folded(self, name: str) -> int | None:
        """`index_of` a name that is folded already."""
        number: int | None = self._trie.get(name)
        return self._added_index.get(name) if number is None else number

    def number(self, name: str) -> int:
        """Index of a folded name that is there; raises KeyError if it is not."""
        index = self.index_of_folded(name)
        if index is None:
            raise KeyError(name)
        return index

    def name(self, index: int) -> str:
        """The folded name of an index."""
        base = len(self._trie)
        return self.added[index - base] if index >= base else self._trie.restore_key(index)

    def scan(self, texts: Sequence[str], *, whole_words: bool = False) -> Matches:
        """See `KnowledgeBase.scan`."""
        found = self._table.scan(texts)
        if self._added_table is not None:
            found = Matches.concatenate([found, self._added_table.scan(texts)])
        if self.dead:
            found = found.take(~np.isin(found.word, list(self.dead)))
        return found.take(at_word_bounds(texts, found, folding.folding())) if whole_words else found

    def matches(self, text: str, *, whole_words: bool = False) -> list[tuple[int, int, int]]:
        """See `KnowledgeBase.matches`."""
        if len(text) > SHORT_TEXT or whole_words or self.added or self.dead:
            return self.scan([text], whole_words=whole_words).rows()
        folded, reach = folding.fold(text), min(self._longest, LONGEST_NAME)
        prefixes = self._trie.iter_prefixes_with_ids
        return [
            (start, start + len(name), number)
            for start in range(len(text))
            for name, number in prefixes(folded[start : start + reach])
        ]

    @cached_property
    def _table(self) -> PrefixTable:
        arrays = {name: storage.load_array(self._folder, f"scan.{name}") for name in PrefixTable.NAMES}
        return PrefixTable(arrays)
