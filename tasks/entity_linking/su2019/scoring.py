"""Prediction in batches across texts and mentions; each entity is read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nlpx.tasks.entity_linking.pieces import Piece, cut_texts
from nlpx.tasks.entity_linking.su2019.batches import Pair, descriptions, pair_features
from nlpx.tasks.entity_linking.su2019.entity_texts import EntityTexts
from nlpx.tasks.entity_linking.su2019.network import DescriptionPass, MatchPass, PointerLinker, TextPass
from nlpx.tasks.entity_linking.su2019.text_features import TextFeatures
from nlpx.training.batching import Batches
from nlpx.training.forward import compile_forward

BATCH = 64
BUCKETS = (16, 24, 32, 48, 64, 128, 256, 512)
"""Rows and widths of the batches, the same for every input, so that each shape is compiled once."""

KEPT = 2048
"""Entities whose states are in memory; when there are more, all are forgotten."""


class Scorer:
    """A network's passes over texts, entities and pairs of them."""

    def __init__(self, network: PointerLinker, entities: EntityTexts, *, jit_compile: bool) -> None:
        self._entities = entities
        self._text = compile_forward(TextPass(network, name="text_pass"), jit_compile=jit_compile)
        self._describe = compile_forward(
            DescriptionPass(network, name="description_pass"), jit_compile=jit_compile
        )
        self._match = compile_forward(MatchPass(network, name="match_pass"), jit_compile=jit_compile)
        self._about: dict[int, np.ndarray] = {}

    def forget(self) -> None:
        """The weights have changed: entities have to be read again."""
        self._about.clear()

    def blank(self, texts: TextFeatures) -> dict[str, np.ndarray]:
        """A batch with nothing in it, of the smallest width."""
        [text] = texts.of(list(cut_texts(["一"], BUCKETS[-1])))
        [(x, _)] = Batches([text], batch_size=BATCH, lengths=[1], buckets=BUCKETS).ordered()
        about = descriptions([], [], BATCH, self._entities)
        return {**x, **about, **pair_features([], [], BATCH, BUCKETS[0], self._entities)}

    def read(
        self, pieces: Sequence[Piece], features: Sequence[Mapping[str, np.ndarray]]
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Of each text its states `(length, units)` and the probabilities of starts and ends `(length, 2)`."""
        lengths = [len(piece.text) for piece in pieces]
        batches = Batches(features, batch_size=BATCH, lengths=lengths, buckets=BUCKETS)
        read = [(np.zeros((0, 0), np.float32), np.zeros((0, 2), np.float32))] * len(pieces)
        for x, rows in batches.ordered():
            out = self._text(x)
            for i, row in enumerate(rows.tolist()):
                real = out[i, : lengths[row]]
                read[row] = real[:, :-2], real[:, -2:]
        return read

    def match(self, pairs: Sequence[tuple[int, Pair]], states: Sequence[np.ndarray]) -> np.ndarray:
        """The probability of each pair, float32 `(pairs,)`.

        Args:
            pairs: with the number of their text in `states`.
        """
        scores = np.zeros(len(pairs), np.float32)
        order = sorted(range(len(pairs)), key=lambda i: -len(pairs[i][1][0].text))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            scores[rows] = self._match(self._batch([pairs[i] for i in rows], states))[: len(rows)]
        return scores

    def _batch(
        self, pairs: Sequence[tuple[int, Pair]], states: Sequence[np.ndarray]
    ) -> dict[str, np.ndarray]:
        longest = max(len(piece.text) for _, (piece, _, _) in pairs)
        width = next((width for width in BUCKETS if width >= longest), longest)
        about = self._read_entities([entity for _, (*_, entity) in pairs])
        text = np.zeros((BATCH, width, states[pairs[0][0]].shape[1]), np.float32)
        mask = np.zeros((BATCH, width), bool)
        for row, (number, _) in enumerate(pairs):
            length = len(states[number])
            text[row, :length], mask[row, :length] = states[number], True
        at = range(len(pairs))
        batch = {"states": text, "mask": mask, **about}
        return batch | pair_features([pair for _, pair in pairs], at, BATCH, width, self._entities)

    def _read_entities(self, indices: Sequence[int]) -> dict[str, np.ndarray]:
        """The states of entities as rows of a batch, with their mask."""
        if len(self._about) > KEPT:
            self.forget()
        new = [index for index in dict.fromkeys(indices) if index not in self._about]
        if new:
            batch = descriptions(new, range(len(new)), BATCH, self._entities)
            states, masks = self._describe(batch), batch["about.mask"]
            for row, index in enumerate(new):
                self._about[index] = states[row, : masks[row].sum()].copy()
        length, units = self._entities.length, self._about[indices[0]].shape[1]
        about, mask = np.zeros((BATCH, length, units), np.float32), np.zeros((BATCH, length), bool)
        for row, index in enumerate(indices):
            states = self._about[index]
            about[row, : len(states)], mask[row, : len(states)] = states, True
        return {"about": about, "about.mask": mask}
