"""The names of a knowledge base, as a tagger of words looks at them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nlpx.tasks.entity_linking.tagger.words import PASSED_OVER, joined, name_key

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

LONGEST = 12
"""Words of a name that is looked for, marks included."""


class NameWords:
    """Which word sequences are names, and in how many names a word is, and is last."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.keys = set[str]()
        for entity in kb:
            for name in entity.names:
                self.keys.add(name_key(name))
                if ", " in name:  # "Anemia, Aplastic" is written as "aplastic anemia"
                    self.keys.add(name_key(" ".join(reversed(name.split(", ")))))
        self.keys = {key for key in self.keys if len(key) > 2}
        parts = [key.split() for key in self.keys]
        self._names = Counter(word for words in parts for word in set(words))
        self._last = Counter(words[-1] for words in parts)

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    def in_names(self, word: str) -> int:
        """Logarithm of the number of names with a word, 0 to 6."""
        return min(6, int(math.log2(self._names[word] + 1)))

    def last(self, word: str) -> int:
        """Logarithm of the number of names that end in a word, 0 to 5."""
        return min(5, int(math.log2(self._last[word] + 1)))


def places_in_matches(stems: Sequence[str], is_name: Callable[[str], bool]) -> list[str]:
    """For each word B, I, E or S, where it stands in the longest match from the left; O outside."""
    places = ["O"] * len(stems)
    at = 0
    while at < len(stems):
        size = _longest(stems, at, is_name)
        if size == 1:
            places[at] = "S"
        elif size:
            places[at : at + size] = ["B", *"I" * (size - 2), "E"]
        at += max(size, 1)
    return places


def _longest(stems: Sequence[str], at: int, is_name: Callable[[str], bool]) -> int:
    """Words of the longest name that begins there, 0 where there is none."""
    if stems[at] in PASSED_OVER:
        return 0
    for size in range(min(LONGEST, len(stems) - at), 0, -1):
        if stems[at + size - 1] not in PASSED_OVER and is_name(joined(stems[at : at + size])):
            return size
    return 0
