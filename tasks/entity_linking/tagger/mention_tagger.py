"""Finds mentions by reading: with a feature CRF, a network, or both."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nlpx.errors import DataError
from nlpx.task import FitContext, FitReport, reason_of_all
from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.statistics import fold_of
from nlpx.tasks.entity_linking.tagger.agreement import agree
from nlpx.tasks.entity_linking.tagger.config import TaggerConfig
from nlpx.tasks.entity_linking.tagger.feature_tagger import FeatureTagger, Scored, mean
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

    def fit(
        self,
        train: Sequence[Example],
        dev: Sequence[Example],
        context: FitContext,
        what: str = "training the tagger",
    ) -> FitReport:
        """Learn from `train`; `dev` chooses a network's epoch. Tells of the network's epochs, if there is one, else of
        the iterations of the feature CRF.

        Args:
            what: goes on, in words.
        """
        if not any(example.mentions for example in train):
            todo = "Check data.train and data.format."
            raise DataError(f"data.train holds {len(train)} texts and not one mention", todo)
        reports = []
        for number, (name, member) in enumerate(self.members.items()):
            share = 1 / (len(self.members) - number)
            context.stage(f"{what}: {name}")
            reports.append(member.fit(train, dev, context.part(name, share)))
        return replace(reports[-1], stopped=reason_of_all([report.stopped for report in reports]))

    def out_of_fold(self, train: Sequence[Example], context: FitContext) -> tuple[list[Found], str]:
        """The spans of training texts by taggers that were trained without them, and why these stopped.

        Repeated texts share a fold.
        """
        folds = [fold_of(example.text, self.config.folds, context.seed) for example in train]
        found: list[Found] = [[] for _ in train]
        used, reasons = sorted(set(folds)), ["finished"]
        for number, fold in enumerate(used):
            inside = [row for row, own in enumerate(folds) if own == fold]
            others = [example for example, own in zip(train, folds, strict=True) if own != fold]
            another = self._another()
            within = context.part(f"fold{fold}", 1 / (len(used) - number))
            if any(example.mentions for example in others):
                what = f"training the tagger, fold {number + 1} of {len(used)}"
                reasons.append(another.fit(others, [], within, what).stopped)
                spans = another.spans([train[row] for row in inside])
                shutil.rmtree(within.folder, ignore_errors=True)
                for row, own in zip(inside, spans, strict=True):
                    found[row] = own
        return found, reason_of_all(reasons)

    def _another(self) -> MentionTagger:
        """Like this one before it has learnt anything."""
        another = copy(self)
        another.members = {name: member.another() for name, member in self.members.items()}
        return another

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
