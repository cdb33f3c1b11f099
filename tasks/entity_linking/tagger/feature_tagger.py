"""The feature CRF as a tagger of mentions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpx.runs.atomic import atomic_json
from nlpx.runs.reading import damaged, read_object
from nlpx.tagging.chain import SpanTags, span_probabilities, sums
from nlpx.tagging.linear_crf import LinearCRF
from nlpx.tagging.tag_set import TagSet
from nlpx.task import FitContext, FitReport
from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.tagger.config import TaggerConfig
from nlpx.tasks.entity_linking.tagger.sentence import Sentence
from nlpx.text.spans import Span

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.tagger.character_features import CharacterFeatures
    from nlpx.tasks.entity_linking.tagger.word_features import WordFeatures

Scored = dict[tuple[int, int], float]
"""Probability of each span of a text."""

LABEL = "mention"
TAGS = TagSet((LABEL,), "BIOES")
SPAN_TAGS = SpanTags(*(TAGS.names.index(f"{place}-{LABEL}") for place in "BIES"))
LONGEST = 40
"""Units of a mention at most."""
GROUP = 256
"""Sentences of similar length that are scored at once."""


class FeatureTagger:
    """Learns which features mentions have."""

    def __init__(self, config: TaggerConfig, features: WordFeatures | CharacterFeatures) -> None:
        assert config.features is not None
        self.config, self.options = config, config.features
        self.features = features
        self.crf = LinearCRF(TAGS.constraints)

    def another(self) -> FeatureTagger:
        """Like this one before it has learnt anything."""
        return FeatureTagger(self.config, self.features.another())

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> FitReport:
        """Learn from `train`; there is no epoch to choose, so `dev` is not looked at.

        Ends with the iteration that is running when the time is up.
        """
        self.features.fit(train)
        found = self.features.sentences(train, counted=True)
        tags, rows = [], []
        for example, parts in zip(train, found, strict=True):
            spans = [Span(start, end, LABEL) for start, end in example.places]
            for part in parts:
                tags.append(TAGS.encode(_inside(spans, part), part.offsets))
                rows.append(part.features)
        options, report = self.options, FitReport()

        def heard(number: int, loss: float) -> None:
            report.history.append({"iteration": number, "loss": loss})
            if context.seconds_left == 0:
                report.stopped = "time"
                raise StopIteration

        self.crf.fit(
            rows,
            tags,
            l2=options.l2,
            iterations=3 if context.smoke else options.iterations,
            min_count=options.min_count,
            heard=heard,
        )
        return report

    def spans(self, examples: Sequence[Example], least: float) -> list[Scored]:
        """Probability of each span of each text, where it is at least `least`."""
        found: list[Scored] = [{} for _ in examples]
        parts = [(n, part) for n, own in enumerate(self.features.sentences(examples)) for part in own]
        parts.sort(key=lambda part: len(part[1].offsets))
        for start in range(0, len(parts), GROUP):
            for text, place, probability in self._spans(parts[start : start + GROUP], least):
                found[text][place] = probability
        return found

    def _spans(
        self, parts: Sequence[tuple[int, Sentence]], least: float
    ) -> Iterator[tuple[int, tuple[int, int], float]]:
        chain = self.crf.chain([part.features for _, part in parts])
        scored = span_probabilities(chain, sums(chain), SPAN_TAGS, least, LONGEST)
        columns = (scored.row, scored.start, scored.end, scored.probability)
        for row, start, end, probability in zip(*(column.tolist() for column in columns), strict=True):
            text, part = parts[row]
            yield text, (part.offsets[start][0], part.offsets[end - 1][1]), probability

    # === Files ===

    def save(self, folder: Path) -> None:
        self.crf.save(folder)
        atomic_json(folder / "counts.json", self.features.state())

    def load(self, folder: Path) -> None:
        self.crf.load(folder)
        path = folder / "counts.json"
        try:
            self.features.restore(read_object(path))
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(path, f"no usable {error}") from error


def _inside(spans: Sequence[Span], part: Sentence) -> list[Span]:
    start, end = part.offsets[0][0], part.offsets[-1][1]
    return [span for span in spans if start <= span.start and span.end <= end]


def mean(members: Sequence[Sequence[Scored]]) -> list[Scored]:
    """The mean of what several taggers say about the same texts; a span that one leaves out has 0 there."""
    found = []
    for said in zip(*members, strict=True):
        places = {place for one in said for place in one}
        found.append({p: float(np.mean([one.get(p, 0.0) for one in said])) for p in sorted(places)})
    return found
