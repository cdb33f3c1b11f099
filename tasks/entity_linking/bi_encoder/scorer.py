"""Logits of candidates by a bi-encoder: learned by folds, so that training texts get fair ones too."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nlpx.backend import load_backend
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.bi_encoder.config import BiEncoderConfig
from nlpx.tasks.entity_linking.bi_encoder.entity_text import entity_text
from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.bi_encoder.own_texts import own_texts
from nlpx.tasks.entity_linking.fold_scorer import FoldScorer
from nlpx.tasks.entity_linking.model_facts import read_facts, write_facts

FACTS, VECTORS = "bi_encoder.json", "entities.npy"


class CandidateScorer(FoldScorer):
    """Says how much better than NIL each candidate of each span fits, by what text and entity say.

    Args:
        options: the section `bi_encoder`.
        answers: the entities that candidates are.
    """

    what = "bi-encoder"
    options: BiEncoderConfig

    # === Training ===

    def fit(self, lists: Lists, context: FitContext) -> np.ndarray:
        """Train on all texts.

        Returns:
            logits float32 `(rows,)` of these very rows, each by a network that did not see its text, nor any other
            text that is the same.
        """
        load_backend()
        context.stage("preparing the bi-encoder")
        self._learn_vocabulary(lists)
        logits = np.zeros(len(lists.entity), np.float32)

        def score(texts: np.ndarray) -> None:
            logits[texts[lists.spans.text[lists.span]]] = self.score(lists.of_texts(texts))

        self._fit_by_folds(
            lists.texts, context, lambda texts, within: self._train(lists.of_texts(texts), within), score
        )
        return logits

    def _train(self, lists: Lists, context: FitContext) -> str:
        """Train a new network; says why it ended."""
        from nlpx.tasks.entity_linking.bi_encoder.training_data import make_batches
        from nlpx.training.fit import fit

        self._build(context.seed)
        count = int(self.options.own_texts * len(lists.texts))
        own = own_texts(self.answers, np.unique(lists.entity), count, context.seed, self.options.candidates)
        lists = lists.and_(own)
        history = fit(
            self._judge.network,
            make_batches(lists, self.options, self.encoder, self._judge.entities, context.seed),
            self.options.training,
            evaluate=dict,
            monitor="loss",
            jit_compile=self._jit_compile,
            **context.of_network,
        )
        return history.stopped

    def _learn_vocabulary(self, lists: Lists) -> None:
        told = (self.answers.entity(index) for index in np.unique(lists.entity).tolist())
        texts = [entity_text(entity, self.options.entity_length) for entity in told]
        self.encoder.fit([*lists.texts, *texts])

    # === Scoring ===

    def score(self, lists: Lists) -> np.ndarray:
        """Log-odds of each candidate against NIL, float32 `(rows,)`; the rights of `lists` are not looked at."""
        assert self._judge is not None, "fit or load comes first"
        return self._judge.logits(lists)

    # === Files ===

    def save(self, folder: Path) -> None:
        """Vocabulary, weights, and the vectors of the knowledge base's entities.

        Indices beyond it change where entities are added, so their few vectors are not kept.
        """
        super().save(folder)
        checksum = self._judge.vectors.save(folder / VECTORS, len(self.answers.kb))
        write_facts(folder / FACTS, "bi_encoder", self.answers.kb.base_fingerprint, vectors=checksum)

    def load(self, folder: Path) -> None:
        """Read what `save` wrote.

        Raises:
            RunError: a file is missing, damaged or of another config.
        """
        facts = read_facts(folder / FACTS, "bi_encoder")
        super().load(folder)
        # Compacting folds changed entities in without a trace, so the vectors of another base are not used.
        if facts.get("knowledge_base") == self.answers.kb.base_fingerprint:
            vectors, checksum = folder / VECTORS, str(facts.get("vectors"))
            self._judge.vectors.use(vectors, self.answers.kb.changed, checksum)

    # === Parts ===

    def _build(self, seed: int) -> None:
        from nlpx.tasks.entity_linking.bi_encoder.judge import Judge

        self._judge = Judge(self.options, self.encoder, self.answers, seed, jit_compile=self._jit_compile)
