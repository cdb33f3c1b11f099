"""How people read scores: shares in per cent with two decimals, on terminal and page alike. Files keep fractions."""

from __future__ import annotations

from collections.abc import Sequence

NOT_SHARES = frozenset({"loss", "log_loss", "dev_loss", "candidates"})
"""Scores that are no part of a whole, by the end of their names."""

UNIT = "%"


def texts(count: int) -> str:
    """``1 text``, ``1,234 texts``."""
    return f"{count:,} text{'' if count == 1 else 's'}"


def is_share(name: str, value: float) -> bool:
    """Whether a score is a part of a whole: ``dev.f1``, but neither a count nor a loss."""
    return isinstance(value, float) and name.rpartition(".")[2] not in NOT_SHARES and -1 <= value <= 1


def score_number(name: str, value: float) -> str:
    """``93.12`` for a share, ``0.3456`` for another number, ``12`` for a count; no unit."""
    if not isinstance(value, float):
        return str(value)
    return f"{100 * value:.2f}" if is_share(name, value) else f"{value:.4f}"


def score_text(name: str, value: float) -> str:
    """The same with its unit: ``93.12 %``."""
    return f"{score_number(name, value)} {UNIT}" if is_share(name, value) else score_number(name, value)


def change_text(name: str, old: float, new: float) -> str:
    """``+1.23`` points of a share, ``+0.0123``, ``-2``."""
    if not isinstance(new - old, float):
        return f"{new - old:+d}"
    shares = is_share(name, old) and is_share(name, new)
    return f"{100 * (new - old):+.2f}" if shares else f"{new - old:+.4f}"


def bounds_text(name: str, bounds: Sequence[float] | None) -> str:
    """``[92.01, 94.20]``; nothing where there are none."""
    return f"[{', '.join(score_number(name, float(one)) for one in bounds)}]" if bounds else ""
