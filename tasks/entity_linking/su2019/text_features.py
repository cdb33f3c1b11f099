"""Features of texts: the encoder's, and the flags of maximum matches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlpx.encoders.encoder import Encoder
from nlpx.tasks.entity_linking.pieces import Piece
from nlpx.tasks.entity_linking.su2019.match_features import place_flags
from nlpx.tasks.entity_linking.su2019.names import Names

Features = dict[str, np.ndarray]


class TextFeatures:
    """What the network is told of each character of a text.

    Args:
        encoder: fitted.
        names: the dictionary, with its statistics.
    """

    def __init__(self, encoder: Encoder, names: Names) -> None:
        self.encoder, self.names = encoder, names

    def of(self, pieces: Sequence[Piece]) -> list[Features]:
        """The encoder's features and float `flags (length, 2)`, see `place_flags`."""
        return self._of(pieces, self.names)

    def of_training(self, pieces: Sequence[Piece], names: Sequence[Names]) -> list[Features]:
        """The same, each window with names of its own."""
        found = [Features()] * len(pieces)
        for own in {id(one): one for one in names}.values():
            rows = [row for row, one in enumerate(names) if one is own]
            for row, features in zip(rows, self._of([pieces[row] for row in rows], own), strict=True):
                found[row] = features
        return found

    def _of(self, pieces: Sequence[Piece], names: Names) -> list[Features]:
        matches = names.matches([piece.text for piece in pieces])
        return [
            self.encoder.featurize(piece.text) | {"flags": place_flags(len(piece.text), found)}
            for piece, found in zip(pieces, matches, strict=True)
        ]
