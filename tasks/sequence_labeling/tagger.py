"""The neural predictor of sequence labeling: the tagger that tasks share, as the runner sees it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nlpx.tagging.tagger import NeuralTagger
from nlpx.task import FitContext, FitReport, Predictor
from nlpx.tasks.sequence_labeling.config import SequenceLabelingConfig
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.text.spans import Span


class NeuralPredictor(Predictor[Example, list[Span]]):
    """Encoder and head, trained together."""

    def __init__(self, config: SequenceLabelingConfig) -> None:
        self.tagger = NeuralTagger(config, config.seed)

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> FitReport:
        return self.tagger.fit(train, dev, context)

    def predict(self, examples: Sequence[Example]) -> list[list[Span]]:
        return self.tagger.predict(examples)

    def save(self, folder: Path) -> None:
        self.tagger.save(folder)

    def load(self, folder: Path) -> None:
        self.tagger.load(folder)

    def plan(self, train: Sequence[Example]) -> dict[str, str]:
        return self.tagger.plan(train)
