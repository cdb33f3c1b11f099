"""The neural tagger that tasks share: texts to windows to tags to spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from nlpx.backend import load_backend
from nlpx.config.heads import HeadConfig
from nlpx.config.training import TrainingConfig
from nlpx.encoders.encoder import Encoder
from nlpx.encoders.registry import EncoderConfigs
from nlpx.errors import DataError
from nlpx.stats.scores import micro_f1
from nlpx.tagging.config import WindowConfig
from nlpx.tagging.tag_set import TagSet
from nlpx.tagging.windowing import Offsets, Piece, cut, join
from nlpx.task import FitContext, FitReport
from nlpx.text.spans import Span

if TYPE_CHECKING:
    from nlpx.tagging.span_scores import SpanScorer

PREDICT_BATCH = 64
"""Rows of a prediction batch: little enough to stay in the cache of a laptop's CPU."""

PREDICT_BUCKETS = (16, 32, 48, 64, 96, 128, 192, 256)
"""Widths of prediction batches. They are the same for every chunk of input, so each is compiled once."""


class TaggedText(Protocol):
    """A text, its spans to learn from, and its tokens; None where every character is one."""

    @property
    def text(self) -> str: ...
    @property
    def spans(self) -> list[Span]: ...
    @property
    def tokens(self) -> Offsets | None: ...


class TaggerConfig(Protocol):
    """The sections of a task's config that a tagger goes by."""

    @property
    def encoder(self) -> EncoderConfigs: ...
    @property
    def head(self) -> HeadConfig: ...
    @property
    def scheme(self) -> str: ...
    @property
    def windows(self) -> WindowConfig: ...
    @property
    def training(self) -> TrainingConfig: ...


class NeuralTagger:
    """Encoder and head, trained together.

    Args:
        seed: weights of a tagger that is only loaded start from it, before they are read.
    """

    def __init__(self, config: TaggerConfig, seed: int = 0) -> None:
        self.config, self.seed = config, seed
        self.encoder = Encoder(config.encoder)
        self.tags = TagSet((), config.scheme)
        self.network: Any = None
        self._best_tags: Callable[[dict[str, np.ndarray]], np.ndarray] | None = None
        self._scorer: SpanScorer | None = None

    # === Training ===

    def fit(self, train: Sequence[TaggedText], dev: Sequence[TaggedText], context: FitContext) -> FitReport:
        """Learn from `train`; the micro F1 on `dev` chooses the epoch, where there is one."""
        load_backend()
        from nlpx.training.batching import Batches
        from nlpx.training.fit import fit

        self._learn_inventories(train)
        pieces = [piece for example in train for piece in self.pieces(example)]
        batches = Batches(
            [self.features(piece) | {"tags": self.tags_of(piece)} for piece in pieces],
            batch_size=self.config.training.batch_size,
            seed=context.seed,
            lengths=[piece.length for piece in pieces],
            buckets=self.config.training.buckets,
        )
        self._build(context.seed)

        def evaluate() -> dict[str, float]:
            return {"f1": micro_f1([example.spans for example in dev], self.predict(dev))} if dev else {}

        history = fit(
            self.network,
            batches,
            self.config.training,
            evaluate=evaluate,
            monitor="f1",
            jit_compile=self.jit_compile,
            **context.of_network,
        )
        return FitReport(history.rows, history.stopped, self.network.count_params())

    def plan(self, train: Sequence[TaggedText]) -> dict[str, str]:
        """Facts for `--dry-run`."""
        load_backend()
        self._learn_inventories(train)
        self._build(seed=0)
        parameters = self.network.count_params()
        steps = -(-len(train) // self.config.training.texts_per_step)
        return {
            "tags": f"{len(self.tags.names)} ({self.tags.scheme}): {', '.join(self.tags.labels)}",
            "parameters": f"{parameters:,}",
            # Weights, gradients and two moments, and as much again for the average and the best weights.
            "weights in memory": f"about {parameters * 4 * 6 / 2**20:,.0f} MB while training",
            "steps": f"{steps:,} per epoch, {self.config.training.epochs} epochs at most",
        }

    # === Prediction ===

    def predict(self, examples: Sequence[TaggedText]) -> list[list[Span]]:
        """The spans of the best tag sequence of each text."""
        cuts = [self.pieces(example) for example in examples]
        pieces = [piece for cut_example in cuts for piece in cut_example]
        assert self._best_tags is not None, "fit or load comes first"
        tags = [np.zeros(0, np.int32)] * len(pieces)
        for x, rows in self.batches(pieces):
            best = self._best_tags(x)  # (batch, length)
            for i, row in enumerate(rows):
                tags[row] = best[i, : pieces[row].length]
        ids = join(pieces, tags, [len(cut_example) for cut_example in cuts])
        return [
            self.tags.decode(row, self.offsets(example)) for row, example in zip(ids, examples, strict=True)
        ]

    def span_probabilities(
        self, examples: Sequence[TaggedText], least: float, longest: int
    ) -> list[list[tuple[Span, float]]]:
        """All spans that are probable, overlapping ones too, with their exact probability; by start and end.

        Args:
            least: of the probability, in (0, 1).
            longest: units of a span at most.

        Raises:
            ValueError: the scheme is not BIOES, in which alone a span has one path.
        """
        from nlpx.tagging.span_scores import SpanScorer

        if self._scorer is None:
            self._scorer = SpanScorer(self.network, self.tags, jit_compile=self.jit_compile)
        cuts = [self.pieces(example) for example in examples]
        numbered = [(number, piece) for number, own in enumerate(cuts) for piece in own]
        found: list[list[tuple[Span, float]]] = [[] for _ in examples]
        for x, rows in self.batches([piece for _, piece in numbered]):
            pieces = [numbered[row][1] for row in rows]
            for row, span, probability in self._scorer.spans(x, pieces, least, longest):
                number, piece = numbered[rows[row]]
                shift = self.start_of(examples[number], piece)
                found[number].append((Span(span.start + shift, span.end + shift, span.label), probability))
        return [sorted(own) for own in found]

    # === Files ===

    def save(self, folder: Path) -> None:
        """Vocabularies and tags as text and JSON, weights as safetensors."""
        from nlpx.training.weights import save_weights

        self.encoder.save(folder / "encoder")
        self.tags.save(folder / "tags.json")
        save_weights(self.network, folder / "weights.safetensors")

    def load(self, folder: Path) -> None:
        """Read what `save` wrote. Raises RunError naming a missing or damaged file."""
        load_backend()
        from nlpx.training.weights import load_weights

        self.encoder = Encoder.load(self.config.encoder, folder / "encoder")
        self.tags = TagSet.load(folder / "tags.json")
        self._build(self.seed)
        load_weights(self.network, folder / "weights.safetensors")

    # === Parts ===

    def _learn_inventories(self, train: Sequence[TaggedText]) -> None:
        labels = {span.label for example in train for span in example.spans}
        if not labels:
            raise DataError(
                f"data.train holds {len(train)} texts and not one labelled span",
                "check data.format and data.tag_column",
            )
        self.tags = TagSet.fit(labels, self.config.scheme)
        self.encoder.fit([example.text for example in train], [self.offsets(example) for example in train])

    def _build(self, seed: int) -> None:
        import keras

        from nlpx.layers.heads import build_head
        from nlpx.tagging.network import Decoder, Tagger
        from nlpx.training.forward import compile_forward
        from nlpx.training.seeds import seed_everything

        keras.backend.clear_session()
        keras.config.set_dtype_policy(self.config.training.precision)
        seed_everything(seed)
        head = build_head(self.config.head, len(self.tags.names), self.tags.constraints)
        self.network = Tagger(self.encoder.network(), head, len(self.tags.names), name="tagger")
        self._scorer = None
        self.network(self._blank())  # gives every layer its shape
        self._best_tags = compile_forward(Decoder(self.network, name="decoder"), jit_compile=self.jit_compile)

    def batches(self, pieces: Sequence[Piece]) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray]]:
        """Batches for prediction, and the rows of their pieces."""
        from nlpx.training.batching import Batches

        return Batches(
            [self.features(piece) for piece in pieces],
            batch_size=PREDICT_BATCH,
            lengths=[piece.length for piece in pieces],
            buckets=PREDICT_BUCKETS,
        ).ordered()

    def _blank(self) -> dict[str, np.ndarray]:
        """The smallest batch there can be."""
        from nlpx.training.batching import Batches

        [text] = [self.encoder.featurize("一", [(0, 1)] if self._words else None)]
        [(x, _)] = Batches([text], batch_size=PREDICT_BATCH, lengths=[1], buckets=PREDICT_BUCKETS).ordered()
        return x

    @property
    def jit_compile(self) -> bool:
        """Whether TensorFlow compiles the whole network with XLA."""
        wanted = self.config.training.jit_compile
        return self.encoder.jit_compile if wanted is None else wanted

    @property
    def _words(self) -> bool:
        return bool(self.config.encoder.inputs.unit == "word")

    def offsets(self, example: TaggedText) -> Offsets | None:
        """The units of an example: None where every character is one."""
        if not self._words:
            return None
        return example.tokens if example.tokens is not None else self.encoder.split(example.text)

    def pieces(self, example: TaggedText) -> list[Piece]:
        """What the network reads of an example: windows of it, where it is long."""
        window = self.config.windows
        return cut(example.text, example.spans, self.offsets(example), window.max_length, window.overlap)

    def start_of(self, example: TaggedText, piece: Piece) -> int:
        """Where in the example a piece begins, in characters."""
        offsets = self.offsets(example)
        return piece.window.start if offsets is None else offsets[piece.window.start][0]

    def features(self, piece: Piece) -> dict[str, np.ndarray]:
        """What the encoder sees of a piece, arrays `(length, ...)`."""
        return self.encoder.featurize(piece.text, piece.offsets)

    def tags_of(self, piece: Piece) -> np.ndarray:
        """The tags of its spans `(length,)`."""
        units = len(piece.text) if piece.offsets is None else piece.offsets
        return self.tags.encode(piece.spans, units)
