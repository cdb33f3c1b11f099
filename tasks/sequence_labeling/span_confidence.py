"""How sure a tagger is of the spans it predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpx.config.heads import CRFConfig
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.text.spans import Span

Confidence = Mapping[Span, float] | None
"""Probability of each predicted and each gold span of a text; None where the model does not tell."""

MOST, LEAST = 2000, 1e-3
"""Texts that are asked about, and the smallest probability that is told."""


def span_confidence(
    predictor: Any, examples: Sequence[Example], predictions: Sequence[Sequence[Span]]
) -> list[Confidence]:
    """Probabilities of the predicted and the gold spans of each text, exact under the chain; what is less probable than
    `LEAST` has 0. Of a larger split only the first `MOST` texts are asked about.
    """
    nothing: list[Confidence] = [None for _ in examples]
    tagger = getattr(predictor, "tagger", None)
    if tagger is None or tagger.config.scheme != "BIOES" or not isinstance(tagger.config.head, CRFConfig):
        return nothing
    asked = [
        [*example.spans, *said] for example, said in zip(examples[:MOST], predictions[:MOST], strict=True)
    ]
    longest = max((span.end - span.start for spans in asked for span in spans), default=0)
    if not longest:
        return nothing
    found = tagger.span_probabilities(examples[:MOST], LEAST, longest)
    known = [_of(spans, dict(scored)) for spans, scored in zip(asked, found, strict=True)]
    return [*known, *nothing[MOST:]]


def _of(spans: Sequence[Span], probabilities: Mapping[Span, float]) -> Confidence:
    return {span: probabilities.get(span, 0.0) for span in spans}
