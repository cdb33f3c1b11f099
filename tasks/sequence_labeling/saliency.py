"""What saliency methods need to know of a tagger: every span is a decision."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nlpx.errors import UsageError
from nlpx.explain.decision import Decision, Variant
from nlpx.explain.explainer import GOLD, PREDICTED, Explainer
from nlpx.explain.units import Offsets
from nlpx.tagging.saliency import SpanProbabilities, Tagged, TaggerGradients, left_of
from nlpx.task import Predictor
from nlpx.tasks.sequence_labeling.crfsuite import FeatureCRF
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.tagger import NeuralPredictor
from nlpx.text.spans import Span


class SpanExplainer(Explainer):
    """The spans that are predicted, of one label or all; or the gold ones."""

    labels: Sequence[str]

    def __init__(self, predictor: Predictor[Example, list[Span]], seed: int) -> None:
        self.predictor, self.seed = predictor, seed

    def decisions(self, examples: Sequence[Example], target: str = PREDICTED) -> list[list[Decision]]:
        if target not in (GOLD, PREDICTED, *self.labels):
            names = ", ".join(self.labels)
            raise UsageError(
                f"there is no label {target!r}", f"--target is predicted, gold, or one of: {names}"
            )
        is_gold = target == GOLD
        spans = [example.spans for example in examples] if is_gold else self.predictor.predict(examples)
        wanted = self.labels if target in (GOLD, PREDICTED) else [target]
        blank = [
            [_decision(example, span) for span in own if span.label in wanted]
            for example, own in zip(examples, spans, strict=True)
        ]
        whole = [Variant(one, np.ones(len(one.text), bool)) for own in blank for one in own]
        scores = iter(self.probabilities(whole).tolist())
        return [[replace(one, probability=next(scores)) for one in own] for own in blank]

    def probabilities(self, variants: Sequence[Variant]) -> np.ndarray:
        return self.of_spans([left_of(one, self._tokens(one.decision.example)) for one in variants])

    @abstractmethod
    def of_spans(self, texts: Sequence[Tagged]) -> np.ndarray:
        """Probability of the only span of each text `(texts,)`; 0 where it has none."""

    def words(self, example: Example) -> Offsets | None:
        return self._tokens(example)

    def _tokens(self, example: Example) -> list[tuple[int, int]] | None:
        return example.tokens


class NetworkExplainer(SpanExplainer):
    """Of a network: exact probabilities by its chain."""

    def __init__(self, predictor: NeuralPredictor, seed: int) -> None:
        super().__init__(predictor, seed)
        self.tagger = predictor.tagger
        self.labels = self.tagger.tags.labels
        self.network = TaggerGradients(self.tagger, self._locate)
        self._probabilities = SpanProbabilities(self.tagger)

    def of_spans(self, texts: Sequence[Tagged]) -> np.ndarray:
        return self._probabilities(texts)

    def log_odds(self, variants: Sequence[Variant]) -> np.ndarray:
        return self._probabilities.log_odds(
            [left_of(one, self._tokens(one.decision.example)) for one in variants]
        )

    def _locate(self, decision: Decision) -> Tagged:
        assert decision.span is not None
        tokens = self._tokens(decision.example)
        return Tagged(decision.text, [Span(*decision.span, decision.target)], tokens)

    def _tokens(self, example: Example) -> list[tuple[int, int]] | None:
        offsets = self.tagger.offsets(example)
        return None if offsets is None else list(offsets)


class FeatureExplainer(SpanExplainer):
    """Of a feature CRF: a span is as probable as the least probable of its tags."""

    why_no_network = "it is a CRF over named features, which has no embeddings to take gradients at"

    def __init__(self, predictor: FeatureCRF, seed: int) -> None:
        super().__init__(predictor, seed)
        self.crf = predictor
        self.labels = predictor.labels

    def of_spans(self, texts: Sequence[Tagged]) -> np.ndarray:
        return np.array([self._of_span(one) if one.spans else 0.0 for one in texts])

    def _of_span(self, tagged: Tagged) -> float:
        example = Example("", tagged.text, tagged.spans, tagged.tokens)
        marginals = self.crf.marginals(example)
        wanted = [
            (row, tag) for row, tag in zip(marginals, self.crf.tags_of(example), strict=True) if tag != "O"
        ]
        return min((row.get(tag, 0.0) for row, tag in wanted), default=0.0)


def make_explainer(predictor: Predictor[Example, list[Span]], seed: int) -> SpanExplainer:
    """The explainer of a predictor of this task."""
    if isinstance(predictor, FeatureCRF):
        return FeatureExplainer(predictor, seed)
    assert isinstance(predictor, NeuralPredictor)
    return NetworkExplainer(predictor, seed)


def _decision(example: Example, span: Span) -> Decision:
    return Decision(example, example.id, example.text, span.label, None, span=(span.start, span.end))
