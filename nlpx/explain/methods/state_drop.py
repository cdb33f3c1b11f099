"""Su Jianlin's saliency of recurrent networks (kexue.fm/archives/4582): how far each step takes the state home."""

from __future__ import annotations

import numpy as np

from nlpx.explain.explainer import Explainer
from nlpx.explain.legend import Legend
from nlpx.explain.method import Scores
from nlpx.explain.positions import Found, PositionMethod
from nlpx.explain.view import Reading, View

DIRECTIONS = ("forward", "backward")


class StateDrop(PositionMethod):
    """s_t = (|h_n - h_{t-1}| - |h_n - h_t|) / |h_n|, h_0 = 0, for a network that goes by the last state h_n.

    The scores of a text sum to 1. A network that reads in both directions has a map for each, which are averaged. It
    says which positions led to the state that was classified, not whether they speak for one class or another.
    """

    name = "state_drop"
    summary = "how much nearer each step brings the state of an LSTM or GRU to its last one"
    legend = Legend("takes the state towards its end", "away from it", ("towards", "away"))

    def misfit(self, explainer: Explainer) -> str:
        if explainer.network is None:
            return "it is no network, so it has no state"
        return "" if explainer.network.directions else explainer.network.why_no_state

    def positions(self, view: View, reading: Reading, seed: int) -> Found:
        states = view.states(reading.vectors, reading.context)
        mask = np.asarray(reading.context["mask"], bool)
        forward, *backward = np.split(states, view.network.directions, axis=-1)
        maps = [state_drop(forward, mask)]
        maps += [state_drop(half[:, ::-1], mask[:, ::-1])[:, ::-1] for half in backward]
        return Found(np.stack(maps))

    def finish(self, scores: np.ndarray, totals: dict[str, float]) -> Scores:
        if len(scores) == 1:
            return Scores(scores[0], {"direction": "forward"})
        parts = dict(zip(DIRECTIONS, scores, strict=True))
        return Scores(scores.mean(axis=0), {"direction": "forward and backward, averaged"}, parts)


def state_drop(states: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The scores of each position, in the order of reading, `(batch, length)` float64.

    Args:
        states: after each position, `(batch, length, units)`; those at masked positions are ignored.
        mask: `(batch, length)` bool; a masked position leaves the state as it is and scores 0.
    """
    batch, length, units = states.shape
    steps = np.where(mask, np.arange(1, length + 1), 0)
    held = np.maximum.accumulate(steps, axis=1)  # the last real position up to each one, from 1; 0 for none
    padded = np.concatenate([np.zeros((batch, 1, units)), states], axis=1, dtype=np.float64)
    path = padded[np.arange(batch)[:, None], np.concatenate([np.zeros((batch, 1), int), held], axis=1)]
    far = np.linalg.norm(path[:, -1:] - path, axis=-1)  # (batch, 1 + length)
    size = np.linalg.norm(path[:, -1], axis=-1)[:, None]
    return np.asarray((far[:, :-1] - far[:, 1:]) / np.where(size > 0, size, 1.0))
