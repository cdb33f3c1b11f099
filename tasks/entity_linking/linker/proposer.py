"""Which stretches of texts are looked at: names, what a tagger finds, abbreviations, or given places."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpx.task import FitContext, reason_of_all
from nlpx.tasks.entity_linking.config import EntityLinkingConfig, NlpxConfig
from nlpx.tasks.entity_linking.example import Example, Place
from nlpx.tasks.entity_linking.linker import proposals
from nlpx.tasks.entity_linking.linker.proposals import Spans

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
    from nlpx.tasks.entity_linking.tagger.mention_tagger import MentionTagger

FOLDER = "tagger"


class Proposer:
    """Proposes the spans of texts."""

    def __init__(self, config: EntityLinkingConfig, kb: KnowledgeBase) -> None:
        assert isinstance(config.model, NlpxConfig)
        self.options, self.kb = config.model, kb
        self.given = config.mentions == "given"
        self.tagger = self._make_tagger()
        self._held_out: dict[str, list[tuple[int, int, float]]] = {}

    def _make_tagger(self) -> MentionTagger | None:
        if self.given or self.options.tagger is None:
            return None
        from nlpx.tasks.entity_linking.tagger.mention_tagger import MentionTagger

        return MentionTagger(self.options.tagger, self.kb)

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> str:
        """Train the tagger, if there is one, and let others tag the training texts that they did not see.

        Returns:
            Why that ended.
        """
        if self.tagger is None:
            return "finished"
        context = context.part(FOLDER)
        share = 1 / (1 + self.tagger.config.folds)
        report = self.tagger.fit(train, dev, context.part(share=share))
        found, reason = self.tagger.out_of_fold(train, context)
        self._held_out = {example.text: spans for example, spans in zip(train, found, strict=True)}
        return reason_of_all([report.stopped, reason])

    def spans(self, examples: Sequence[Example], *, counted: bool) -> Spans:
        """The spans that may be mentions.

        Args:
            counted: these are the training texts.
        """
        texts = [example.text for example in examples]
        if self.given:
            return self.at(examples, [example.places for example in examples])
        parts = [self._names(texts)]
        if self.tagger is not None:
            parts.append(self._tagged(examples, self.tagger, counted=counted))
        if self.options.abbreviations:  # last: what a text explains goes before what it looks like
            parts.append(proposals.from_abbreviations(self.kb, texts))
        return parts[0] if len(parts) == 1 else proposals.merge(parts)

    def at(self, examples: Sequence[Example], places: Sequence[Sequence[Place]]) -> Spans:
        """Spans at given places."""
        texts = [example.text for example in examples]
        found = proposals.from_places(self.kb, texts, places, proposals.GIVEN)
        if self.tagger is not None:  # it would have proposed them, had they been probable
            found.extra["tagger"] = np.zeros(len(found), np.float32)
        return found

    def _names(self, texts: Sequence[str]) -> Spans:
        found = proposals.from_dictionary(self.kb, texts, whole_words=self.options.whole_words)
        if self.options.gate == "max_match":
            found = found.take(proposals.on_best_path(found, texts))
        return found

    def _tagged(self, examples: Sequence[Example], tagger: MentionTagger, *, counted: bool) -> Spans:
        found = [self._held_out[one.text] for one in examples] if counted else tagger.spans(examples)
        places = [[(start, end) for start, end, _ in own] for own in found]
        scores = [[score for _, _, score in own] for own in found]
        texts = [example.text for example in examples]
        return proposals.from_places(self.kb, texts, places, proposals.TAGGER, scores)

    # === Files ===

    def save(self, folder: Path) -> None:
        """Write the tagger, if there is one."""
        if self.tagger is not None:
            self.tagger.save(folder / FOLDER)

    def load(self, folder: Path) -> None:
        """Read what `save` wrote; RunError where it is missing or damaged."""
        if self.tagger is not None:
            self.tagger.load(folder / FOLDER)
