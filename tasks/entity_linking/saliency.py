"""What saliency methods need to know of a linker: every link is a decision."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from nlpx.errors import UsageError
from nlpx.explain.decision import Decision, Variant
from nlpx.explain.explainer import GOLD, PREDICTED, Explainer
from nlpx.task import Predictor
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.example import Example, Link, Mention, Place, Prediction

log = logging.getLogger("nlpx")

Linked = tuple[Place, str]
"""Where a mention is, and what it means."""

CHUNK = 512
"""Texts that are linked at once."""


REASONS = {
    "nlpx": "its boosted trees weigh features, through which no gradient goes",
    "max_match": "it is a dictionary, which has no gradients",
    "pruned_max_match": "it is a dictionary, which has no gradients",
}
"""Why a model has no gradients."""


class LinkExplainer(Explainer):
    """The links of an answer. How probable one is when parts of the text are left out, the linker says of what is left
    of its mention, as of a given one.
    """

    def __init__(self, predictor: Predictor[Example, Prediction], config: EntityLinkingConfig) -> None:
        self.predictor = cast(Any, predictor)
        self.config, self.seed = config, config.seed
        self.why_no_network = REASONS.get(config.model.type, Explainer.why_no_network)
        if config.model.type in ("su2019", "baseline"):
            from nlpx.tasks.entity_linking.su2019.saliency import MatchGradients

            self.network = MatchGradients(self.predictor)

    def decisions(self, examples: Sequence[Example], target: str = PREDICTED) -> list[list[Decision]]:
        links = self._gold(examples) if target == GOLD else self._predicted(examples, target)
        blank = [
            [self._decision(example, place, id) for place, id in own]
            for example, own in zip(examples, links, strict=True)
        ]
        whole = [Variant(one, np.ones(len(one.text), bool)) for own in blank for one in own]
        scores = iter(self.probabilities(whole).tolist())
        return [[replace(one, probability=next(scores)) for one in own] for own in blank]

    def _gold(self, examples: Sequence[Example]) -> list[list[Linked]]:
        """The gold links. A network compares a mention with what is known of its entity; links whose entity is unknown
        are left out there, and counted. Other models may know ids from training alone.
        """
        linked = [
            [(one.place, one.entity_id) for one in example.tidy() if one.entity_id] for example in examples
        ]
        if self.network is None:
            return linked
        known = [[link for link in own if link[1] in self.predictor.knowledge_base] for own in linked]
        total, kept = sum(map(len, linked)), sum(map(len, known))
        if kept < total:
            text = "%s of %s gold links mean no entity of the knowledge base and are left out"
            log.warning(text, f"{total - kept:,}", f"{total:,}")
        return known

    def _predicted(self, examples: Sequence[Example], target: str) -> list[list[Linked]]:
        if target != PREDICTED and target not in self.predictor.knowledge_base:
            raise UsageError(
                f"there is no entity {target!r} in the knowledge base",
                "--target is predicted, gold, or an id of it",
            )
        return [
            [((link.start, link.end), id) for link in prediction.kept for id in _asked(link, target)]
            for prediction in self.predictor.predict(examples)
        ]

    def _decision(self, example: Example, place: Place, id: str) -> Decision:
        index = self.predictor.knowledge_base.index_of(id)
        return Decision(example, example.id, example.text, id, None, -1 if index is None else index, place)

    def probabilities(self, variants: Sequence[Variant]) -> np.ndarray:
        found = np.zeros(len(variants))
        for start in range(0, len(variants), CHUNK):
            chunk = [(row, given) for row, given in enumerate(map(_given, variants[start : start + CHUNK]))]
            asked = [(row, given) for row, given in chunk if given.mentions]
            for (row, _), prediction in zip(
                asked, self.predictor.predict([given for _, given in asked]), strict=True
            ):
                wanted = variants[start + row].decision.target
                found[start + row] = _score(prediction.on_gold, wanted)
        return found


def _asked(link: Link, target: str) -> Iterator[str]:
    """The ids that are explained of a link."""
    assert link.entity_id is not None
    if target == PREDICTED:
        yield link.entity_id
    elif any(candidate.entity_id == target for candidate in link.candidates):
        yield target


def _given(variant: Variant) -> Example:
    """What is left of a text, with what is left of the mention as its only one."""
    assert variant.decision.span is not None
    start, end = variant.moved(*variant.decision.span)
    text = variant.text
    mentions = [Mention(start, end, None, text[start:end])] if start < end else []
    return Example("", text, mentions, labelled=False)


def _score(links: Sequence[Link], id: str) -> float:
    """What an answer about one mention says of an entity; 0 where it is no candidate."""
    scores = [one.score for link in links for one in link.candidates if one.entity_id == id]
    return max(scores, default=0.0)


def make_explainer(predictor: Predictor[Example, Prediction], config: EntityLinkingConfig) -> Explainer:
    """The explainer of a predictor of this task."""
    if config.model.type == "mentions":
        from nlpx.tasks.entity_linking.tagger.saliency import MentionExplainer

        return MentionExplainer(predictor, config)
    return LinkExplainer(predictor, config)
