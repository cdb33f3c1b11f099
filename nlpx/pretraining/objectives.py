"""What the model reads and what it has to guess, as arrays of a batch."""

from __future__ import annotations

import numpy as np

from nlpx.encoders.pretrained.wordpiece import Wordpiece
from nlpx.errors import DataError
from nlpx.pretraining.config import ObjectiveConfig
from nlpx.pretraining.masking import WordMasker

Batch = dict[str, np.ndarray]


class Objective:
    """Turns blocks into batches of one objective.

    A batch has `ids` and, for unilm, `segments` `(batch, length)` int32; `mask (batch, length)` bool, True at real
    tokens; `positions` and `targets` `(batch, asked)` int32: in front of which vectors what token is to be guessed; and
    `weights (batch, asked)` float32, 1 where it counts.

    Args:
        config: see `ObjectiveConfig`.
        tokenizer: of the blocks.

    Attributes:
        targets: by id, whether a token can be asked for `(tokens,)` bool.

    Raises:
        DataError: the vocabulary lacks `[PAD]`, or `[MASK]`, which mlm wants, or has nothing but special tokens.
    """

    def __init__(self, config: ObjectiveConfig, tokenizer: Wordpiece) -> None:
        self.config = config
        special = tokenizer.special
        if "pad" not in special:
            raise DataError("the vocabulary has no [PAD], which fills blocks", "add it as its first token")
        self.pad, self.sep = special["pad"], special["sep"]
        self._ordinary = np.ones(len(tokenizer), bool)
        self._ordinary[list(special.values())] = False
        if not self._ordinary.any():
            raise DataError("the vocabulary has special tokens only", "name another vocabulary.file")
        self.targets = self._ordinary.copy()
        if config.type != "mlm":
            self.targets[self.sep] = True
            return
        if "mask" not in special:
            raise DataError(
                "the vocabulary has no [MASK], which objective mlm wants", "add it, or choose lm or unilm"
            )
        self._masker = WordMasker(self._ordinary, special["mask"], config.share)

    @property
    def attention(self) -> str:
        """Who attends to whom, as `nlpx.layers.bert.Bert` calls it."""
        return {"mlm": "bidirectional", "lm": "causal", "unilm": "unilm"}[self.config.type]

    @property
    def asked(self) -> int:
        """Tokens that are asked for in a block, at most."""
        length = self.config.length
        return self._masker.most(length) if self.config.type == "mlm" else length - 1

    def batch(self, ids: np.ndarray, begins: np.ndarray, random: np.random.Generator) -> Batch:
        """A batch from blocks `(batch, length)`: ids, and whether a word begins."""
        if self.config.type == "mlm":
            return self._masked(ids, begins, random)
        return self._next(ids) if self.config.type == "lm" else self._second_part(ids, begins, random)

    def _masked(self, ids: np.ndarray, begins: np.ndarray, random: np.random.Generator) -> Batch:
        found = self._masker(ids, begins, random)
        return {
            "ids": found.ids,
            "mask": ids != self.pad,
            "positions": found.positions,
            "targets": found.targets,
            "weights": found.asked.astype(np.float32),
        }

    def _next(self, ids: np.ndarray) -> Batch:
        """Each token from those before it; unknown ones and padding are not asked for, `[SEP]` is."""
        places = np.arange(ids.shape[1] - 1, dtype=np.int32)
        targets = ids[:, 1:]
        return {
            "ids": ids,
            "mask": ids != self.pad,
            "positions": np.broadcast_to(places, targets.shape).copy(),
            "targets": np.ascontiguousarray(targets),
            "weights": self.targets[targets].astype(np.float32),
        }

    def _second_part(self, ids: np.ndarray, begins: np.ndarray, random: np.random.Generator) -> Batch:
        """Each block in two at a word, `[SEP]` put between; what then is too long loses its last token."""
        first = _cuts(begins & self._ordinary[ids], random)[:, None]
        places = np.arange(ids.shape[1])
        moved = np.take_along_axis(ids, np.where(places > first, places - 1, places), axis=1)
        moved = np.where(places == first, self.sep, moved).astype(np.int32)
        segments = (places > first) & (moved != self.pad)
        batch = self._next(moved)
        batch["weights"] *= segments[:, 1:]
        return {**batch, "segments": segments.astype(np.int32)}


def _cuts(begins: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Where the second part begins `(batch,)`: at a random one of these words but the first, if there is another."""
    allowed = begins.copy()
    allowed[:, :2] = False
    keys = np.where(allowed, random.random(begins.shape), -1.0)
    return np.where(allowed.any(axis=1), keys.argmax(axis=1), 2)
