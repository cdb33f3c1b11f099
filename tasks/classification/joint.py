"""A network and a linear model over n-grams, whose scores are added up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpx.task import FitContext, FitReport
from nlpx.tasks.classification.classifier import NetworkPredictor
from nlpx.tasks.classification.config_linear import JointConfig
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.label_set import LabelSet, log_softmax
from nlpx.tasks.classification.linear.model import LinearModel

if TYPE_CHECKING:
    from nlpx.tasks.classification.config import ClassificationConfig

LINEAR = "linear"


class JointPredictor(NetworkPredictor):
    """The linear model is fitted first; the network's epoch is the one that is best together with it."""

    def __init__(self, config: ClassificationConfig) -> None:
        assert isinstance(config.model, JointConfig)
        super().__init__(config)
        self.joint = config.model
        self.linear = LinearModel(config.model, several=config.several)
        self._of_dev: tuple[Sequence[Example], np.ndarray] | None = None

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> FitReport:
        labels = LabelSet.fit(train, several=self.config.several)
        self.linear.fit(train, labels.encode(train))
        self._of_dev = (dev, self.linear.scores(dev)) if dev else None
        report = super().fit(train, dev, context)
        self._of_dev = None
        report.parameters += self.linear.parameters
        return report

    def logits(self, examples: Sequence[Example]) -> np.ndarray:
        network, linear = super().logits(examples), self._linear_scores(examples)
        return mix(network, linear, self.joint.share, several=self.config.several)

    def _linear_scores(self, examples: Sequence[Example]) -> np.ndarray:
        if self._of_dev is not None and self._of_dev[0] is examples:  # the same in every epoch
            return self._of_dev[1]
        return self.linear.scores(examples)

    def save(self, folder: Path) -> None:
        super().save(folder)
        self.linear.save(folder / LINEAR)

    def load(self, folder: Path) -> None:
        super().load(folder)
        self.linear.load(folder / LINEAR)


def mix(network: np.ndarray, linear: np.ndarray, share: float, *, several: bool) -> np.ndarray:
    """Logits `(texts, labels)` of both models: their log-probabilities averaged, `share` for the linear one's."""
    if not several:
        network, linear = log_softmax(network), log_softmax(linear)
    return np.asarray((1 - share) * network + share * linear)
