"""The gradients of a network that compares a mention with an entity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from nlpx.explain.decision import Decision
from nlpx.explain.gradient_model import Batch, GradientModel, Row
from nlpx.tasks.entity_linking.pieces import cut_texts
from nlpx.tasks.entity_linking.su2019.batches import ABOUT, descriptions
from nlpx.tasks.entity_linking.su2019.linker import SuLinker
from nlpx.tasks.entity_linking.su2019.match_features import match_features
from nlpx.tasks.entity_linking.su2019.network import DescriptionPass
from nlpx.training.forward import compile_forward

READ = "read"
"""Name of the states of descriptions, which stay the same whatever happens to the text."""


class MatchGradients(GradientModel):
    """Its logit is the match of a mention with the entity in question. Only the text's vectors are looked at; what
    text and description have in common by the match features stays as it is.
    """

    why_no_state = "its matcher pools over all positions of text and description"

    def __init__(self, linker: SuLinker) -> None:
        self.linker, self.model = linker, linker.network
        options = linker.options
        self.suit(options.encoder, options.training.jit_compile)
        self._describe: Callable[[Any], np.ndarray] | None = None

    def rows(self, decision: Decision) -> list[Row]:
        assert decision.span is not None
        texts, entities = self.linker.judges.texts, self.linker.judges.entities
        for piece in cut_texts([decision.text], self.linker.options.max_length):
            for place in piece.inside([decision.span]):
                entity = entities.of(decision.column)
                about = descriptions([decision.column], [0], 1, entities)
                features = {
                    **texts.of([piece])[0],
                    "marks": match_features(piece.folded, piece.words, place, entity),
                    **{name: column[0] for name, column in about.items()},
                }
                first = piece.window.start
                length = len(piece.text)
                return [Row(features, [(first + i, first + i + 1) for i in range(length)], length)]
        return []

    def embed(self, batch: Batch) -> Any:
        return self.model.vectors.embed(dict(batch), training=False)

    def logit(self, vectors: Any, batch: Batch) -> Any:
        mask = ops.cast(batch["mask"], "bool")
        vectors = self.model.vectors.from_embedded(vectors, dict(batch), training=False)
        states = self.model.read_vectors(vectors, batch)
        return self.model.matcher(states, mask, batch["marks"], batch[READ], batch[f"{ABOUT}mask"])

    def context(self, batch: Batch) -> dict[str, Any]:
        if self._describe is None:
            self._describe = compile_forward(
                DescriptionPass(self.model, name="explained_descriptions"), jit_compile=self.jit_compile
            )
        about = {name: column for name, column in batch.items() if name.startswith(ABOUT)}
        kept = {name: batch[name] for name in ("mask", "flags", "marks", f"{ABOUT}mask")}
        return kept | {READ: self._describe(about)}
