"""What a bi-encoder says about candidates, as further features of the trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from nlpx.task import FitContext
from nlpx.tasks.entity_linking.bi_encoder.config import BiEncoderConfig
from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.bi_encoder.score_features import feature_names, score_features
from nlpx.tasks.entity_linking.bi_encoder.scorer import CandidateScorer
from nlpx.tasks.entity_linking.linker.scorer import Rows
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace


class NetworkFeatures:
    """Adds the scores of a network to rows of candidates."""

    def __init__(self, options: BiEncoderConfig, answers: AnswerSpace) -> None:
        self._nil = options.against_nil
        self.network = CandidateScorer(options, answers)

    def fit(self, texts: Sequence[str], rows: Rows, right: np.ndarray, context: FitContext) -> Rows:
        """Train the network; the rows with the scores of networks that did not see their texts.

        Args:
            right: bool (rows,).
        """
        lists = Lists(texts, rows.spans, rows.span, rows.entity, right)
        return self._with_scores(rows, self.network.fit(lists, context))

    def add(self, texts: Sequence[str], rows: Rows) -> Rows:
        """The rows with the network's scores."""
        nothing = np.zeros(len(rows.entity), bool)
        lists = Lists(texts, rows.spans, rows.span, rows.entity, nothing)
        return self._with_scores(rows, self.network.score(lists))

    def save(self, folder: Path) -> None:
        """Write the network."""
        self.network.save(folder)

    def load(self, folder: Path) -> None:
        """Read what `save` wrote; RunError where it is missing or damaged."""
        self.network.load(folder)

    def _with_scores(self, rows: Rows, logits: np.ndarray) -> Rows:
        scores = score_features(rows.span, logits, nil=self._nil)
        names = [*rows.names, *feature_names(nil=self._nil)]
        return replace(rows, names=names, x=np.concatenate([rows.x, scores], axis=1))
