"""What a map is called, the same in a terminal and in a picture."""

from __future__ import annotations

from nlpx.explain.saliency import Saliency
from nlpx.explain.strength import share_text


def about(saliency: Saliency) -> str:
    """``Q1490 Tokyo 0.912  93 % on it``: what was decided, about which characters, and how sure the model is."""
    surface = "" if saliency.span is None else f" {saliency.text[slice(*saliency.span)]}"
    probability = "" if saliency.probability is None else f" {saliency.probability:.3f}"
    return f"{saliency.target}{surface}{probability}  {share_text(saliency)}".rstrip()
