"""Gradient times input: the first-order guess of what each position adds to the logit."""

from __future__ import annotations

import numpy as np

from nlpx.explain.method import register
from nlpx.explain.positions import PositionMethod
from nlpx.explain.view import Reading, View


@register
class GradientTimesInput(PositionMethod):
    """Inner product of a position's vector and the logit's gradient there (Shrikumar et al. 2016)."""

    name = "gradient_x_input"
    summary = "inner product of vector and gradient"

    def positions(self, view: View, reading: Reading, seed: int) -> np.ndarray:
        _, gradients = view.slopes(reading.vectors, reading.context)
        return np.asarray((gradients * reading.vectors).sum(axis=-1))
