"""Which words the training texts have in mentions, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.tagger.words import name_key, stem, words


@dataclass
class MentionWords:
    """Counts of training texts.

    Attributes:
        texts: in how many texts a surface is a mention, by its key.
        inside, seen: how often a word is in a mention, and how often it is there at all, by its stem.
    """

    texts: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, examples: Iterable[Example]) -> MentionWords:
        """The counts of texts."""
        counts = cls()
        for example in examples:
            counts.texts.update({name_key(example.text[start:end]) for start, end in example.places})
            for start, end in words(example.text):
                word = stem(example.text[start:end])
                counts.seen[word] += 1
                counts.inside[word] += any(a <= start < b for a, b in example.places)
        return counts

    def as_row(self) -> dict[str, dict[str, int]]:
        """As JSON types; `from_row` reverses it."""
        return {name: dict(sorted(getattr(self, name).items())) for name in ("texts", "inside", "seen")}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> MentionWords:
        """Raises KeyError, TypeError or ValueError where it is something else."""
        return cls(*(Counter(row[name]) for name in ("texts", "inside", "seen")))


class Others:
    """The counts without those of one of the texts, which must not read its own labels off them."""

    def __init__(self, total: MentionWords, own: MentionWords | None = None) -> None:
        self.total, self.own = total, own or MentionWords()

    def is_mention(self, key: str) -> bool:
        """Whether another text has it as a mention."""
        return self.total.texts[key] > self.own.texts[key]

    def rate(self, word: str) -> str:
        """How often a word is in mentions elsewhere, in seven steps; `x` after it where it is seen often."""
        seen = self.total.seen[word] - self.own.seen[word]
        if not seen:
            return "new"
        inside = self.total.inside[word] - self.own.inside[word]
        return f"{round(6 * (inside + 0.3) / (seen + 1.5))}{'x' if seen > 4 else ''}"
