"""Scores of candidates by a network: what training by folds, files and compilation have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from nlpx.backend import load_backend
from nlpx.encoders.encoder import Encoder
from nlpx.task import FitContext, reason_of_all
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.statistics import fold_of

WEIGHTS = "weights.safetensors"


class FoldScorer(ABC):
    """A network over an encoder that scores candidates, those of its training texts without having seen them.

    Args:
        options: the section of the config, with `encoder`, `folds` and `training`.
        answers: the entities that candidates are.

    Attributes:
        what: its name in messages.
        stopped: why training ended.
    """

    what: ClassVar[str]

    def __init__(self, options: Any, answers: AnswerSpace) -> None:
        self.options, self.answers = options, answers
        self.encoder = Encoder(options.encoder)
        self.stopped = "finished"
        self._judge: Any = None

    def _fit_by_folds(
        self,
        texts: Sequence[str],
        context: FitContext,
        train: Callable[[np.ndarray, FitContext], str],
        score: Callable[[np.ndarray], None],
    ) -> None:
        """Train a network per fold on the other texts and score the fold; then the one that stays, on all.

        Args:
            texts: the same ones are in the same fold.
            train: trains a new network on texts, bool `(texts,)`, and says why it ended.
            score: scores the candidates of texts, bool `(texts,)`, by the newest network.
        """
        count = self.options.folds
        folds = np.array([fold_of(text, count, context.seed) for text in texts], np.int64)
        reasons = []
        for fold in range(count):
            within = context.part(f"fold-{fold + 1}", 1 / (count + 1 - fold))
            context.stage(f"training the {self.what}, fold {fold + 1} of {count}")
            reasons.append(train(folds != fold, within))
            context.stage("scoring what it did not see")
            score(folds == fold)
        context.stage(f"training the {self.what} on all texts")
        reasons.append(train(np.ones(len(texts), bool), context.part("all")))
        self.stopped = reason_of_all(reasons)

    @abstractmethod
    def _build(self, seed: int) -> None:
        """Make a new network, `_judge`."""

    @property
    def parameters(self) -> int:
        """Trained numbers."""
        return int(self._judge.network.count_params())

    @property
    def _jit_compile(self) -> bool:
        wanted = self.options.training.jit_compile
        return self.encoder.jit_compile if wanted is None else wanted

    # === Files ===

    def save(self, folder: Path) -> None:
        """Vocabulary and weights."""
        from nlpx.training.weights import save_weights

        self.encoder.save(folder / "encoder")
        save_weights(self._judge.network, folder / WEIGHTS)

    def load(self, folder: Path) -> None:
        """Read what `save` wrote.

        Raises:
            RunError: a file is missing, damaged or of another config.
        """
        load_backend()
        from nlpx.training.weights import load_weights

        self.encoder = Encoder.load(self.options.encoder, folder / "encoder")
        self._build(seed=0)
        load_weights(self._judge.network, folder / WEIGHTS)
