"""The functions of a door, compiled, on batches of few static shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from nlpx.explain.decision import Case
from nlpx.explain.door import ROWS, WIDTHS, Door, Row

Arrays = dict[str, np.ndarray]


class Reading(NamedTuple):
    """A batch of embedded rows.

    Attributes:
        vectors: `(batch, positions, units)` float32.
        context: what the logit needs besides, with `mask (batch, positions)`.
        rows: the real rows, from the first of the batch on.
        cases: the number of the case that each of them belongs to.
    """

    vectors: np.ndarray
    context: Arrays
    rows: list[Row]
    cases: list[int]


class View:
    """What methods see of a network.

    Attributes:
        embed, logits, slopes, states: functions of batches; `slopes(vectors, context)` gives the logits `(batch,)` and
            their gradients `(batch, positions, units)`.
    """

    def __init__(self, door: Door) -> None:
        self.door = door
        backend = _backend()
        self.embed: Callable[[Arrays], np.ndarray] = backend.compiled(door, lambda batch: door.embed(batch))
        self.logits: Callable[[np.ndarray, Arrays], np.ndarray] = backend.compiled(door, door.logit)
        self.slopes: Callable[[np.ndarray, Arrays], tuple[np.ndarray, np.ndarray]]
        self.slopes = backend.slopes(door, door.logit)
        self.states: Callable[[np.ndarray, Arrays], np.ndarray] = backend.compiled(door, door.states)

    def readings(self, cases: Sequence[Case]) -> Iterator[Reading]:
        """The rows of all cases, embedded, those of similar length together."""
        from nlpx.training.batching import Batches

        numbered = [
            (number, row) for number, case in enumerate(cases) for row in self.door.rows(case.decision)
        ]
        batches = Batches(
            [row.features for _, row in numbered],
            batch_size=ROWS,
            lengths=[len(row.places) for _, row in numbered],
            buckets=WIDTHS,
        )
        for batch, rows in batches.ordered():
            own = [numbered[row] for row in rows]
            vectors = self.embed(batch)
            yield Reading(
                vectors, self.door.context(batch), [row for _, row in own], [number for number, _ in own]
            )


def view(door: Door) -> View:
    """The view of a door; made once, because every shape of batch is compiled once."""
    found: View | None = getattr(door, "_view", None)
    if found is None:
        found = View(door)
        door._view = found  # type: ignore[attr-defined]
    return found


def _backend() -> Any:
    import keras

    if keras.backend.backend() == "jax":
        from nlpx.explain import view_jax

        return view_jax
    from nlpx.explain import view_tensorflow

    return view_tensorflow
