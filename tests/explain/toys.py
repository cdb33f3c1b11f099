"""A model whose explanation is known: the log-odds are the sum of a weight per character."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from keras import ops

from nlpx.explain.decision import Case, Decision
from nlpx.explain.explainer import Explainer
from nlpx.explain.gradient_model import GradientModel, Row
from nlpx.explain.units import units_of

WEIGHTS = {"好": 2.0, "很": 0.5, "差": -1.5}


@dataclass
class Text:
    """An example of it."""

    text: str
    rationale: list[tuple[int, int]] | None = None


class LinearModel(GradientModel):
    """Each character's vector is its place in the list of weights; the logit is linear in them."""

    model = None
    units = np.array([*WEIGHTS.values(), 0.0], np.float32)

    def rows(self, decision):
        known = [*WEIGHTS]
        ids = [1 + (known.index(c) if c in known else len(known)) for c in decision.text]
        return [Row({"ids": np.array(ids, np.int32)}, [(i, i + 1) for i in range(len(ids))], len(ids))]

    def embed(self, batch):
        return (
            ops.one_hot(batch["ids"] - 1, len(self.units)) * ops.cast(batch["ids"] > 0, "float32")[..., None]
        )

    def logit(self, vectors, batch):
        return ops.sum(vectors * self.units, axis=(1, 2))


class Toy(Explainer):
    """A decision per text, for the one class there is."""

    seed = 7

    def __init__(self, *, network=True):
        self.network = LinearModel() if network else None

    def decisions(self, examples, target="predicted"):
        return [[Decision(one, str(i), one.text, "good", odds(one.text))] for i, one in enumerate(examples)]

    def probabilities(self, variants):
        return np.array([odds(variant.text) for variant in variants])

    def rationale(self, example):
        return example.rationale


def odds(text):
    """The probability of the class."""
    return 1 / (1 + np.exp(-sum(WEIGHTS.get(character, 0.0) for character in text)))


def cases(explainer, *texts, unit="auto"):
    """The decisions about texts, with their units."""
    found = explainer.decisions([Text(text) for text in texts])
    return [Case(one, units_of(one.text, explainer.words(one.example), unit)) for [one] in found]
