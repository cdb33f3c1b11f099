"""All runs of a task as a table, best first, with what sets each apart from the best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nlpx.errors import RunError
from nlpx.runs.diff import MISSING, config_diff, without_parts_of_others
from nlpx.runs.measured import by_texts
from nlpx.runs.run import Run
from nlpx.runs.scores import Score, best_of, is_smoke, main_score

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = (
    "task",
    "data",
    "version",
    "name",
    "created",
    "status",
    "metric",
    "value",
    "low",
    "high",
    "seconds",
    "best",
    "differs",
)
NOT_COMPARED = ("name", "task")


def leaderboard(runs: Sequence[Run]) -> DataFrame:
    """One row per run, by task, by the dev texts, then by the main metric, best first; those without a score last.

    Columns: task, data (the dev texts: only runs measured on the same ones are compared), version, name, created (UTC),
    status, metric (``dev f1``), value, low, high (bounds of its 95 % interval), seconds (wall time of all stages), best
    (whether ``best`` means this run), and differs: config keys whose values are not those of the best run, as
    ``{key: value}``.
    """
    import pandas as pd

    rows = []
    for task in sorted({run.task for run in runs}):
        for data, mine in by_texts([run for run in runs if run.task == task]).items():
            rows += [{"task": task, "data": data, **row} for row in _rows(mine)]
    # Objects, so that a missing number stays None instead of turning a column of integers into floats.
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _rows(mine: list[Run]) -> list[dict[str, Any]]:
    """The runs that can be compared with each other, best first."""
    best = best_of(mine)
    scored = [(run, main_score(run)) for run in mine]
    label = next((score.label for run, score in scored if score and run is best), "")
    scored.sort(key=lambda item: _order(item[0], item[1], label))
    return [_row(run, score, best) for run, score in scored]


def _order(run: Run, score: Score | None, label: str) -> tuple[bool, bool, bool, float, int]:
    if score is None:
        return (True, False, False, 0.0, run.version)
    return (False, is_smoke(run), score.label != label, -score.key, run.version)


def _row(run: Run, score: Score | None, best: Run | None) -> dict[str, Any]:
    state, facts = run.status().state, _facts(run)
    return {
        "version": run.version,
        "name": run.name,
        "created": facts.get("created"),
        "status": f"{state} (smoke)" if is_smoke(run) else state,
        "metric": score.label if score else None,
        "value": score.value if score else None,
        "low": score.low if score else None,
        "high": score.high if score else None,
        "seconds": facts.get("seconds"),
        "best": best is not None and run.path == best.path,
        "differs": differences(run, best),
    }


def differences(run: Run, best: Run | None) -> dict[str, Any] | None:
    """Config keys whose values are not those of the best run; None where a config cannot be read."""
    if best is None:
        return None
    try:
        pairs = without_parts_of_others(config_diff(best.config(), run.config(), ignore=NOT_COMPARED))
    except RunError:
        return None
    return {key: repr(new) if new is MISSING else new for key, _, new in pairs}


def _facts(run: Run) -> dict[str, Any]:
    try:
        return {**run.manifest.facts, "seconds": run.manifest.seconds()}
    except RunError:
        return {}
