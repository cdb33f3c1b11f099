"""What a network says about texts: where mentions are, and what each may mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlpx.tasks.entity_linking.example import Candidate, Place
from nlpx.tasks.entity_linking.pieces import Piece
from nlpx.tasks.entity_linking.su2019.answers import Judged
from nlpx.tasks.entity_linking.su2019.entity_texts import EntityTexts
from nlpx.tasks.entity_linking.su2019.network import PointerLinker
from nlpx.tasks.entity_linking.su2019.pointers import pointed_places
from nlpx.tasks.entity_linking.su2019.scoring import Scorer
from nlpx.tasks.entity_linking.su2019.text_features import TextFeatures

Scored = dict[tuple[int, Place], list[tuple[int, float]]]


class Judges:
    """A network with all that it needs to judge raw texts.

    Args:
        threshold: probability from which on a mention starts or ends.
    """

    def __init__(
        self,
        network: PointerLinker,
        texts: TextFeatures,
        entities: EntityTexts,
        threshold: float,
        *,
        jit_compile: bool,
    ) -> None:
        self.texts, self.entities, self._threshold = texts, entities, threshold
        self._scorer = Scorer(network, entities, jit_compile=jit_compile)
        self._build(network)

    def _build(self, network: PointerLinker) -> None:
        """Give every layer its shape, by a batch with nothing in it."""
        network(self._scorer.blank(self.texts))

    def forget(self) -> None:
        """The weights have changed."""
        self._scorer.forget()

    def __call__(self, pieces: Sequence[Piece], places: Sequence[Sequence[Place]]) -> list[list[Judged]]:
        """The mentions that the network finds in windows, and those it is asked about.

        Args:
            places: what it is asked about, of the text of each number.
        """
        read = self._scorer.read(pieces, self.texts.of(pieces))
        found = [self._found(piece, ends) for piece, (_, ends) in zip(pieces, read, strict=True)]
        asked = [piece.inside(places[piece.number]) for piece in pieces]
        wanted = [sorted({*mine, *theirs}) for mine, theirs in zip(found, asked, strict=True)]
        scored = self._scored(pieces, wanted, [states for states, _ in read])
        return [
            [
                self._judged(piece, place, found[i].get(place), scored.get((i, place), []))
                for place in wanted[i]
            ]
            for i, piece in enumerate(pieces)
        ]

    def _found(self, piece: Piece, ends: np.ndarray) -> dict[Place, float]:
        pointed = pointed_places(ends, self._threshold)
        return {place: probability for place, probability in pointed.items() if piece.keeps(place[0])}

    def _scored(
        self, pieces: Sequence[Piece], wanted: Sequence[Sequence[Place]], states: Sequence[np.ndarray]
    ) -> Scored:
        """Index and probability of each candidate of each place."""
        pairs = [
            (i, (piece, place, entity))
            for i, piece in enumerate(pieces)
            for place in wanted[i]
            for entity in self.texts.names.chosen(piece.text[slice(*place)])
        ]
        scored: Scored = {}
        for (i, (_, place, entity)), score in zip(pairs, self._scorer.match(pairs, states), strict=True):
            scored.setdefault((i, place), []).append((entity, float(score)))
        return scored

    def _judged(
        self, piece: Piece, place: Place, pointed: float | None, scored: list[tuple[int, float]]
    ) -> Judged:
        start, end = place
        first = piece.window.start
        best = sorted(scored, key=lambda pair: -pair[1])  # equal ones stay in the dictionary's order
        id_of = self.entities.knowledge_base.id_of
        candidates = [Candidate(id_of(index), score, {"match": score}) for index, score in best]
        return Judged((start + first, end + first), pointed, candidates)
