"""What is told about an entity, prepared once: text, words, short values, features of the encoder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nlpx.encoders.encoder import Encoder
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.knowledge_base.folding import fold
from nlpx.text.segmentation import cut

SHORT = 10
"""Longer values of attributes are not looked for in texts."""

KEPT = 20_000
"""Entities that are kept in memory."""


@dataclass(frozen=True, slots=True)
class EntityText:
    """One entity as the network and its match features see it.

    Attributes:
        characters, words: of the whole description, folded.
        objects: values of attributes with 1 to `SHORT` characters, folded, each once.
        features: of the encoder, for the beginning of the description.
    """

    characters: frozenset[str]
    words: frozenset[str]
    objects: tuple[str, ...]
    features: dict[str, np.ndarray]


class EntityTexts:
    """The entities of a knowledge base by index.

    Args:
        length: characters of a description that are read.
    """

    def __init__(self, kb: KnowledgeBase, encoder: Encoder, length: int) -> None:
        self.knowledge_base, self._encoder, self.length = kb, encoder, length
        self.of = lru_cache(maxsize=KEPT)(self._prepare)

    def _prepare(self, index: int) -> EntityText:
        entity = self.knowledge_base.entity(index)
        told = fold(description(entity))
        return EntityText(
            frozenset(told),
            frozenset(cut(told)),
            tuple(dict.fromkeys(fold(value) for _, value in entity.attributes if 0 < len(value) <= SHORT)),
            self._encoder.featurize(told[: self.length]),
        )


def description(entity: Entity) -> str:
    """Its names, its free text, and a line per attribute."""
    return "\n".join([f"名称:{'、'.join(entity.names)}", entity.text()])
