"""Texts, their spans and the candidates of each, as arrays: what a scorer of candidates learns from and judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nlpx.tasks.entity_linking.linker.proposals import COLUMNS, Spans


@dataclass(frozen=True)
class Lists:
    """A batch of texts.

    Attributes:
        texts: raw.
        spans: of these texts.
        span: index of the span of each candidate row, int `(rows,)`, ascending.
        entity: index of each row's entity, int `(rows,)`.
        right: whether a span means an entity, bool `(rows,)`; only for training.
    """

    texts: Sequence[str]
    spans: Spans
    span: np.ndarray
    entity: np.ndarray
    right: np.ndarray

    def of_texts(self, which: np.ndarray) -> Lists:
        """Those of some texts, a mask bool `(texts,)`; their rows stay in order."""
        number = np.cumsum(which) - 1
        kept = which[self.spans.text]
        spans = self.spans.take(kept)
        rows = kept[self.span]
        return Lists(
            [text for text, wanted in zip(self.texts, which.tolist(), strict=True) if wanted],
            replace(spans, text=number[spans.text].astype(spans.text.dtype)),
            (np.cumsum(kept) - 1)[self.span[rows]],
            self.entity[rows],
            self.right[rows],
        )

    def and_(self, other: Lists) -> Lists:
        """These and after them those of other texts."""
        spans = replace(other.spans, text=other.spans.text + np.int32(len(self.texts)))
        columns: dict[str, Any] = {
            name: np.append(getattr(self.spans, name), getattr(spans, name)) for name in COLUMNS
        }
        return Lists(
            [*self.texts, *other.texts],
            Spans(**columns),
            np.append(self.span, other.span + len(self.spans)),
            np.append(self.entity, other.entity),
            np.append(self.right, other.right),
        )
