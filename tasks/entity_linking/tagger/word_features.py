"""What a feature CRF sees of each word: itself and its neighbours, names, mentions elsewhere, abbreviations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.tagger.mention_words import MentionWords, Others, own_counts
from nlpx.tasks.entity_linking.tagger.name_words import NameWords, places_in_matches
from nlpx.tasks.entity_linking.tagger.sentence import Sentence
from nlpx.tasks.entity_linking.tagger.words import Offsets, sentences, stem, words
from nlpx.text.abbreviations import abbreviations
from nlpx.text.shapes import shape

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

AFFIXES = (2, 3, 4, 5)
EDGE = "edge"


class WordFeatures:
    """Learns from training texts which words are in mentions; knows the names of the knowledge base."""

    def __init__(self, kb: KnowledgeBase, names: NameWords | None = None) -> None:
        self.names = names or NameWords(kb)
        self.counts = MentionWords()

    def another(self) -> WordFeatures:
        """Like this one before it has learnt anything."""
        return WordFeatures.__new__(WordFeatures)._with(self.names)

    def _with(self, names: NameWords) -> WordFeatures:
        self.names, self.counts = names, MentionWords()
        return self

    def fit(self, train: Sequence[Example]) -> None:
        """Count the mentions of training texts."""
        self.counts = MentionWords.of(train)

    def sentences(self, examples: Sequence[Example], *, counted: bool = False) -> list[list[Sentence]]:
        """The sentences of each text.

        Args:
            counted: these are the training texts; each is described by what the other folds say.
        """
        own = own_counts(examples) if counted else [MentionWords()] * len(examples)
        return [
            self._sentences(example.text, Others(self.counts, mine))
            for example, mine in zip(examples, own, strict=True)
        ]

    def _sentences(self, text: str, others: Others) -> list[Sentence]:
        offsets = words(text)
        rows = _Text(text, offsets, self.names, others).rows()
        found, done = [], 0
        for part in sentences(text, offsets):
            found.append(Sentence(part, rows[done : done + len(part)]))
            done += len(part)
        return found

    def state(self) -> dict[str, Any]:
        """What `restore` needs, as JSON types."""
        return self.counts.as_row()

    def restore(self, state: dict[str, Any]) -> None:
        self.counts = MentionWords.from_row(state)


class _Text:
    """One text and what is known about each of its words."""

    def __init__(self, text: str, offsets: Offsets, names: NameWords, others: Others) -> None:
        self.text, self.offsets, self.names = text, offsets, names
        self.words = [text[start:end] for start, end in offsets]
        self.stems = [stem(word) for word in self.words]
        self.in_name = places_in_matches(self.stems, names.__contains__)
        self.in_mention = places_in_matches(self.stems, others.is_mention)
        self.rates = [others.rate(word) for word in self.stems]
        self.short_forms = self._short_forms()

    def rows(self) -> list[list[str]]:
        own = [self._own(at) for at in range(len(self.words))]
        return [["1", *own[at], *self._around(at), *self._pairs(at)] for at in range(len(own))]

    def _own(self, at: int) -> list[str]:
        word, place, mention, rate = self.stems[at], self.in_name[at], self.in_mention[at], self.rates[at]
        space = at > 0 and self.offsets[at][0] > self.offsets[at - 1][1]
        return [
            *_of_word(self.words[at]),
            f"name={place}",
            f"names={self.names.in_names(word)}",
            f"last={self.names.last(word)}",
            f"mention={mention}",
            f"rate={rate}",
            f"all={place}{mention}{rate}",
            f"space={space}",
            *self.short_forms.get(at, ()),
        ]

    def _around(self, at: int) -> list[str]:
        row = []
        for by in (-3, -2, -1, 1, 2, 3):
            other = at + by
            if not 0 <= other < len(self.words):
                row.append(f"{by}{EDGE}")
                continue
            row.append(f"{by}rate={self.rates[other]}")
            if abs(by) < 3:
                word = self.words[other]
                row += [
                    f"{by}w={word.lower()}",
                    f"{by}stem={self.stems[other]}",
                    f"{by}end={word.lower()[-3:]}",
                    f"{by}shape={shape(word)}",
                    f"{by}name={self.in_name[other]}",
                    f"{by}mention={self.in_mention[other]}",
                ]
        return row

    def _pairs(self, at: int) -> list[str]:
        row = []
        for left in (-2, -1, 0, 1):
            if at + left >= 0 and at + left + 1 < len(self.words):
                row.append(f"{left}stems={self.stems[at + left]} {self.stems[at + left + 1]}")
                if left in (-1, 0):
                    row.append(f"{left}rates={self.rates[at + left]} {self.rates[at + left + 1]}")
        return row

    def _short_forms(self) -> dict[int, list[str]]:
        """Features of every occurrence of an abbreviation that the text explains: what its long form is like."""
        found: dict[int, list[str]] = {}
        for one in abbreviations(self.text):
            span = range(one.long_start, one.long_end)
            long = [at for at, (start, _) in enumerate(self.offsets) if start in span]
            if not long:
                continue
            told = [
                f"long rate={self.rates[long[-1]]}",
                f"long last={self.stems[long[-1]]}",
                f"long name={_share(self.in_name, long)}",
                f"long mention={_share(self.in_mention, long)}",
            ]
            short = self.text[one.short_start : one.short_end]
            parts = [short[start:end] for start, end in words(short)]
            for at in range(len(self.words) - len(parts) + 1):
                if self.words[at : at + len(parts)] == parts:
                    for by in range(len(parts)):
                        found[at + by] = [*told, f"short={by == 0}{by + 1 == len(parts)}"]
        return found


def _share(places: Sequence[str], of: Sequence[int]) -> str:
    inside = sum(places[at] != "O" for at in of)
    return "all" if inside == len(of) else "some" if inside else "none"


@lru_cache(maxsize=1 << 16)
def _of_word(word: str) -> tuple[str, ...]:
    """What the word alone decides."""
    low = word.lower()
    affixes = [
        f"{size}{end}" for size in AFFIXES if len(low) > size for end in (f"<{low[:size]}", f">{low[-size:]}")
    ]
    return (f"w={low}", f"stem={stem(word)}", f"shape={shape(word)}", *affixes)
