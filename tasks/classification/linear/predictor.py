"""The linear classifier, as the runner sees it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpx.task import FitContext, FitReport, Predictor
from nlpx.tasks.classification.example import Example, Prediction
from nlpx.tasks.classification.label_set import LabelSet
from nlpx.tasks.classification.linear.model import LinearModel
from nlpx.tasks.classification.quick_score import quick_score

if TYPE_CHECKING:
    from nlpx.tasks.classification.config import ClassificationConfig

LABELS = "labels.json"


class LinearPredictor(Predictor[Example, Prediction]):
    """TF-IDF n-grams and a linear classifier."""

    def __init__(self, config: ClassificationConfig) -> None:
        assert config.model.type == "tfidf"
        self.config = config
        self.labels = LabelSet(several=config.several)
        self.model = LinearModel(config.model, several=config.several)

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> FitReport:
        """Learn from `train`; there is no epoch to choose, so `dev` is only scored."""
        began = time.monotonic()
        self.labels = LabelSet.fit(train, several=self.config.several)
        self.model.fit(train, self.labels.encode(train))
        row: dict[str, float] = {"epoch": 1}
        if dev:
            row |= quick_score(dev, self.predict(dev), self.config.metric, several=self.config.several)
        row["seconds"] = round(time.monotonic() - began, 3)
        return FitReport([row], "smoke" if context.smoke else "finished", self.model.parameters)

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        return self.labels.decode(self.logits(examples)) if examples else []

    def logits(self, examples: Sequence[Example]) -> np.ndarray:
        """One score per class `(texts, labels)`."""
        return np.asarray(self.model.scores(examples))

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.labels.save(folder / LABELS)
        self.model.save(folder)

    def load(self, folder: Path) -> None:
        self.labels = LabelSet.load(folder / LABELS)
        self.model.load(folder)

    def plan(self, train: Sequence[Example]) -> dict[str, str]:
        labels = LabelSet.fit(train, several=self.config.several)
        return {"labels": f"{len(labels.names)}: {', '.join(labels.names)}"}
