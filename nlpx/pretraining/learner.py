"""The model that is pretrained: trained, judged, and written as a folder that anyone reads."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpx.encoders.pretrained.write import write_huggingface
from nlpx.errors import ConfigError
from nlpx.pretraining.batches import BlockBatches, judged_batches
from nlpx.pretraining.config import PretrainingConfig
from nlpx.pretraining.corpus import Corpus
from nlpx.pretraining.objectives import Objective
from nlpx.pretraining.start import Start, weights_of
from nlpx.pretraining.token_vectors import count_tokens

if TYPE_CHECKING:
    from nlpx.training.history import History

log = logging.getLogger("nlpx")

LIKELIHOOD = "likelihood"
"""Geometric mean of the probabilities of the right tokens, `exp(-loss)`: what chooses the best weights."""


class Learner:
    """A model, the texts it learns from, and the folder it is written to.

    Args:
        config: see `PretrainingConfig`.
        start: of the same config.
        corpus: of the same config.
        folder: of the encoder.
        devices: how many a batch is spread over; the model is built for all of them.
        resuming: the weights will come from a checkpoint of training, so they need no start.

    Raises:
        ConfigError: batches cannot be spread evenly.
    """

    def __init__(
        self,
        config: PretrainingConfig,
        start: Start,
        corpus: Corpus,
        folder: Path,
        *,
        devices: int = 1,
        resuming: bool = False,
    ) -> None:
        import keras

        from nlpx.training.forward import compile_forward
        from nlpx.training.seeds import seed_everything

        if config.training.batch_size % devices:
            raise ConfigError(
                f"training.batch_size is {config.training.batch_size}; wanted a multiple of {devices} devices"
            )
        keras.config.set_dtype_policy(config.training.precision)
        seed_everything(config.seed)
        self.config, self.corpus, self.folder = config, corpus, folder
        self.objective = Objective(config.objective, corpus.tokenizer)
        self.architecture = start.architecture(len(corpus.tokenizer))
        self.model = start.model(self.architecture, self.objective.attention)
        if config.checkpoint is None and config.model.vectors == "counted" and not resuming:
            self._start_from_counts()
        self._forward: Callable[[Any], np.ndarray] = compile_forward(self.model, jit_compile=self.jit_compile)

    def _start_from_counts(self) -> None:
        """Give tokens their first vectors, and the output layer their frequencies."""
        table, bias = self.model.bert.embeddings.token_table, self.model.head.bias
        found = count_tokens(
            self.corpus.train,
            self.objective.targets,
            table.shape[1],
            seed=self.config.seed,
            sep=self.objective.sep,
        )
        if found is None:
            log.info("too little text for counted vectors; they start at random")
            return
        values = np.array(table)
        values[found.known] = found.vectors
        table.assign(values)
        bias.assign(found.log_shares)
        log.info("%s of %s tokens start with counted vectors", f"{len(found.known):,}", f"{len(values):,}")

    @property
    def jit_compile(self) -> bool:
        """Whether XLA compiles the whole network; without a word no, because on CPUs its parts are faster."""
        return bool(self.config.training.jit_compile)

    def fit(self, **options: Any) -> History:
        """Train, and write the best weights.

        Args:
            options: of `nlpx.training.fit.fit`: folder of checkpoints, progress, time, whether to go on.
        """
        from nlpx.training.fit import fit

        steps, seed = self.config.training, self.config.seed
        batches = BlockBatches(
            self.corpus.train, self.objective, batch_size=steps.batch_size, steps=steps.batches, seed=seed
        )
        history = fit(
            self.model,
            batches,  # type: ignore[arg-type]  # has all that the loop asks for
            steps.as_training(),
            evaluate=self._evaluate,
            monitor=LIKELIHOOD,
            seed=seed,
            jit_compile=self.jit_compile,
            **options,
        )
        self.write()
        return history

    def _evaluate(self) -> dict[str, float]:
        self.write()  # so that an unfinished run has an encoder to look at
        return self.judge()

    def judge(self) -> dict[str, float]:
        """Loss and share of right guesses on held-out blocks, always with the same masks."""
        batches = judged_batches(
            self.corpus.dev,
            self.objective,
            batch_size=self.config.training.batch_size,
            most=self.config.data.judged,
        )
        sums = sum(self._forward(batch).astype(np.float64).sum(axis=0) for batch in batches)
        loss, right, asked = np.asarray(sums)
        mean = float(loss / asked)
        return {"accuracy": float(right / asked), "dev_loss": mean, LIKELIHOOD: math.exp(-mean)}

    def write(self) -> None:
        """Write a Hugging Face folder with encoder and head."""
        from keras import ops

        bert, head = (
            {path: np.array(ops.convert_to_numpy(variable)) for path, variable in weights_of(part).items()}
            for part in (self.model.bert, self.model.head)
        )
        write_huggingface(
            self.folder,
            self.architecture,
            bert,
            self.corpus.tokenizer,
            head=head,
            float16=self.config.float16,
        )

    def facts(self, history: History) -> dict[str, Any]:
        """What a training did, for the manifest."""
        length = self.config.objective.length
        seconds = sum(row["seconds"] for row in history.rows)
        blocks = sum(row["seconds"] * row["examples_per_second"] for row in history.rows)
        return {
            "stopped": history.stopped,
            "best_epoch": history.best_epoch,
            "parameters": int(self.model.count_params()),
            "tokens": int(blocks * length),
            "tokens_per_second": round(blocks * length / max(seconds, 1e-9)),
        }
