"""The functions of a network, compiled, on batches of few static shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from nlpx.explain.decision import Case
from nlpx.explain.gradient_model import GradientModel, Row

Arrays = dict[str, np.ndarray]


class Reading(NamedTuple):
    """A batch of embedded rows.

    Attributes:
        vectors: `(batch, positions, units)` float32.
        context: what the logit needs besides, with `mask (batch, positions)`.
        rows: the real rows, from the first of the batch on.
        cases: the number of the case that each of them belongs to.
        texts: the whole text of that case.
    """

    vectors: np.ndarray
    context: Arrays
    rows: list[Row]
    cases: list[int]
    texts: list[str]


class View:
    """What methods see of a network.

    Attributes:
        embed, logits, states: the network's, of a batch.
        slopes: `(vectors, context)` to the logits `(batch,)` and their gradients `(batch, positions, units)`.
        along: `(vectors, context, rows, shares)` to `(rows, positions)`, the inner product of each position's vector
            with the gradient at that share of the vectors of the row; rows `(rows,)` may repeat.
    """

    def __init__(self, network: GradientModel) -> None:
        self.network = network
        backend = _backend()
        self.embed: Callable[[Arrays], np.ndarray] = backend.compiled(
            network, lambda batch: network.embed(batch)
        )
        self.logits: Callable[[np.ndarray, Arrays], np.ndarray] = backend.compiled(network, network.logit)
        self.slopes: Callable[[np.ndarray, Arrays], tuple[np.ndarray, np.ndarray]]
        self.slopes = backend.slopes(network, network.logit)
        self.along: Callable[[np.ndarray, Arrays, np.ndarray, np.ndarray], np.ndarray]
        self.along = backend.along(network, network.logit)
        self.states: Callable[[np.ndarray, Arrays], np.ndarray] = backend.compiled(network, network.states)

    def readings(self, cases: Sequence[Case]) -> Iterator[Reading]:
        """The rows of all cases, embedded, those of similar length together."""
        from nlpx.training.batching import Batches

        numbered = [
            (number, row) for number, case in enumerate(cases) for row in self.network.rows(case.decision)
        ]
        batches = Batches(
            [row.features for _, row in numbered],
            batch_size=self.network.batch_size,
            lengths=[row.length for _, row in numbered],
            buckets=self.network.widths,
        )
        for batch, rows in batches.ordered():
            numbers = [numbered[row][0] for row in rows]
            yield Reading(
                self.embed(batch),
                self.network.context(batch),
                [numbered[row][1] for row in rows],
                numbers,
                [cases[number].decision.text for number in numbers],
            )


def view(network: GradientModel) -> View:
    """The view of a network; made once, because every shape of batch is compiled once."""
    found: View | None = getattr(network, "_view", None)
    if found is None:
        found = View(network)
        network._view = found  # type: ignore[attr-defined]
    return found


def _backend() -> Any:
    import keras

    if keras.backend.backend() == "jax":
        from nlpx.explain import view_jax

        return view_jax
    from nlpx.explain import view_tensorflow

    return view_tensorflow
