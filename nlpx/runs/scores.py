"""The one number of a run that runs are compared by."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nlpx.errors import RunError
from nlpx.stats.units import UNIT, is_share, score_number

if TYPE_CHECKING:
    from nlpx.runs.run import Run


@dataclass(frozen=True, slots=True)
class Score:
    """A run's main metric; `low` and `high` bound its 95 % interval, where one was measured."""

    split: str
    metric: str
    value: float
    low: float | None = None
    high: float | None = None
    higher_is_better: bool = True

    @property
    def key(self) -> float:
        """Larger is better, whatever the metric."""
        return self.value if self.higher_is_better else -self.value

    @property
    def label(self) -> str:
        """``dev f1``."""
        return f"{self.split} {self.metric}"

    @property
    def unit(self) -> str:
        """What `str` leaves out."""
        return UNIT if is_share(self.metric, self.value) else ""

    def __str__(self) -> str:
        """``93.12 ± 1.21``, in per cent where it is a share."""
        if self.low is None or self.high is None:
            return score_number(self.metric, self.value)
        half = (self.high - self.low) / 2
        return f"{score_number(self.metric, self.value)} ± {score_number(self.metric, half)}"


def main_score(run: Run) -> Score | None:
    """The main metric of a run; None where it has none yet, or its metrics.json is damaged."""
    try:
        return parse(run.metrics().get("main"))
    except RunError:
        return None


def parse(main: Any) -> Score | None:
    """``metrics.json``'s ``main`` as a score; None where it is not one."""
    try:
        low, high = main.get("interval") or (None, None)
        score = Score(
            split=str(main["split"]),
            metric=str(main["metric"]),
            value=float(main["value"]),
            low=None if low is None else float(low),
            high=None if high is None else float(high),
            higher_is_better=bool(main.get("higher_is_better", True)),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return score if math.isfinite(score.value) else None


def is_smoke(run: Run) -> bool:
    """Whether only a few batches were run, so that the score means nothing."""
    try:
        fit = run.manifest.facts.get("fit")
    except RunError:
        return False
    return isinstance(fit, dict) and bool(fit.get("smoke"))


def best_of(runs: Iterable[Run]) -> Run | None:
    """The finished run with the best score; the earlier of equals.

    Only runs scored by the same metric on the same split as the newest are compared; smoke runs never count.
    """
    scored = [(run, score) for run in runs if run.finished and (score := main_score(run))]
    scored = [item for item in scored if not is_smoke(item[0])]
    if not scored:
        return None
    label = scored[-1][1].label
    return max((item for item in scored if item[1].label == label), key=lambda item: item[1].key)[0]
