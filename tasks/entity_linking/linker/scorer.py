"""From features to one probability per candidate: that the gold links this span to this entity."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlpx.task import FitContext
from nlpx.tasks.entity_linking.linker import choice
from nlpx.tasks.entity_linking.linker.proposals import Spans
from nlpx.tasks.entity_linking.linker.second_look import NAMES, best_rows, score_features
from nlpx.tasks.entity_linking.linker.stacker import Stacker
from nlpx.tasks.entity_linking.linker.stacker_config import StackerConfig

log = logging.getLogger("nlpx")

FIRST, SECOND = "candidates.safetensors", "spans.safetensors"


@dataclass(slots=True)
class Rows:
    """Candidates of the spans of a batch of texts, with their features.

    Attributes:
        spans: of the batch.
        span: row in `spans` of each candidate, ascending, int32 (rows,).
        entity: index of its entity, int32 (rows,).
        names: of the features.
        x: float32 (rows, features).
        prior: what counting alone says about each candidate, in [0, 1], float32 (rows,).
        covered: which of the first 64 units of its span's surface a name of the candidate has, one bit each,
            uint64 (rows,).
    """

    spans: Spans
    span: np.ndarray
    entity: np.ndarray
    names: list[str]
    x: np.ndarray
    prior: np.ndarray
    covered: np.ndarray

    def __len__(self) -> int:
        return len(self.span)


class Scorer:
    """Trees over candidates and, on top of their scores, trees over spans.

    Args:
        options: of the trees; None for what counting alone says.
        second_look: whether the scores are weighed again.
        given: whether the spans are given. Then the second look weighs each candidate again, for there may be several
            right ones; else each span.
    """

    def __init__(self, options: StackerConfig | None, *, second_look: bool, given: bool = False) -> None:
        self.options, self.given = options, given
        self.first = Stacker() if options is not None else None
        self.second = Stacker() if options is not None and second_look else None

    def fit(self, rows: Rows, right: np.ndarray, groups: np.ndarray, context: FitContext) -> np.ndarray:
        """Learn which rows are right; returns the probability of each by trees that did not see its text.

        Args:
            right: bool (rows,).
            groups: the text of each span, int (spans,); repeated texts have the same number.
            context: fewer trees are grown where there is no time for all.
        """
        if self.first is None:
            return rows.prior.astype(float)
        part = context.part(share=1 if self.second is None else 1 / 2)
        own = groups[rows.span]
        scores = self.first.fit(rows.x, right, part, names=rows.names, groups=own, options=self.options)
        if not self.first.learned and right.any() and not right.all():
            self._warn("model.stacker", rows, "candidates are weighed by counting links instead")
            self.first = self.second = None
            return rows.prior.astype(float)
        scores = np.nan_to_num(scores)
        if self.second is None:
            return scores
        again = self._look_again(self.second, rows, right, groups, scores, context)
        if not self.second.learned:
            self._warn("model.second_look", rows, "it is left out")
            self.second = None
            return scores
        return again

    def _look_again(
        self,
        trees: Stacker,
        rows: Rows,
        right: np.ndarray,
        groups: np.ndarray,
        scores: np.ndarray,
        context: FitContext,
    ) -> np.ndarray:
        """Train the second look on the scores of the first; what it makes of them."""
        best = best_rows(rows.span, scores, len(rows.spans))
        looked_at = np.arange(len(rows)) if self.given else best[best >= 0]
        x = self._choice(rows, scores) if self.given else self._second_features(rows, scores, best)
        new = trees.fit(
            x,
            right[looked_at],
            context,
            names=[*(choice.NAMES if self.given else NAMES), *rows.names],
            groups=groups[rows.span[looked_at]],
            options=self.options,
            what="looking again",
        )
        new = np.nan_to_num(new)
        return new if self.given else rescaled(rows.span, scores, looked_at, new)

    def _warn(self, part: str, rows: Rows, instead: str) -> None:
        assert self.options is not None
        found = f"{len(rows)} candidates of {len(rows.spans)} spans, too few or too much alike"
        wanted = f"a leaf wants {self.options.min_rows}, model.stacker.min_rows"
        log.warning("%s learned nothing from %s (%s); %s", part, found, wanted, instead)

    @property
    def hurried(self) -> bool:
        """Whether there was no time for all trees."""
        return any(one is not None and one.hurried for one in (self.first, self.second))

    def score(self, rows: Rows) -> np.ndarray:
        """The probability of each row, float64 (rows,)."""
        if self.first is None or not len(rows):
            return rows.prior.astype(float)
        scores = self.first.predict(rows.x)
        if self.second is None:
            return scores
        if self.given:
            return self.second.predict(self._choice(rows, scores))
        best = best_rows(rows.span, scores, len(rows.spans))
        new = self.second.predict(self._second_features(rows, scores, best))
        return rescaled(rows.span, scores, best[best >= 0], new)

    def _second_features(self, rows: Rows, scores: np.ndarray, best: np.ndarray) -> np.ndarray:
        """Of the spans that have candidates: what `score_features` tells, and the features of the best one."""
        some = best >= 0
        told = score_features(rows.spans, rows.span, scores, best)[some]
        return np.concatenate([told, rows.x[best[some]]], axis=1)

    def _choice(self, rows: Rows, scores: np.ndarray) -> np.ndarray:
        told = choice.choice_features(rows.span, scores, rows.covered)
        return np.concatenate([told, rows.x], axis=1)

    # === Files ===

    @property
    def looks(self) -> int:
        """How many times candidates are weighed by trees: 0, 1 or 2."""
        return sum(stacker is not None for stacker in (self.first, self.second))

    def save(self, folder: Path) -> None:
        """Write the trees, if there are any."""
        for stacker, name in ((self.first, FIRST), (self.second, SECOND)):
            if stacker is not None:
                stacker.save(folder / name)

    def load(self, folder: Path, looks: int) -> None:
        """Read what `save` wrote; RunError where it is missing or damaged.

        Args:
            looks: what the property said when it was saved.
        """
        self.first = Stacker.load(folder / FIRST) if looks > 0 else None
        self.second = Stacker.load(folder / SECOND) if looks > 1 else None


def rescaled(span: np.ndarray, scores: np.ndarray, best: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Scores in which the best row of each span has its new one, and all others of the span change in proportion.

    Args:
        span: of each row, ascending.
        best: the best row of each span that has rows, by span.
        new: its new score.
    """
    factor = np.ones(int(span[-1]) + 1 if len(span) else 0)
    factor[span[best]] = new / np.maximum(scores[best], 1e-12)
    return scores * factor[span]
