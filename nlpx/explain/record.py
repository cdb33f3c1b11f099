"""A saliency map as one object of a JSON lines file."""

from __future__ import annotations

from typing import Any

import numpy as np

from nlpx.explain.saliency import Saliency


def record(saliency: Saliency) -> dict[str, Any]:
    """Everything a map holds, as plain values; numbers with six significant digits."""
    optional = {
        "span": None if saliency.span is None else list(saliency.span),
        "facts": {name: _short(fact) for name, fact in saliency.facts.items()},
        "parts": {name: _numbers(scores) for name, scores in saliency.parts.items()},
    }
    return {
        "id": saliency.id,
        "text": saliency.text,
        "method": saliency.method,
        "target": saliency.target,
        "probability": _short(saliency.probability),
        "offsets": [list(pair) for pair in saliency.offsets],
        "scores": _numbers(saliency.scores),
        **{name: value for name, value in optional.items() if value},
    }


def _numbers(scores: np.ndarray) -> list[float]:
    return [float(f"{score:.6g}") for score in scores]


def _short(value: Any) -> Any:
    return float(f"{value:.6g}") if isinstance(value, float) else value
