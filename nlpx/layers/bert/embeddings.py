"""What BERT reads: the sum of vectors of token, segment and position, normalised."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.bert.dense import dense
from nlpx.layers.bert.norm import ConditionalNorm
from nlpx.layers.bert.positions import absolute
from nlpx.layers.dropout import dropout
from nlpx.layers.masking import Tensor


@keras.saving.register_keras_serializable("nlpx")
class BertEmbeddings(keras.layers.Layer):
    """Token ids `(batch, length)` to vectors `(batch, length, units)`.

    Args:
        tokens: size of the vocabulary.
        units: of the blocks that follow.
        size: of the vectors that are looked up.
        project: map them linearly to `units`, as ALBERT always does and others where the sizes differ.
        positions: rows of the table of positions; None for a model that knows them otherwise.
        offset: row of the first position (2 in RoBERTa).
        segments: kinds of segments; 0 for none.
        tasks: kinds of tasks (ERNIE 2 and 3, which take kind 0 unless told); 0 for none.
        dropout: share of units dropped in training, in [0, 1).
        epsilon, condition: of the norm.

    Call arguments:
        ids: `(batch, length)` int.
        segments: `(batch, length)` int; None for 0 everywhere.
        condition: `(batch, condition)`.
    """

    def __init__(
        self,
        tokens: int,
        units: int,
        *,
        size: int | None = None,
        project: bool = False,
        positions: int | None = 512,
        offset: int = 0,
        segments: int = 2,
        tasks: int = 0,
        dropout: float = 0.0,
        epsilon: float = 1e-12,
        condition: int | None = None,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.tokens, self.units, self.size = tokens, units, size or units
        if self.size != units and not project:
            raise ValueError(f"vectors of size {self.size} need project=True to become {units} units")
        self.project_ = project
        self.positions, self.offset = positions, offset
        self.segments, self.tasks = segments, tasks
        self.dropout, self.epsilon, self.condition = dropout, epsilon, condition
        self.initializer_range = initializer_range
        self.seed_generator = keras.random.SeedGenerator(name=f"{self.name}_seeds")

    # === Layers ===

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.token_table = self._table("tokens", self.tokens)
        if self.positions is not None:
            self.position_table = self._table("positions", self.positions)
        if self.segments:
            self.segment_table = self._table("segments", self.segments)
        if self.tasks:
            self.task_table = self._table("tasks", self.tasks)
        self.norm = ConditionalNorm(
            epsilon=self.epsilon, condition=self.condition, dtype=self.dtype_policy, name="norm"
        )
        self.norm.build((None, None, self.size))
        if self.project_:
            options: Any = {"initializer_range": self.initializer_range, "dtype": self.dtype_policy}
            self.project = dense("project", self.units, self.size, **options)

    def _table(self, name: str, rows: int) -> keras.Variable:
        start = keras.initializers.TruncatedNormal(stddev=self.initializer_range)
        # The few rows looked up are cast, not the whole table.
        return self.add_weight(name=name, shape=(rows, self.size), initializer=start, autocast=False)

    @property
    def lookup_tables(self) -> list[keras.Variable]:
        """The table of tokens, for training that moves their vectors."""
        return [self.token_table]

    # === Graph ===

    def call(
        self,
        ids: Tensor,
        segments: Tensor | None = None,
        condition: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        return self.from_vectors(self.look_up(ids), segments, condition, training)

    def look_up(self, ids: Tensor) -> Tensor:
        """The vectors of the tokens alone `(batch, length, size)`."""
        return ops.take(self.token_table, ids, axis=0)

    def from_vectors(
        self,
        x: Tensor,
        segments: Tensor | None = None,
        condition: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        """The output for vectors of tokens, those of `look_up` or others."""
        if self.segments:
            x = x + (
                self.segment_table[0] if segments is None else ops.take(self.segment_table, segments, axis=0)
            )
        if self.positions is not None:
            length = x.shape[1] if x.shape[1] is not None else ops.shape(x)[1]
            x = x + absolute(ops.convert_to_tensor(self.position_table)[self.offset :], length)
        if self.tasks:
            x = x + self.task_table[0]
        x = self.norm(ops.cast(x, self.compute_dtype), condition=condition)
        if training and self.dropout:
            x = dropout(x, self.dropout, seed=self.seed_generator)
        return self.project(x) if self.project_ else x

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape, self.units)

    # === Config ===

    def get_config(self) -> dict[str, Any]:
        names = ("tokens", "units", "size", "positions", "offset", "segments", "tasks", "dropout", "epsilon")
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in (*names, "condition", "initializer_range")},
            "project": self.project_,
        }
