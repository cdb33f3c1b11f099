"""The leaderboard as text: cells for people, and files for other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nlpx.runs.diff import MISSING, short_keys
from nlpx.runs.scores import Score

if TYPE_CHECKING:
    from pandas import DataFrame

MISSING_MARK, FAILED_MARK = "-", "!"
SHOWN_DIFFERENCES = 4
MARKDOWN_COLUMNS = (
    "task",
    "data",
    "version",
    "name",
    "status",
    "metric",
    "value",
    "time",
    "differs from the best",
)


def score_text(row: dict[str, Any]) -> str:
    """``93.12 ± 1.21``; ``-`` where there is none yet, ``!`` where the run failed."""
    if row["value"] is None:
        return FAILED_MARK if row["status"].startswith("failed") else MISSING_MARK
    return str(score_of(row))


def score_of(row: dict[str, Any]) -> Score:
    """The score of a row that has one."""
    split, _, metric = (row["metric"] or "").rpartition(" ")
    return Score(split, metric, row["value"], row["low"], row["high"])


def difference_text(row: dict[str, Any]) -> str:
    """``units=128, seed=2 and 3 more``; ``(best)`` for the best run."""
    if row["best"]:
        return "(best)"
    if not row["differs"]:
        return MISSING_MARK if row["differs"] is None else "(nothing)"
    names = short_keys(row["differs"])
    parts = [f"{names[key]}={value_text(value)}" for key, value in row["differs"].items()]
    more = len(parts) - SHOWN_DIFFERENCES
    return ", ".join(parts[:SHOWN_DIFFERENCES]) + (f" and {more} more" if more > 0 else "")


def value_text(value: Any) -> str:
    """A config value in one short piece."""
    if value is MISSING:
        return MISSING_MARK
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 30 else f"{text[:14]}…{text[-14:]}"


def duration(seconds: float | None) -> str:
    """``0.4s``, ``45s``, ``12m03s``, ``2h05m``."""
    if seconds is None:
        return MISSING_MARK
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02d}m"
    return f"{minutes}m{rest:02d}s" if minutes else f"{rest}s"


def to_json(table: DataFrame) -> str:
    """A JSON list of the rows, with null for what is missing."""
    return json.dumps(table.to_dict(orient="records"), ensure_ascii=False, indent=2, default=str)


def to_csv(table: DataFrame) -> str:
    """CSV with a header; `differs` is a JSON object."""
    differs = [json.dumps(value, ensure_ascii=False, default=str) for value in table["differs"]]
    flat = table.assign(differs=differs)
    return str(flat.to_csv(index=False, lineterminator="\n"))


def to_markdown(table: DataFrame) -> str:
    """A Markdown table of what `nlpx runs` shows."""
    lines = [list(MARKDOWN_COLUMNS), ["---"] * len(MARKDOWN_COLUMNS)]
    for row in table.to_dict(orient="records"):
        cells = [
            row["task"],
            row["data"],
            f"v{row['version']}",
            row["name"],
            row["status"],
            row["metric"] or MISSING_MARK,
        ]
        unit = score_of(row).unit if row["value"] is not None else ""
        cells += [f"{score_text(row)} {unit}".rstrip(), duration(row["seconds"]), difference_text(row)]
        lines.append([str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
