"""What saliency methods need to know of a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from nlpx.errors import UsageError
from nlpx.explain.decision import Decision, Variant
from nlpx.explain.explainer import GOLD, PREDICTED, Explainer
from nlpx.explain.units import Offsets
from nlpx.task import Predictor
from nlpx.tasks.classification.config import ClassificationConfig
from nlpx.tasks.classification.example import Example, Prediction

PROBED = 4096
"""Texts predicted at once."""


class ClassificationExplainer(Explainer):
    """A decision per text: its class. Of a pair the first text is explained, and the second one stays whole."""

    why_no_network = "it is TF-IDF n-grams and a linear model, which has no embeddings to take gradients at"

    def __init__(self, predictor: Predictor[Example, Prediction], config: ClassificationConfig) -> None:
        self.predictor = cast(Any, predictor)
        self.config, self.seed = config, config.seed
        if config.model.type != "tfidf":
            from nlpx.tasks.classification.saliency_network import ClassifierGradients

            self.network = ClassifierGradients(self.predictor)

    def decisions(self, examples: Sequence[Example], target: str = PREDICTED) -> list[list[Decision]]:
        return [
            [self._decision(example, prediction, name) for name in self._targets(example, prediction, target)]
            for example, prediction in zip(examples, self.predictor.predict(examples), strict=True)
        ]

    def _targets(self, example: Example, prediction: Prediction, target: str) -> Sequence[str]:
        known = self.predictor.labels.names
        if target == PREDICTED:  # where a text may have several classes and has none, the most probable one
            return prediction.labels or [max(known, key=lambda name: prediction.probabilities[name])]
        if target == GOLD:
            return [label for label in self._gold(example) if label in known]
        if target not in known:
            raise UsageError(
                f"there is no class {target!r}", f"--target is predicted, gold, or one of: {', '.join(known)}"
            )
        return [target]

    def _gold(self, example: Example) -> Sequence[str]:
        if not example.labels and not self.config.several:
            raise UsageError(
                f"{example.source or example.id}: has no gold class to explain",
                "leave out --target gold, or name a labelled file with --data",
            )
        return example.labels

    def _decision(self, example: Example, prediction: Prediction, target: str) -> Decision:
        return Decision(
            example,
            example.id,
            example.text,
            target,
            float(prediction.probabilities[target]),
            self.predictor.labels.names.index(target),
        )

    def probabilities(self, variants: Sequence[Variant]) -> np.ndarray:
        found = np.zeros(len(variants))
        for start in range(0, len(variants), PROBED):
            chunk = variants[start : start + PROBED]
            for row, (one, prediction) in enumerate(
                zip(chunk, self.predictor.predict(_texts(chunk)), strict=True)
            ):
                found[start + row] = prediction.probabilities[one.decision.target]
        return found

    def log_odds(self, variants: Sequence[Variant]) -> np.ndarray:
        parts = [np.zeros(0)]
        for start in range(0, len(variants), PROBED):
            chunk = variants[start : start + PROBED]
            columns = np.array([one.decision.column for one in chunk])
            parts.append(
                log_odds_of(self.predictor.logits(_texts(chunk)), columns, several=self.config.several)
            )
        return np.concatenate(parts)

    def words(self, example: Example) -> Offsets | None:
        if self.config.model.type == "tfidf":
            return None
        offsets: Offsets | None = self.predictor.offsets(example.text)
        return offsets

    def rationale(self, example: Example) -> Sequence[tuple[int, int]] | None:
        return example.rationale


def _texts(variants: Sequence[Variant]) -> list[Example]:
    """What is left of each text; the second one of a pair stays whole."""
    return [Example("", one.text, pair=one.decision.example.pair) for one in variants]


def log_odds_of(logits: np.ndarray, columns: np.ndarray, *, several: bool) -> np.ndarray:
    """The log-odds `(texts,)` of one class of each text: z_k - log sum exp of the others, or z_k of independent ones.

    Args:
        logits: `(texts, labels)`.
        columns: of the class, `(texts,)`.
    """
    rows = np.arange(len(logits))
    own = np.asarray(logits, np.float64)[rows, columns]
    if several:
        return own
    others = np.array(logits, np.float64)
    others[rows, columns] = -np.inf
    return np.asarray(own - np.logaddexp.reduce(others, axis=1))
