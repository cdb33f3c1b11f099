"""The models by name; each is imported when it is asked for, so that a dictionary needs no TensorFlow."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from nlpx.task import Predictor
from nlpx.tasks.entity_linking.example import Example, Prediction

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.config import EntityLinkingConfig

MODELS = {
    "max_match": "nlpx.tasks.entity_linking.dictionary:DictionaryLinker",
    "pruned_max_match": "nlpx.tasks.entity_linking.dictionary:DictionaryLinker",
    "baseline": "nlpx.tasks.entity_linking.su2019.linker:SuLinker",
    "su2019": "nlpx.tasks.entity_linking.su2019.linker:SuLinker",
    "mentions": "nlpx.tasks.entity_linking.tagger.finder:MentionFinder",
    "nlpx": "nlpx.tasks.entity_linking.linker.linker:NlpxLinker",
}
"""Class of each ``model.type`` as module:name; made with the whole config."""


def make_predictor(config: EntityLinkingConfig) -> Predictor[Example, Prediction]:
    """A fresh, untrained model as the config asks for it."""
    module, _, name = MODELS[config.model.type].partition(":")
    predictor: Predictor[Example, Prediction] = getattr(import_module(module), name)(config)
    return predictor
