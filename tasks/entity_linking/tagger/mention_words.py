"""Which words the training texts have in mentions, and how often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.statistics import fold_of
from nlpx.tasks.entity_linking.tagger.words import name_key, stem, words

FOLDS = 50
"""Parts of the training texts whose counts are left out together."""


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


def own_counts(examples: Sequence[Example]) -> list[MentionWords]:
    """For each training text the counts of its fold, which it must not be told; repeated texts share theirs."""
    members = defaultdict[int, list[Example]](list)
    folds = [fold_of(example.text, FOLDS) for example in examples]
    for fold, example in zip(folds, examples, strict=True):
        members[fold].append(example)
    counts = {fold: MentionWords.of(texts) for fold, texts in members.items()}
    return [counts[fold] for fold in folds]


class Others:
    """The counts without those of a fold of the texts, which must not read their own labels off them."""

    def __init__(self, total: MentionWords, own: MentionWords) -> None:
        self.total, self.own = total, own

    def is_mention(self, key: str) -> bool:
        """Whether a text of another fold has it as a mention."""
        return self.total.texts[key] > self.own.texts[key]

    def rate(self, word: str) -> str:
        """How often a word is in mentions elsewhere, in seven steps; `x` after it where it is seen often."""
        seen = self.total.seen[word] - self.own.seen[word]
        if not seen:
            return "new"
        inside = self.total.inside[word] - self.own.inside[word]
        return f"{round(6 * (inside + 0.3) / (seen + 1.5))}{'x' if seen > 4 else ''}"
