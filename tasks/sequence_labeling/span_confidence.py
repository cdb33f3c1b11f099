"""How sure a tagger is of the spans it predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpx.config.heads import CRFConfig
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.text.spans import Span

Confidence = Mapping[Span, float]

MOST, LEAST = 2000, 1e-3
"""Texts that are asked about, and the smallest probability that is told."""


def span_confidence(
    predictor: Any, examples: Sequence[Example], predictions: Sequence[Sequence[Span]]
) -> list[Confidence]:
    """Probabilities of the predicted spans of each text, exact under the chain; empty for models without one.

    Of a larger split only the first `MOST` texts are asked about.
    """
    nothing: list[Confidence] = [{} for _ in examples]
    tagger = getattr(predictor, "tagger", None)
    if tagger is None or tagger.config.scheme != "BIOES" or not isinstance(tagger.config.head, CRFConfig):
        return nothing
    longest = max((span.end - span.start for spans in predictions[:MOST] for span in spans), default=0)
    if not longest:
        return nothing
    found = tagger.span_probabilities(examples[:MOST], LEAST, longest)
    known = [
        {span: probability for span, probability in scored if span in set(said)}
        for scored, said in zip(found, predictions[:MOST], strict=True)
    ]
    return [*known, *nothing[MOST:]]
