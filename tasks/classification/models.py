"""The models by name; each is imported when it is asked for, so that the baseline needs no TensorFlow."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from nlpx.task import Predictor
from nlpx.tasks.classification.example import Example, Prediction

if TYPE_CHECKING:
    from nlpx.tasks.classification.config import ClassificationConfig

MODELS = {
    "network": "nlpx.tasks.classification.classifier:NetworkPredictor",
    "tfidf": "nlpx.tasks.classification.linear.predictor:LinearPredictor",
    "joint": "nlpx.tasks.classification.joint:JointPredictor",
}
"""Class of each ``model.type`` as module:name; made with the whole config."""


def make_predictor(config: ClassificationConfig) -> Predictor[Example, Prediction]:
    """A fresh, untrained model as the config asks for it."""
    module, _, name = MODELS[config.model.type].partition(":")
    predictor: Predictor[Example, Prediction] = getattr(import_module(module), name)(config)
    return predictor
