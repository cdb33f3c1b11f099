"""The network of classification: texts to pieces to logits to classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpx.backend import load_backend
from nlpx.encoders.encoder import Encoder
from nlpx.task import FitContext, FitReport, Predictor
from nlpx.tasks.classification.example import Example, Prediction
from nlpx.tasks.classification.label_set import LabelSet
from nlpx.tasks.classification.pieces import Offsets, Piece, cut, cut_pair
from nlpx.tasks.classification.quick_score import main_metric, quick_score

if TYPE_CHECKING:
    from nlpx.tasks.classification.config import ClassificationConfig

LABELS = "labels.json"
ENCODER = "encoder"
WEIGHTS = "weights.safetensors"

PREDICT_BATCH = 64
"""Rows of a prediction batch: little enough to stay in the cache of a laptop's CPU."""

PREDICT_BUCKETS = (16, 32, 64, 128, 256)
"""Widths of prediction batches. They are the same for every chunk of input, so each is compiled once."""

Features = dict[str, np.ndarray]

Seen = tuple[Piece, Piece | None]
"""A piece of a text, and of a pair also what is seen of the second text."""


class NetworkPredictor(Predictor[Example, Prediction]):
    """Encoder, pooling and classes, trained together."""

    def __init__(self, config: ClassificationConfig) -> None:
        self.config = config
        self.encoder = Encoder(config.encoder)
        self.labels = LabelSet(several=config.several)
        self.network: Any = None
        self._forward: Callable[[Features], np.ndarray] | None = None

    # === Training ===

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> FitReport:
        """Learn from `train`; the config's metric on `dev` chooses the epoch, where there is one."""
        load_backend()
        from nlpx.training.fit import fit

        self.learn_inventories(train)
        self.build(context.seed, self.labels.encode(train))
        metric, several = self.config.metric, self.config.several

        def evaluate() -> dict[str, float]:
            return quick_score(dev, self.predict(dev), metric, several=several) if dev else {}

        history = fit(
            self.network,
            self.batches(train, context.seed),
            self.config.training,
            evaluate=evaluate,
            monitor=main_metric(metric, several=several),
            jit_compile=self.jit_compile,
            **context.of_network,
        )
        return FitReport(history.rows, history.stopped, self.network.count_params())

    def learn_inventories(self, train: Sequence[Example]) -> None:
        """Classes and vocabularies, from the training texts alone."""
        self.labels = LabelSet.fit(train, several=self.config.several)
        texts = [text for one in train for text in (one.text, one.pair) if text is not None]
        self.encoder.fit(texts, [self.offsets(text) for text in texts])

    def batches(self, train: Sequence[Example], seed: int) -> Any:
        """The training batches: features and targets of every piece."""
        from nlpx.training.batching import Batches

        pieces = [(row, seen) for row, one in enumerate(train) for seen in self.pieces(one.text, one.pair)]
        targets = self.labels.encode(train)
        return Batches(
            [self.featurize(*seen) | {"targets": targets[row]} for row, seen in pieces],
            batch_size=self.config.training.batch_size,
            seed=seed,
            lengths=[self.length(*seen) for _, seen in pieces],
            buckets=self.config.training.buckets,
        )

    def plan(self, train: Sequence[Example]) -> dict[str, str]:
        load_backend()
        self.learn_inventories(train)
        self.build(0, self.labels.encode(train))
        parameters = self.network.count_params()
        steps = -(-len(train) // self.config.training.texts_per_step)
        return {
            "labels": f"{len(self.labels.names)}: {', '.join(self.labels.names)}",
            "parameters": f"{parameters:,}",
            # Weights, gradients and two moments, and as much again for the average and the best weights.
            "weights in memory": f"about {parameters * 4 * 6 / 2**20:,.0f} MB while training",
            "steps": f"{steps:,} per epoch, {self.config.training.epochs} epochs at most",
        }

    # === Prediction ===

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        return self.labels.decode(self.logits(examples)) if examples else []

    def logits(self, examples: Sequence[Example]) -> np.ndarray:
        """One score per class `(texts, labels)`: of a text in windows, the mean over them."""
        pieces = [(row, seen) for row, one in enumerate(examples) for seen in self.pieces(one.text, one.pair)]
        found = self.piece_logits([seen for _, seen in pieces])
        sums = np.zeros((len(examples), len(self.labels.names)))
        rows = np.array([row for row, _ in pieces])
        np.add.at(sums, rows, found)
        return np.asarray(sums / np.bincount(rows, minlength=len(examples))[:, None])

    def piece_logits(self, pieces: Sequence[Seen]) -> np.ndarray:
        """One score per class for each piece with that of the second text of its pair, `(pieces, labels)`."""
        from nlpx.training.batching import Batches

        assert self._forward is not None, "fit or load comes first"
        batches = Batches(
            [self.featurize(*seen) for seen in pieces],
            batch_size=PREDICT_BATCH,
            lengths=[self.length(*seen) for seen in pieces],
            buckets=PREDICT_BUCKETS,
        )
        found = np.zeros((len(pieces), len(self.labels.names)))
        for x, rows in batches.ordered():
            found[rows] = self._forward(x)[: len(rows)]
        return found

    # === Texts ===

    def offsets(self, text: str) -> Offsets | None:
        """The units of a text: None where every character is one."""
        return self.encoder.split(text) if self.config.encoder.inputs.unit == "word" else None

    @property
    def joined(self) -> bool:
        """Whether texts come in pairs, which are read as one sequence."""
        return self.labels.paired and self.config.joined

    def pieces(self, text: str, pair: str | None = None) -> list[Seen]:
        """What the network sees of a text, each piece with what it sees of the second text of a pair."""
        lengths = self.config.lengths
        if not self.labels.paired:
            return [(piece, None) for piece in cut(text, self.offsets(text), lengths)]
        texts = text, pair or ""
        offsets = self.offsets(texts[0]), self.offsets(texts[1])
        if self.joined:
            return [*cut_pair(texts, offsets, lengths)]
        second = cut(texts[1], offsets[1], lengths)[0]
        return [(piece, second) for piece in cut(text, offsets[0], lengths)]

    def length(self, piece: Piece, second: Piece | None = None) -> int:
        """Units of the sequence that the network reads."""
        return piece.length + (second.length if self.joined and second is not None else 0)

    def featurize(self, piece: Piece, second: Piece | None = None) -> Features:
        """The features of a piece. Those of the second text are part of the same sequence, or have names of their
        own."""
        if second is None:
            return self.encoder.featurize(piece.text, piece.offsets)
        if self.joined:
            return self.encoder.featurize_pair(piece.text, second.text, piece.offsets, second.offsets)
        from nlpx.tasks.classification.network import PAIR

        found = self.encoder.featurize(second.text, second.offsets)
        return (
            self.encoder.featurize(piece.text, piece.offsets)
            | {f"{PAIR}{name}": array for name, array in found.items()}
            | {f"{PAIR}mask": np.ones(second.length, bool)}
        )

    def positions(self, piece: Piece, second: Piece | None = None) -> Offsets:
        """Half-open characters of the piece that each embedded position stands for; empty for none, as for those of a
        second text in the same sequence."""
        if second is None or not self.joined:
            return self.encoder.positions(piece.text, piece.offsets)
        return self.encoder.pair_positions(piece.text, second.text, piece.offsets, second.offsets)[0]

    # === Network ===

    def build(self, seed: int, targets: np.ndarray | None = None) -> None:
        """A fresh network; `targets (texts, labels)` of the training texts weigh the classes."""
        import keras

        from nlpx.tasks.classification.network import Classifier, summary_of
        from nlpx.training.forward import compile_forward
        from nlpx.training.seeds import seed_everything

        keras.backend.clear_session()
        keras.config.set_dtype_policy(self.config.training.precision)
        seed_everything(seed)
        self.network = Classifier(
            self.encoder.network(summary_of(self.config.head.pooling)),
            len(self.labels.names),
            self.config.head,
            self.config.loss,
            directions=self.config.encoder.directions,
            class_weights=None if targets is None else class_weights(targets, self.config.loss.class_weights),
            several=self.config.several,
            name="classifier",
        )
        self.network(self._blank())  # gives every layer its shape
        self._forward = compile_forward(self.network, jit_compile=self.jit_compile)

    def _blank(self) -> Features:
        """The smallest batch there can be."""
        from nlpx.training.batching import Batches

        [seen] = self.pieces("一", "一")
        lengths = [self.length(*seen)]
        [(x, _)] = Batches(
            [self.featurize(*seen)], batch_size=PREDICT_BATCH, lengths=lengths, buckets=PREDICT_BUCKETS
        ).ordered()
        return x

    @property
    def jit_compile(self) -> bool:
        """Whether TensorFlow compiles the whole network with XLA."""
        wanted = self.config.training.jit_compile
        return self.encoder.jit_compile if wanted is None else wanted

    # === Files ===

    def save(self, folder: Path) -> None:
        """Vocabularies and classes as text and JSON, weights as safetensors."""
        from nlpx.training.weights import save_weights

        self.encoder.save(folder / ENCODER)
        self.labels.save(folder / LABELS)
        save_weights(self.network, folder / WEIGHTS)

    def load(self, folder: Path) -> None:
        """Read what `save` wrote. Raises RunError naming a missing or damaged file."""
        load_backend()
        from nlpx.training.weights import load_weights

        self.encoder = Encoder.load(self.config.encoder, folder / ENCODER)
        self.labels = LabelSet.load(folder / LABELS)
        self.build(self.config.seed)
        load_weights(self.network, folder / WEIGHTS)


def class_weights(targets: np.ndarray, kind: str) -> np.ndarray | None:
    """Weight of each class `(labels,)`, float32; the mean over the texts is 1. None for equal ones.

    Args:
        targets: of the training texts `(texts, labels)`.
        kind: none, balanced (1 / frequency) or sqrt (its square root).
    """
    if kind == "none":
        return None
    counts = np.maximum(targets.sum(axis=0), 1)
    weights = (1 / counts) if kind == "balanced" else counts**-0.5
    return (weights * counts.sum() / (weights * counts).sum()).astype(np.float32)
