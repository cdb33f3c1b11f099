"""Gradient times input: the first-order guess of what each position adds to the logit."""

from __future__ import annotations

from nlpx.explain.positions import Found, PositionMethod
from nlpx.explain.view import Reading, View


class GradientTimesInput(PositionMethod):
    """Inner product of a position's vector and the logit's gradient there (Shrikumar et al. 2016)."""

    name = "gradient_x_input"
    summary = "inner product of vector and gradient"

    def positions(self, view: View, reading: Reading, seed: int) -> Found:
        _, gradients = view.slopes(reading.vectors, reading.context)
        return Found((gradients * reading.vectors).sum(axis=-1))
