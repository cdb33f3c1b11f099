"""A confusion matrix as a table: the darker a cell the larger its share of the row, and each leads to its examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from nlpx.report.templating import render

LARGEST = 24
"""Classes of a matrix that one can still read."""

OTHERS = "all others"

UPRIGHT = 5
"""With more columns than this their names stand on end."""


def taken_for(true: str, said: str) -> str:
    """What the list of examples calls this confusion."""
    return f"{true} taken for {said}"


def confusion(labels: Sequence[str], table: Sequence[Sequence[int]], most: int = LARGEST) -> Markup:
    """The matrix of the most frequent classes; all others together are one more row and column.

    Args:
        labels: of rows and columns.
        table: counts, rows are true and columns predicted, `(labels, labels)`.
        most: classes that have a row of their own.
    """
    counts = np.array(table, dtype=int).reshape(len(labels), len(labels))
    names = list(labels)
    if len(names) > most:
        names, counts = _gathered(names, counts, most)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    missed = shares * (1 - np.eye(len(names)))
    depth = np.where(np.eye(len(names)) > 0, shares, missed / (missed.max() or 1.0))  # few mistakes show, too
    rows = [
        (name, [_cell(names, row, column, counts, shares, depth) for column in range(len(names))])
        for row, name in enumerate(names)
    ]
    sums = [int(sum_) for sum_ in counts.sum(axis=1)]
    return render(
        "confusion.html",
        labels=names,
        rows=list(zip(rows, sums, strict=True)),
        upright=len(names) <= UPRIGHT,
        gathered=len(names) < len(labels),
        total=len(labels),
    )


def _cell(
    names: Sequence[str], row: int, column: int, counts: np.ndarray, shares: np.ndarray, depth: np.ndarray
) -> dict[str, object]:
    """Count, share of the row and depth of the colour in percent, and the kind of example that it leads to."""
    return {
        "count": int(counts[row, column]),
        "share": round(100 * float(shares[row, column])),
        "depth": round(65 * float(depth[row, column])),
        "wrong": row != column,
        "kind": "" if OTHERS in (names[row], names[column]) else taken_for(names[row], names[column]),
    }


def _gathered(names: Sequence[str], counts: np.ndarray, most: int) -> tuple[list[str], np.ndarray]:
    weight = counts.sum(axis=1) + counts.sum(axis=0)
    kept = sorted(np.argsort(-weight, kind="stable")[:most].tolist())
    place = np.full(len(names), len(kept))
    place[kept] = np.arange(len(kept))
    gathered = np.zeros((len(kept) + 1,) * 2, int)
    np.add.at(gathered, (place[:, None], place[None, :]), counts)
    return [*(names[row] for row in kept), OTHERS], gathered


def most_confused(
    labels: Sequence[str], table: Sequence[Sequence[int]], most: int = 12
) -> list[tuple[str, str, int]]:
    """(true, predicted, count) of the most frequent confusions."""
    pairs = [
        (labels[row], labels[column], int(count))
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        if row != column and count
    ]
    return sorted(pairs, key=lambda pair: -pair[2])[:most]
