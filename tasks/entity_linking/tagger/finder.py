"""The model `mentions`: says where mentions are and not what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from nlpx.task import FitContext, FitReport, Predictor
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.example import UNNAMED, Example, Link, Place, Prediction
from nlpx.tasks.entity_linking.model_facts import read_facts, write_facts
from nlpx.tasks.entity_linking.tagger.config import MentionsConfig
from nlpx.tasks.entity_linking.tagger.mention_tagger import Found, MentionTagger

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

FACTS = "mentions.json"


class MentionFinder(Predictor[Example, Prediction]):
    """Links to nothing in particular at the most probable stretches of a text."""

    def __init__(self, config: EntityLinkingConfig) -> None:
        assert isinstance(config.model, MentionsConfig)
        self.config, self.options = config, config.model

    @cached_property
    def knowledge_base(self) -> KnowledgeBase:
        """Opened at first use."""
        from nlpx.tasks.entity_linking.resources import open_knowledge_base

        return open_knowledge_base(self.config.data)

    @cached_property
    def tagger(self) -> MentionTagger:
        """What finds them."""
        return MentionTagger(self.options.tagger, self.knowledge_base)

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> FitReport:
        """Train the tagger; the threshold is the config's."""
        return self.tagger.fit(train, dev, context)

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        return [
            self._predict(example, found)
            for example, found in zip(examples, self.tagger.spans(examples), strict=True)
        ]

    def _predict(self, example: Example, found: Found) -> Prediction:
        chosen = without_overlaps(found, self.options.threshold)
        links = []
        for start, end, score in found:
            low = "below threshold" if score < self.options.threshold else "overlap"
            links.append(Link(start, end, UNNAMED, score, reason="" if (start, end) in chosen else low))
        return Prediction(links)

    # === Files ===

    def save(self, folder: Path) -> None:
        self.tagger.save(folder)
        write_facts(folder / FACTS, "mentions", self.knowledge_base.base_fingerprint)

    def load(self, folder: Path) -> None:
        facts = read_facts(folder / FACTS, "mentions")
        self.knowledge_base.check_fingerprint(str(facts.get("knowledge_base")))
        self.tagger.load(folder)


def without_overlaps(found: Found, threshold: float) -> set[Place]:
    """The spans that exceed a threshold, the most probable ones first; of two that overlap, one."""
    kept: list[Place] = []
    for start, end, score in sorted(found, key=lambda span: (-span[2], span[0], span[1])):
        if score >= threshold and all(end <= a or b <= start for a, b in kept):
            kept.append((start, end))
    return set(kept)
