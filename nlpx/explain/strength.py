"""How strongly a place of a map is shaded, and how much of the map lies on what its decision is about.

A mention or span speaks for itself more than all that stands around it, so that in one scale its context would stay
blank. The two are shaded apart, and the share that lies on the span is told beside the map.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlpx.explain.saliency import Saliency

LEAST = 0.01
"""A part with less of the map than this stays in the scale of the other: shades of next to nothing would mislead."""

SPAN_SHARE = "on_span"
"""What facts call the share."""


def inside(offsets: Sequence[tuple[int, int]], span: tuple[int, int]) -> np.ndarray:
    """The units that share a character with the span, `(units,)` bool."""
    return np.array([start < span[1] and end > span[0] for start, end in offsets], bool)


def span_share(offsets: Sequence[tuple[int, int]], scores: np.ndarray, span: tuple[int, int]) -> float:
    """The part of all scores' sizes that lies on the span, in [0, 1]; 0 where all scores are 0."""
    sizes = np.abs(scores)
    whole = float(sizes.sum())
    return float(sizes[inside(offsets, span)].sum()) / whole if whole > 0 else 0.0


def strengths(saliency: Saliency) -> np.ndarray:
    """The scores in [-1, 1] `(units,)`, by the strongest unit; on a span and around it by the strongest of each."""
    scores = np.asarray(saliency.scores, np.float64)
    scaled = _scaled(scores, scores)
    if saliency.span is None or not len(scores):
        return scaled
    on, share = inside(saliency.offsets, saliency.span), span_share(saliency.offsets, scores, saliency.span)
    if min(share, 1 - share) < LEAST:
        return scaled
    return np.where(on, _scaled(scores, scores[on]), _scaled(scores, scores[~on]))


def _scaled(scores: np.ndarray, by: np.ndarray) -> np.ndarray:
    top = float(np.abs(by).max(initial=0.0))
    return scores / top if 0 < top < np.inf else np.zeros_like(scores)


def share_text(saliency: Saliency) -> str:
    """``62 % on it``: what is told beside a map about a part of its text; nothing beside others."""
    share = saliency.facts.get(SPAN_SHARE)
    return f"{share:.0%} on it".replace("%", " %") if isinstance(share, float) else ""
