"""Training CRFsuite quietly, with a history and within a time limit.

CRFsuite can neither stop early and keep what it has nor go on from where it was. So where the first ones
say that all iterations would take too long, training starts anew with as many as fit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

PROBED = 5  # iterations after which the time of all is estimated

Rows = Callable[[], tuple[Iterable[list[list[str]]], Iterable[list[str]]]]


class TooSlow(Exception):
    """All iterations would take longer than allowed; `fitting` would not."""

    def __init__(self, fitting: int) -> None:
        super().__init__(fitting)
        self.fitting = fitting


def train_crf(
    package: Any, rows: Rows, options: dict[str, Any], max_seconds: float | None
) -> tuple[Any, list[dict[str, float]], str]:
    """A trained CRF, a row per iteration, and why training ended.

    Args:
        package: the module sklearn_crfsuite.
        rows: called for the features and the tags of all texts, again where training starts anew.
        options: c1, c2 and max_iterations.
    """
    limit = None if max_seconds is None else time.monotonic() + max_seconds
    try:
        crf = _fit(package, rows, options, limit)
    except TooSlow as slow:
        crf = _fit(package, rows, options | {"max_iterations": slow.fitting}, None)
        return crf, _history(crf), "time"
    return crf, _history(crf), "finished"


def _fit(package: Any, rows: Rows, options: dict[str, Any], limit: float | None) -> Any:
    crf = package.CRF(
        algorithm="lbfgs",
        all_possible_transitions=True,  # so that it learns which tags never follow one another
        trainer_cls=_trainer_class(options["max_iterations"], limit),
        **options,
    )
    return crf.fit(*rows())


def _trainer_class(iterations: int, limit: float | None) -> type:
    """A trainer that prints nothing and raises TooSlow where the limit can't be kept."""
    import pycrfsuite

    class Trainer(pycrfsuite.Trainer):
        began = 0.0

        def message(self, message: str) -> None:
            event = self.logparser.feed(message)
            if event == "iteration" and limit is not None:
                done = len(self.logparser.iterations)
                # By our own clock: the log tells an iteration of a small set to take 0.000 seconds.
                self.began = self.began or time.monotonic()
                if done == PROBED:
                    _check_time((time.monotonic() - self.began) / (PROBED - 1), iterations, limit)

    return Trainer


def _check_time(each: float, iterations: int, limit: float) -> None:
    """Raise TooSlow where `iterations` of `each` so many seconds would not end before `limit`."""
    left = limit - time.monotonic()
    if each * (iterations - PROBED) > left:
        raise TooSlow(max(PROBED, int(left / each)))


def _history(crf: Any) -> list[dict[str, float]]:
    return [
        {"epoch": row["num"], "loss": row["loss"], "seconds": row["time"]}
        for row in crf.training_log_.iterations
    ]
