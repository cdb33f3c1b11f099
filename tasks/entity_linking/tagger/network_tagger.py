"""The neural tagger, as a tagger of mentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlpx.tagging.tagger import NeuralTagger
from nlpx.task import FitContext, FitReport
from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.tagger.config import TaggerConfig
from nlpx.tasks.entity_linking.tagger.feature_tagger import LABEL, LONGEST, Scored
from nlpx.tasks.entity_linking.tagger.words import Offsets, sentences, words
from nlpx.text.spans import Span


@dataclass(slots=True)
class Part:
    """A stretch of a text as a text of its own; `start` is where it begins in the text of that number."""

    text: str
    spans: list[Span]
    tokens: Offsets | None
    number: int
    start: int


class NetworkTagger:
    """Encoder and head; English is read sentence by sentence, characters text by text."""

    def __init__(self, config: TaggerConfig) -> None:
        assert config.network is not None
        self.config = config
        self.tagger = NeuralTagger(config.network)

    def another(self) -> NetworkTagger:
        """Like this one before it has learnt anything."""
        return NetworkTagger(self.config)

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> FitReport:
        """Learn from `train`; the F1 on `dev` chooses the epoch, where there is one."""
        return self.tagger.fit(self.parts(train), self.parts(dev), context)

    def spans(self, examples: Sequence[Example], least: float) -> list[Scored]:
        """Probability of each span of each text, where it is at least `least`."""
        found: list[Scored] = [{} for _ in examples]
        parts = self.parts(examples)
        for part, scored in zip(parts, self.tagger.span_probabilities(parts, least, LONGEST), strict=True):
            for span, probability in scored:
                found[part.number][part.start + span.start, part.start + span.end] = probability
        return found

    def parts(self, examples: Sequence[Example]) -> list[Part]:
        """What is read as a text of its own: each sentence of English, each text of characters."""
        return [part for number, example in enumerate(examples) for part in self._of(example, number)]

    def _of(self, example: Example, number: int) -> list[Part]:
        spans = [Span(start, end, LABEL) for start, end in example.places]
        if self.config.unit == "char":
            return [Part(example.text, spans, None, number, 0)]
        return [
            _part(example.text, spans, tokens, number)
            for tokens in sentences(example.text, words(example.text))
        ]

    # === Files ===

    def save(self, folder: Path) -> None:
        self.tagger.save(folder)

    def load(self, folder: Path) -> None:
        self.tagger.load(folder)


def _part(text: str, spans: Sequence[Span], tokens: Offsets, number: int) -> Part:
    start, end = tokens[0][0], tokens[-1][1]
    inside = [Span(a - start, b - start, label) for a, b, label in spans if start <= a and b <= end]
    return Part(text[start:end], inside, [(a - start, b - start) for a, b in tokens], number, start)
