"""history.csv, read back, and which of its columns make a curve."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass

from nlpx.runs import Run
from nlpx.runs.folder import HISTORY_FILE
from nlpx.runs.reading import damaged

NOT_SCORES = ("epoch", "learning_rate", "seconds", "examples_per_second")

Curve = list[float | None]


@dataclass(frozen=True)
class History:
    """Columns by name, a value per row; None where a row has none."""

    columns: dict[str, Curve]

    @property
    def rows(self) -> int:
        return max(map(len, self.columns.values()), default=0)

    @property
    def losses(self) -> dict[str, Curve]:
        """What falls."""
        return {name: values for name, values in self._curves.items() if "loss" in name}

    @property
    def scores(self) -> dict[str, Curve]:
        """What lies between 0 and 1, and should rise."""
        return {
            name: values
            for name, values in self._curves.items()
            if "loss" not in name and all(value is None or 0 <= value <= 1 for value in values)
        }

    @property
    def _curves(self) -> dict[str, Curve]:
        """The columns that say something in more than one row of a training in epochs."""
        if "epoch" not in self.columns:
            return {}
        return {
            name: values
            for name, values in self.columns.items()
            if name not in NOT_SCORES and sum(value is not None for value in values) > 1
        }


def read_history(run: Run) -> History:
    """The history of a run; empty where it has none.

    Raises:
        RunError: a cell is no number, or a row has more cells than the header.
    """
    path = run.path / HISTORY_FILE
    if not path.exists():
        return History({})
    rows = list(csv.reader(io.StringIO(run.read_text(HISTORY_FILE))))
    header, body = (rows[0], rows[1:]) if rows else ([], [])
    columns: dict[str, Curve] = {name: [] for name in header}
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            raise damaged(path, f"line {number} has {len(row)} cells, the header has {len(header)}")
        for name, cell in zip(header, row, strict=True):
            try:
                value = float(cell) if cell else None
            except ValueError as error:
                raise damaged(path, f"line {number}: {name} is {cell[:40]!r}, not a number") from error
            columns[name].append(value if value is None or math.isfinite(value) else None)
    return History({name: values for name, values in columns.items() if name})
