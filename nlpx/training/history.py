"""What training did: a row per epoch, and which one was best."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class History:
    """A row per epoch.

    Args:
        rows: each holds ``epoch`` (from 1), ``loss``, ``learning_rate``, the metrics of the dev split,
            ``seconds`` of training and ``examples_per_second``.
        best_epoch: from 1; 0 before the first evaluation.
        best_value: of the monitored metric in that epoch.
        stopped: why training ended: "epochs", "patience", "time" or "smoke".
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    best_epoch: int = 0
    best_value: float = float("-inf")
    stopped: str = ""

    def add(self, row: dict[str, Any], value: float) -> bool:
        """Take in an epoch; True if it is the best so far. A value that is not a number never is."""
        self.rows.append(row)
        better = not self.best_epoch or value > self.best_value
        if better:
            self.best_epoch, self.best_value = len(self.rows), value
        return better

    @property
    def waited(self) -> int:
        """Epochs since the best one."""
        return len(self.rows) - self.best_epoch
