"""The whole state of a training, and how it becomes a checkpoint and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from nlpx.errors import RunError
from nlpx.training.average import WeightAverage
from nlpx.training.checkpoints import Checkpoint
from nlpx.training.history import History
from nlpx.training.seeds import seed_states
from nlpx.training.tensorfile import Arrays
from nlpx.training.weights import assign_learned, constants_digest, learned_arrays

_WEIGHTS = "weights/"


@dataclass
class Position:
    """How far training has come: epochs done, batches of the next one done, and their sums."""

    epoch: int = 0
    step: int = 0
    texts: int = 0
    loss: float = 0.0
    seconds: float = 0.0


class TrainingState:
    """Everything that decides how training goes on. Weights that never change are in it by their digest only.

    Args:
        model, optimizer, average: built; their variables are part of the state.
        identity: JSON facts that a checkpoint must share to be one of this training.
        more: further variables that are part of the state.
    """

    def __init__(
        self,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        average: WeightAverage,
        identity: Mapping[str, Any],
        more: Sequence[keras.Variable] = (),
    ) -> None:
        self.model, self.optimizer, self.average, self.more = model, optimizer, average, more
        self.identity = {**identity, "constants": constants_digest(model)}
        self.position = Position()
        self.history = History()
        self.best: Arrays | None = None

    def capture(self) -> Checkpoint:
        """A copy of the state."""
        arrays = {_WEIGHTS + path: array for path, array in learned_arrays(self.model).items()}
        arrays |= {name: np.array(ops.convert_to_numpy(value)) for name, value in self._others().items()}
        position, history = asdict(self.position), asdict(self.history)
        facts = {"identity": self.identity, "position": position, "history": history}
        return Checkpoint(arrays, facts, self.best)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Become what `capture` saw.

        Raises:
            RunError: the checkpoint is of another training: other data, seed or config.
        """
        arrays, facts, best = checkpoint
        others = self._others()
        weights = {name.removeprefix(_WEIGHTS): arrays[name] for name in arrays if name.startswith(_WEIGHTS)}
        if facts["identity"] != self.identity or len(arrays) != len(weights) + len(others):
            raise RunError(
                "the checkpoint is of another training",
                "resume with the same data, seed and config, or train anew",
                [f"checkpoint: {facts['identity']}", f"now: {self.identity}"],
            )
        assign_learned(self.model, weights, "the checkpoint")
        for name, variable in others.items():
            variable.assign(arrays[name])
        self.position, self.history = Position(**facts["position"]), History(**facts["history"])
        self.best = best

    def _others(self) -> dict[str, keras.Variable]:
        """Every variable that is not a weight of the model, by a name that a rebuilt model shares."""
        groups = {
            "seeds": seed_states(self.model),
            "optimizer": self.optimizer.variables,
            "average": self.average.averages,
            "options": self.more,
        }
        return {f"{group}/{i}": value for group, found in groups.items() for i, value in enumerate(found)}
