"""Virtual adversarial training (Miyato et al. 2018): what is predicted is to stay the same around the embeddings."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.dropout import dropout
from nlpx.training.gradients import Differentiate, Gradients
from nlpx.training.loss import Loss
from nlpx.training.passes import dense, drawn_again, moved, norm, scaled
from nlpx.training.r_drop import divergence_of
from nlpx.training.seeds import seed_states
from nlpx.training.tables import tables_to_move

PROBE = 10.0
"""Length of the random move, over the whole tables, that finds the direction in which predictions change most."""


def vat(model: keras.Model, loss: Loss, epsilon: float, noise: keras.random.SeedGenerator) -> Gradients:
    """Those of L + KL(p || q): p is what is predicted at E and fixed, q what is at E + ε u / ||u||.

    u is the gradient of KL(p || q) at a random move from E, one step of the power method.

    Args:
        noise: of the random move, whose elements differ by sign only.

    Raises:
        ConfigError: see `tables_to_move` and `divergence_of`.
    """
    divergence = divergence_of(model, "training.adversarial: vat")
    tables, seeds, variables = tables_to_move(model), seed_states(model), model.trainable_variables

    def gradients(batch: Any, differentiate: Differentiate) -> tuple[Any, list[Any]]:
        with drawn_again(seeds):
            here = keras.tree.map_structure(ops.stop_gradient, model(batch, training=True))

        def apart() -> Any:
            return divergence(here, model(batch, training=True), batch)

        guess = [signs(table, noise) for table in tables]
        with drawn_again(seeds), moved(tables, scaled(guess, PROBE / norm(guess))):
            slopes = dense(differentiate(apart, tables)[1], tables)
        with drawn_again(seeds), moved(tables, scaled(slopes, epsilon / norm(slopes))):
            change, there = differentiate(apart, variables)
        value, own = differentiate(lambda: loss(batch), variables)
        both = zip(dense(own, variables), dense(there, variables), strict=True)
        return value + change, [a + b for a, b in both]

    return gradients


def signs(like: keras.Variable, seed: keras.random.SeedGenerator) -> Any:
    """-1 and 1 at random, in the shape of a variable; far cheaper under XLA than normal numbers."""
    return dropout(ops.ones(like.shape, like.dtype), 0.5, seed=seed) - 1.0
