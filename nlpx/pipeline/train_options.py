"""How to train, as opposed to what."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nlpx.runs import Run

if TYPE_CHECKING:
    from nlpx.training.progress import Progress


@dataclass(frozen=True)
class TrainOptions:
    """How to train, as opposed to what: none of it belongs into the config.

    Args:
        smoke: a few batches of everything, end to end.
        max_seconds: finish the epoch that is running at this time after `began`, then save and predict.
        progress: shows epochs and batches; None for silence.
        on_start: called with the run once it is claimed.
        began: when the time starts to count, on the clock of `time.monotonic`.
    """

    smoke: bool = False
    max_seconds: float | None = None
    progress: Progress | None = None
    on_start: Callable[[Run], None] | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float | None:
        """What is left of `max_seconds`; None for no limit."""
        if self.max_seconds is None:
            return None
        return max(0.0, self.began + self.max_seconds - time.monotonic())
