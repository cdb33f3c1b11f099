"""What a pretrained encoder sees of a text: tokens, and which of them each unit is made of."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpx.encoders.inputs.base import Input
from nlpx.encoders.inputs.units import Units
from nlpx.encoders.pretrained.alignment import align
from nlpx.encoders.pretrained.architecture import Architecture
from nlpx.encoders.pretrained.byte_pairs import MERGES, BytePairs
from nlpx.encoders.pretrained.checkpoint import Checkpoint, open_checkpoint
from nlpx.encoders.pretrained.keep_tokens import check_tokens, read_tokens
from nlpx.encoders.pretrained.tokenizer import Tokenizer, Tokens
from nlpx.encoders.pretrained.vocabulary import open_tokenizer
from nlpx.encoders.pretrained.wordpiece import VOCABULARY, Wordpiece
from nlpx.errors import ConfigError, DataError

if TYPE_CHECKING:
    import keras

    from nlpx.encoders.base import Summary
    from nlpx.encoders.pretrained.config import CheckpointConfig
    from nlpx.layers.bert.bert import Bert
    from nlpx.layers.bert.unit_encoder import UnitEncoder

log = logging.getLogger("nlpx")

ARCHITECTURE = "architecture.json"

KEPT = 1 << 13
"""Texts of pairs whose tokens stay in memory."""


class SubwordsInput(Input):
    """Features `subwords (tokens,)`, ids plus 1 with `[CLS]` and `[SEP]`, and `units (length, 3)`, see `align`."""

    name = "subwords"

    def __init__(self, config: CheckpointConfig) -> None:
        self.config = config
        self.architecture: Architecture | None = None
        self._tokenizer: Tokenizer | None = None
        self._checkpoint: Checkpoint | None = None
        self._kept: np.ndarray | None = None
        self._seen: set[int] = set()
        self._warned = False

    # === Learning ===

    @property
    def tokenizer(self) -> Tokenizer:
        if self._tokenizer is None:
            self._open()
        assert self._tokenizer is not None
        return self._tokenizer

    def _open(self) -> None:
        config = self.config
        self._checkpoint = open_checkpoint(config.checkpoint, config.architecture)
        self.architecture = self._checkpoint.architecture
        blocks = self.architecture.blocks
        if isinstance(config.state, int) and config.state > blocks:
            raise ConfigError(
                f"encoder.state is {config.state}, but {config.checkpoint} has {blocks} blocks",
                f"wanted mix, or from -1 to {blocks}",
            )
        self._tokenizer = open_tokenizer(
            config.checkpoint, self.architecture.tokens, lower=config.lower_case, split=config.split
        )

    def count(self, units: Units) -> None:
        tokens = self.tokenizer.encode(units.text)
        self._check_length(len(tokens.ids) + 2)
        if self.config.keep_tokens == "seen":
            self._seen.update(tokens.ids.tolist())

    def finish(self) -> None:
        tokenizer = self.tokenizer
        assert self.architecture is not None
        keep = self.config.keep_tokens
        if keep != "all":
            tokens = (
                [tokenizer.vocabulary[i] for i in self._seen] if keep == "seen" else read_tokens(Path(keep))
            )
            if keep != "seen":
                check_tokens(tokens, tokenizer.vocabulary, Path(keep))
            self._tokenizer, self._kept = tokenizer.pruned(tokens)
            self.architecture = replace(self.architecture, tokens=len(self._kept))
            log.info("subwords: %d of %d tokens are kept", len(self._kept), len(tokenizer))
        self._seen = set()

    # === Features ===

    def features(self, units: Units) -> dict[str, np.ndarray]:
        tokens = self.tokenizer.encode(units.text)
        self._check_length(len(tokens.ids) + 2)
        special = self.tokenizer
        subwords = np.concatenate([[special.cls_id], tokens.ids, [special.sep_id]]) + 1
        starts, ends = tokens.offsets[:, 0], tokens.offsets[:, 1]
        rows = align(starts, ends, units.offsets, len(units.text))
        return {"subwords": subwords.astype(np.int32), "units": rows}

    def pair_features(self, first: Units, second: Units) -> dict[str, np.ndarray]:
        """The same of two texts as one sequence: `[CLS] first [SEP] second [SEP]`, `subword_segments (tokens,)` 0 up to
        the first `[SEP]` and 1 after it, where the model has two kinds; `units` of the first text, then of the
        second."""
        assert self.architecture is not None, "fit or load comes first"
        one, other = self._tokens_of(first.text), self._tokens_of(second.text)
        cls, sep, between = [self.tokenizer.cls_id], [self.tokenizer.sep_id], self._between
        self._check_length(len(one.ids) + len(other.ids) + len(between) + 2)
        subwords = np.concatenate([cls, one.ids, between, other.ids, sep]) + 1
        begin = len(one.ids) + len(between)
        segments = np.zeros(len(subwords), np.int32)
        segments[1 + begin :] = self.architecture.segments > 1
        rows = [
            align(tokens.offsets[:, 0], tokens.offsets[:, 1], units.offsets, len(units.text))
            for tokens, units in ((one, first), (other, second))
        ]
        rows[1][:, :2] += begin  # tokens count from 1 there, 0 is what stands before the text
        units = np.concatenate(rows)
        return {"subwords": subwords.astype(np.int32), "subword_segments": segments, "units": units}

    @cached_property
    def _tokens_of(self) -> Callable[[str], Tokens]:
        """The tokens of a text; those of the last ones are kept, because a text comes in many pairs."""
        return lru_cache(maxsize=KEPT)(self.tokenizer.encode)

    @property
    def _between(self) -> list[int]:
        """What stands between two texts: RoBERTa was made with two of its `</s>`."""
        sep = self.tokenizer.sep_id
        return [sep, sep] if self.tokenizer.vocabulary[sep] == "</s>" else [sep]

    def pair_positions(
        self, first: Units, second: Units
    ) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """The characters of each token of such a sequence in the first text, and in the second."""
        own, others = (
            [tuple(row) for row in self._tokens_of(one.text).offsets.tolist()] for one in (first, second)
        )
        none = [(0, 0)]
        gap = none * len(self._between)
        return (
            [*none, *own, *gap, *none * len(others), *none],
            [*none, *none * len(own), *gap, *others, *none],
        )

    def _check_length(self, tokens: int) -> None:
        """Warn of the first text that is longer than the model; raise DataError where even its squares end."""
        assert self.architecture is not None, "fit or load comes first"
        longest = self.architecture.longest
        if longest is None or tokens <= longest:
            return
        if tokens > longest**2:
            raise DataError(
                f"a text has {tokens:,} tokens; a model with {longest} positions reads {longest**2:,} at most",
                "cut the text into shorter ones",
            )
        if not self._warned:
            log.warning(
                "a text has %d tokens, the model was made for %d: further positions are hierarchical",
                tokens,
                longest,
            )
        self._warned = True

    def positions(self, units: Units) -> list[tuple[int, int]]:
        """The characters of each token, none for `[CLS]` and `[SEP]`."""
        offsets = self.tokenizer.encode(units.text).offsets.tolist()
        return [(0, 0), *((start, end) for start, end in offsets), (0, 0)]

    def featurize(self, units: Units) -> np.ndarray:
        return self.features(units)["subwords"]

    def layer(self) -> keras.layers.Layer:
        return self.unit_encoder(name=self.name)

    def unit_encoder(self, summary: Summary = "no", *, name: str) -> UnitEncoder:
        """A new layer from features to a vector per unit, with the pretrained weights; see `EncoderConfig`."""
        from nlpx.layers.bert.unit_encoder import UnitEncoder

        return UnitEncoder(
            self._transformer(),
            pooling=self.config.pooling,
            state=self.config.state,
            attention=self.config.attention,
            learning_rate=self.config.learning_rate,
            layer_decay=self.config.layer_decay,
            summary=summary,
            pretrained=self.weights(),
            name=name,
        )

    def _transformer(self) -> Bert:
        """The model itself, from ids to states."""
        assert self.architecture is not None, "fit or load comes first"
        rates = {"dropout": self.config.dropout, "attention_dropout": self.config.attention_dropout}
        chosen = {name: rate for name, rate in rates.items() if rate is not None}
        return self.architecture.layer(**chosen, recompute=self.config.recompute, name="bert")

    def weights(self) -> dict[str, np.ndarray] | None:
        """The pretrained weights by path; None after `restore`, where a run's own are to be loaded."""
        if self._checkpoint is None:
            return None
        self._checkpoint.tell_dropped()
        found = self._checkpoint.load()
        if self._kept is not None:
            found["embeddings/tokens"] = found["embeddings/tokens"][self._kept]
        return found

    # === Files ===

    def state(self) -> dict[str, Any]:
        return self.tokenizer.state()

    def files(self) -> dict[str, str]:
        assert self.architecture is not None
        described = json.dumps(asdict(self.architecture), indent=2) + "\n"
        return {**self.tokenizer.files(), ARCHITECTURE: described}

    def restore(self, state: Mapping[str, Any], files: Mapping[str, str]) -> None:
        self.architecture = Architecture(**json.loads(files[ARCHITECTURE]))
        split = self.config.split
        self._tokenizer = (
            BytePairs.restore(state, files) if MERGES in files else Wordpiece.restore(state, files, split)
        )
        if len(self._tokenizer) > self.architecture.tokens:
            raise ValueError(f"{VOCABULARY} has more tokens than the model")
