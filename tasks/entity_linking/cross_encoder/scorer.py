"""Logits of candidates by a cross-encoder: learned by folds, so that training texts get fair ones too."""

from __future__ import annotations

import numpy as np

from nlpx.backend import load_backend
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.bi_encoder.entity_text import entity_text
from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.bi_encoder.sampling import Sampler
from nlpx.tasks.entity_linking.cross_encoder.config import CrossEncoderConfig
from nlpx.tasks.entity_linking.fold_scorer import FoldScorer


class PairScorer(FoldScorer):
    """Says how much better than NIL each candidate fits, by reading text and candidate together.

    Args:
        options: the section `cross_encoder`.
        answers: the entities that candidates are.
    """

    what = "cross-encoder"
    options: CrossEncoderConfig

    # === Training ===

    def fit(self, lists: Lists, read: np.ndarray, context: FitContext) -> np.ndarray:
        """Train on all texts.

        Args:
            read: bool `(rows,)`, the candidates that are read. In training right ones are read in any case.

        Returns:
            logits float32 of the rows that are read, each by a network that did not see its text, nor any other text
            that is the same.
        """
        load_backend()
        context.stage("preparing the cross-encoder")
        self._learn_vocabulary(lists, read)
        text_of_row = lists.spans.text[lists.span]
        logits = np.zeros(len(lists.entity), np.float32)

        def train(texts: np.ndarray, within: FitContext) -> str:
            return self._train(lists, (read | lists.right) & texts[text_of_row], within)

        def score(texts: np.ndarray) -> None:
            held_out = read & texts[text_of_row]
            logits[held_out] = self.score(lists, held_out)

        self._fit_by_folds(lists.texts, context, train, score)
        return logits[read]

    def _train(self, lists: Lists, learned: np.ndarray, context: FitContext) -> str:
        """Train a new network on some rows; says why it ended."""
        from nlpx.tasks.entity_linking.cross_encoder.batches import PairBatches
        from nlpx.training.fit import fit

        options = self.options
        self._build(context.seed)
        rows = np.flatnonzero(learned)
        bounds = np.searchsorted(lists.spans.text, np.arange(len(lists.texts) + 1))
        right, span = lists.right[rows], lists.span[rows]
        sampler = Sampler(
            bounds, span, right, seed=context.seed, spans=options.spans, candidates=options.candidates
        )
        batches = PairBatches(
            self._judge.pairs(lists, rows),
            right,
            sampler,
            candidates=options.candidates,
            batch_size=options.training.batch_size,
            buckets=options.training.buckets,
            seed=context.seed,
        )
        history = fit(
            self._judge.network,
            batches,
            options.training,
            evaluate=dict,
            monitor="loss",
            jit_compile=self._jit_compile,
            **context.of_network,
        )
        return history.stopped

    def _learn_vocabulary(self, lists: Lists, read: np.ndarray) -> None:
        entities = np.unique(lists.entity[read | lists.right]).tolist()
        told = (entity_text(self.answers.entity(index), self.options.entity_length) for index in entities)
        self.encoder.fit([*lists.texts, *told])

    # === Scoring ===

    def score(self, lists: Lists, read: np.ndarray) -> np.ndarray:
        """Log-odds of the candidates that are read, bool `(rows,)`, against NIL, float32; the rights of `lists` are not
        looked at."""
        assert self._judge is not None, "fit or load comes first"
        found: np.ndarray = self._judge.logits(self._judge.pairs(lists, np.flatnonzero(read)))
        return found

    # === Parts ===

    def _build(self, seed: int) -> None:
        from nlpx.tasks.entity_linking.cross_encoder.judge import Judge

        self._judge = Judge(self.options, self.encoder, self.answers, seed, jit_compile=self._jit_compile)
