"""A further look at the likeliest candidates of each span: a cross-encoder reads them, and trees weigh what it says."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlpx.task import FitContext
from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.bi_encoder.score_features import score_features
from nlpx.tasks.entity_linking.cross_encoder.config import CrossEncoderConfig
from nlpx.tasks.entity_linking.cross_encoder.scorer import PairScorer
from nlpx.tasks.entity_linking.linker.competition import gaps_and_ranks
from nlpx.tasks.entity_linking.linker.ranked import ranked
from nlpx.tasks.entity_linking.linker.scorer import Rows
from nlpx.tasks.entity_linking.linker.stacker import Stacker
from nlpx.tasks.entity_linking.linker.stacker_config import StackerConfig
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace

log = logging.getLogger("nlpx")

TREES = "trees.safetensors"
SHARE = 0.9
"""Of the time, for the networks."""

NAMES = (
    "score so far",
    "log-odds so far",
    "place so far",
    "ahead so far",
    "read: among candidates",
    "read: against nil",
    "read: ahead",
    "read: place",
)


class Reading:
    """Reads candidates and gives those new probabilities; all others keep theirs.

    Args:
        options: the section `cross_encoder`.
        answers: the entities that candidates are.
        trees: how they are grown.

    Attributes:
        learned: whether there was enough to learn from; without, nothing is read.
        hurried: whether the time was too short for all of it.
    """

    def __init__(self, options: CrossEncoderConfig, answers: AnswerSpace, trees: StackerConfig) -> None:
        self._options, self._tree_options = options, trees
        self.network = PairScorer(options, answers)
        self._trees = Stacker()
        self.learned = True

    def fit(
        self,
        texts: Sequence[str],
        rows: Rows,
        right: np.ndarray,
        groups: np.ndarray,
        scores: np.ndarray,
        context: FitContext,
    ) -> np.ndarray:
        """Train; the new probability of each row by networks and trees that did not see its text.

        Args:
            right: bool (rows,).
            groups: the text of each span, int (spans,); repeated texts have the same number.
            scores: so far, by what did not see the text either.
        """
        read = likely(rows.span, scores, self._options.candidates, self._options.least)
        if not (right & read).any() or right[read].all():
            self._leave_out(rows, read)
            return scores
        lists = Lists(texts, rows.spans, rows.span, rows.entity, right)
        logits = self.network.fit(lists, read, context.part(share=SHARE))
        new = self._trees.fit(
            self._features(rows, read, scores, logits),
            right[read],
            context,
            names=[*NAMES, *rows.names],
            groups=groups[rows.span[read]],
            options=self._tree_options,
            what="weighing what was read",
        )
        if not self._trees.learned:
            self._leave_out(rows, read)
            return scores
        return _replaced(scores, read, np.nan_to_num(new))

    def _leave_out(self, rows: Rows, read: np.ndarray) -> None:
        self.learned = False
        log.warning(
            "model.cross_encoder learned nothing from %d candidates of %d spans, too few or too much alike; it is left "
            "out",
            int(read.sum()),
            len(rows.spans),
        )

    @property
    def stopped(self) -> str:
        """Why the training ended."""
        return "time" if self._trees.hurried else self.network.stopped

    def score(self, texts: Sequence[str], rows: Rows, scores: np.ndarray) -> np.ndarray:
        """The new probability of each row, float64 (rows,)."""
        read = likely(rows.span, scores, self._options.candidates, self._options.least)
        if not self.learned or not read.any():
            return scores
        lists = Lists(texts, rows.spans, rows.span, rows.entity, np.zeros(len(rows), bool))
        x = self._features(rows, read, scores, self.network.score(lists, read))
        return _replaced(scores, read, self._trees.predict(x))

    def _features(self, rows: Rows, read: np.ndarray, scores: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Those of `NAMES` and of the rows, of the rows that are read, float32 (read, features)."""
        span, before = rows.span[read], scores[read]
        odds = np.log(np.clip(before, 1e-6, 1 - 1e-6)) - np.log(np.clip(1 - before, 1e-6, 1))
        ahead, place = gaps_and_ranks(span, before)
        told = score_features(span, logits, nil=True)
        columns = [before, odds, place, ahead, *told.T, *gaps_and_ranks(span, logits)]
        return np.concatenate([np.stack(columns, axis=1).astype(np.float32), rows.x[read]], axis=1)

    # === Files ===

    def save(self, folder: Path) -> None:
        """Write the network and the trees."""
        self.network.save(folder)
        self._trees.save(folder / TREES)

    def load(self, folder: Path) -> None:
        """Read what `save` wrote; RunError where it is missing or damaged."""
        self.network.load(folder)
        self._trees = Stacker.load(folder / TREES)


def likely(span: np.ndarray, scores: np.ndarray, most: int, least: float) -> np.ndarray:
    """Which rows are among the `most` of their span with the highest scores, and have at least `least`, bool (rows,).

    Args:
        span: of each row, ascending.
    """
    found = np.zeros(len(span), bool)
    if len(span):
        rows = ranked(span, scores)
        found[rows.order[rows.place < most]] = True
    return found & (scores >= least)


def _replaced(scores: np.ndarray, read: np.ndarray, new: np.ndarray) -> np.ndarray:
    found = scores.copy()
    found[read] = new
    return found
