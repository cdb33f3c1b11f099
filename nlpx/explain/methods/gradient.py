"""The length of the gradient: how sensitive the logit is to each position, whatever the direction."""

from __future__ import annotations

import numpy as np

from nlpx.explain.legend import Legend
from nlpx.explain.positions import Found, PositionMethod
from nlpx.explain.view import Reading, View


class Gradient(PositionMethod):
    """Euclidean length of the logit's gradient at a position (Simonyan et al. 2013; Li et al. 2016 for text)."""

    name = "gradient"
    summary = "length of the gradient; says how much, not which way"
    signed = False
    legend = Legend("how much it matters, whichever way", "", ("much", ""))

    def positions(self, view: View, reading: Reading, seed: int) -> Found:
        _, gradients = view.slopes(reading.vectors, reading.context)
        return Found(np.linalg.norm(gradients, axis=-1))
