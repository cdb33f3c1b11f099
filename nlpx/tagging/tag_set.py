"""The tags a model knows, in the scheme it works in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nlpx.errors import RunError
from nlpx.runs.atomic import atomic_json
from nlpx.runs.reading import read_object
from nlpx.text.schemes import tag_names
from nlpx.text.spans import Span
from nlpx.text.tags import spans_to_tags, tags_to_spans, transitions


@dataclass(frozen=True)
class TagSet:
    """Labels, the scheme, and the tags that follow from them; tag ids are positions in `names`."""

    labels: tuple[str, ...]
    scheme: str

    @classmethod
    def fit(cls, labels: Iterable[str], scheme: str) -> TagSet:
        """The tags of every label seen in training."""
        return cls(tuple(sorted(set(labels))), scheme)

    @cached_property
    def names(self) -> list[str]:
        """All tags; ``O`` is the first."""
        return tag_names(self.labels, self.scheme)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    @property
    def constraints(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What the scheme allows: ``(tags, tags)``, start ``(tags,)`` and end ``(tags,)``, all bool."""
        return transitions(self.names, self.scheme)

    def encode(self, spans: Sequence[Span], units: Any) -> np.ndarray:
        """Tag ids ``(length,)`` of a text's units: their offsets, or their number where they are characters."""
        tags = spans_to_tags(spans, units, self.scheme)
        return np.fromiter((self._ids[tag] for tag in tags), np.int32, len(tags))

    def decode(self, ids: Sequence[int], units: Any) -> list[Span]:
        """The spans that tag ids mean; units as in `encode`."""
        return tags_to_spans([self.names[i] for i in ids], units, self.scheme)

    def save(self, path: Path) -> None:
        """Write labels and scheme as JSON."""
        atomic_json(path, {"labels": list(self.labels), "scheme": self.scheme})

    @classmethod
    def load(cls, path: Path) -> TagSet:
        """Read what `save` wrote.

        Raises:
            RunError: the file is missing or damaged.
        """
        facts = read_object(path)
        if not isinstance(facts.get("labels"), list) or not isinstance(facts.get("scheme"), str):
            raise RunError(f"{path} holds no labels and scheme", "the run folder is damaged; train again")
        return cls(tuple(facts["labels"]), facts["scheme"])
