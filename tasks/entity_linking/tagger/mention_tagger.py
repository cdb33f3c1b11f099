"""Finds mentions by reading: with a feature CRF, a network, or both."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nlpx.errors import DataError
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.statistics import fold_of
from nlpx.tasks.entity_linking.tagger.agreement import agree
from nlpx.tasks.entity_linking.tagger.config import TaggerConfig
from nlpx.tasks.entity_linking.tagger.feature_tagger import FeatureTagger, History, Scored, mean
from nlpx.tasks.entity_linking.tagger.network_tagger import NetworkTagger

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
    from nlpx.tasks.entity_linking.tagger.character_features import CharacterFeatures
    from nlpx.tasks.entity_linking.tagger.word_features import WordFeatures

Found = list[tuple[int, int, float]]
"""Start, end and probability of each span of a text, in reading order."""


class MentionTagger:
    """Says how probable it is that a stretch of a text is a mention.

    Args:
        kb: its names are features.
    """

    def __init__(self, config: TaggerConfig, kb: KnowledgeBase) -> None:
        self.config = config
        self.members: dict[str, FeatureTagger | NetworkTagger] = {}
        if config.features is not None:
            self.members["features"] = FeatureTagger(config, _features(config, kb))
        if config.network is not None:
            self.members["network"] = NetworkTagger(config)

    # === Learning ===

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> list[History]:
        """Learn from `train`; `dev` chooses a network's epoch. Gives the network's epochs, if there is one, else the
        iterations of the feature CRF."""
        if not any(example.mentions for example in train):
            todo = "Check data.train and data.format."
            raise DataError(f"data.train holds {len(train)} texts and not one mention", todo)
        histories = [member.fit(train, dev, _within(context, name)) for name, member in self.members.items()]
        return histories[-1]

    def out_of_fold(self, train: Sequence[Example], context: FitContext) -> list[Found]:
        """The spans of training texts by taggers that were trained without them; repeated texts share a fold."""
        folds = [fold_of(example.text, self.config.folds, context.seed) for example in train]
        found: list[Found] = [[] for _ in train]
        for fold in sorted(set(folds)):
            inside = [row for row, own in enumerate(folds) if own == fold]
            others = [example for example, own in zip(train, folds, strict=True) if own != fold]
            spans = self._without(others, [train[row] for row in inside], _within(context, f"fold{fold}"))
            for row, own in zip(inside, spans, strict=True):
                found[row] = own
        return found

    def _without(
        self, others: Sequence[Example], texts: Sequence[Example], context: FitContext
    ) -> list[Found]:
        if not any(example.mentions for example in others):
            return [[] for _ in texts]
        said = []
        for name, member in self.members.items():
            another = member.another()
            another.fit(others, [], _within(context, name))
            said.append(another.spans(texts, self._least))
        shutil.rmtree(context.folder, ignore_errors=True)
        return self._kept(texts, mean(said))

    # === Tagging ===

    def spans(self, examples: Sequence[Example]) -> list[Found]:
        """The spans of texts that are at least `config.least` probable."""
        said = [member.spans(examples, self._least) for member in self.members.values()]
        return self._kept(examples, mean(said))

    @property
    def _least(self) -> float:
        """What a member has to say about a span; the others may be surer of it."""
        return self.config.least / 2

    def _kept(self, examples: Sequence[Example], scored: Sequence[Scored]) -> list[Found]:
        """What is proposed of what the members say."""
        least, weight = self.config.least, self.config.agreement
        if weight:
            scored = [agree(one.text, own, weight) for one, own in zip(examples, scored, strict=True)]
        return [[(*place, p) for place, p in sorted(own.items()) if p >= least] for own in scored]

    # === Files ===

    def save(self, folder: Path) -> None:
        """A folder per member; no pickle."""
        for name, member in self.members.items():
            member.save(folder / name)

    def load(self, folder: Path) -> None:
        """What `save` wrote. Raises RunError naming a missing or damaged file."""
        for name, member in self.members.items():
            member.load(folder / name)


def _features(config: TaggerConfig, kb: KnowledgeBase) -> WordFeatures | CharacterFeatures:
    if config.unit == "word":
        from nlpx.tasks.entity_linking.tagger.word_features import WordFeatures

        return WordFeatures(kb)
    from nlpx.tasks.entity_linking.tagger.character_features import CharacterFeatures

    return CharacterFeatures(kb)


def _within(context: FitContext, name: str) -> FitContext:
    return replace(context, folder=context.folder / name)
