"""What saliency methods need to know of what finds mentions: every mention is a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from nlpx.errors import UsageError
from nlpx.explain.decision import Decision, Variant
from nlpx.explain.explainer import GOLD, PREDICTED, Explainer
from nlpx.explain.units import Offsets
from nlpx.tagging.saliency import Tagged, TaggerGradients
from nlpx.task import Predictor
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.example import Example, Place, Prediction
from nlpx.tasks.entity_linking.tagger.feature_tagger import LABEL
from nlpx.tasks.entity_linking.tagger.network_tagger import NetworkTagger
from nlpx.tasks.entity_linking.tagger.words import words
from nlpx.text.spans import Span


class MentionExplainer(Explainer):
    """The mentions that are found, or the gold ones. Where a network and a feature CRF find them together, gradients
    are those of the network, and probabilities are those of both.
    """

    why_no_network = "its tagger is a CRF over named features, which has no embeddings to take gradients at"

    def __init__(self, predictor: Predictor[Example, Prediction], config: EntityLinkingConfig) -> None:
        self.finder = cast(Any, predictor)
        self.seed = config.seed
        network = self.finder.tagger.members.get("network")
        if isinstance(network, NetworkTagger):
            self._tagger = network
            self.network = TaggerGradients(network.tagger, self._locate)
            if len(self.finder.tagger.members) > 1:
                self.network.explained = "the network, without the feature CRF beside it"

    def decisions(self, examples: Sequence[Example], target: str = PREDICTED) -> list[list[Decision]]:
        if target not in (PREDICTED, GOLD, LABEL):
            raise UsageError(
                f"there is no target {target!r}: this run says where mentions are, not what they mean",
                f"--target is predicted, gold or {LABEL}",
            )
        places = [example.places for example in examples] if target == GOLD else self._found(examples)
        blank = [
            [_decision(example, place) for place in own]
            for example, own in zip(examples, places, strict=True)
        ]
        whole = [Variant(one, np.ones(len(one.text), bool)) for own in blank for one in own]
        scores = iter(self.probabilities(whole).tolist())
        return [[replace(one, probability=next(scores)) for one in own] for own in blank]

    def _found(self, examples: Sequence[Example]) -> list[list[Place]]:
        return [[(one.start, one.end) for one in found.kept] for found in self.finder.predict(examples)]

    def probabilities(self, variants: Sequence[Variant]) -> np.ndarray:
        found = np.zeros(len(variants))
        texts = [Example("", variant.text) for variant in variants]
        for row, spans in enumerate(self.finder.tagger.spans(texts)):
            place = variants[row].decision.span
            assert place is not None
            said = {(start, end): score for start, end, score in spans}
            found[row] = said.get(
                variants[row].moved(*place), 0.0
            )  # spans that are less probable are not told
        return found

    def words(self, example: Example) -> Offsets | None:
        return words(example.text) if self.finder.options.tagger.unit == "word" else None

    def _locate(self, decision: Decision) -> Tagged:
        """The sentence that holds the mention."""
        assert decision.span is not None
        start, end = decision.span
        for part in self._tagger.parts([decision.example]):
            if part.start <= start and end <= part.start + len(part.text):
                span = Span(start - part.start, end - part.start, LABEL)
                return Tagged(part.text, [span], part.tokens, part.start)
        return Tagged(decision.text, [], None)


def _decision(example: Example, place: Place) -> Decision:
    return Decision(example, example.id, example.text, LABEL, None, span=place)
