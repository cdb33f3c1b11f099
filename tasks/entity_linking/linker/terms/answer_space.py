"""What may be an answer: the entities of a knowledge base and, behind them, ids that only training texts have."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.linker.entity_facts import EntityFacts
from nlpx.tasks.entity_linking.linker.entity_facts_cache import entity_facts


class AnswerSpace:
    """Entities by index; those beyond the knowledge base are named by their ids.

    Args:
        kb: indices below its length are its own.
        ids: further ones, in any order; those that it has are left out.
    """

    def __init__(self, kb: KnowledgeBase, ids: Iterable[str] = ()) -> None:
        self.kb = kb
        self.beyond = sorted({id for id in ids if id not in kb})
        self._index = {id: len(kb) + number for number, id in enumerate(self.beyond)}

    def __len__(self) -> int:
        return len(self.kb) + len(self.beyond)

    def index_of(self, id: str) -> int | None:
        """Index of an id; None if it can't be an answer."""
        beyond = self._index.get(id)
        return self.kb.index_of(id) if beyond is None else beyond

    def id_of(self, index: int) -> str:
        """Id of an index."""
        size = len(self.kb)
        return self.kb.id_of(index) if index < size else self.beyond[index - size]

    def entity(self, index: int) -> Entity:
        """Entity of an index; of ids beyond the knowledge base nothing is told but the id."""
        size = len(self.kb)
        if index < size:
            return self.kb.entity(index)
        id = self.beyond[index - size]
        return Entity(id, id)

    def ids_of(self, indices: np.ndarray) -> list[str]:
        """Ids of many indices."""
        return [self.id_of(index) for index in indices.tolist()]

    @cached_property
    def facts(self) -> EntityFacts:
        """What is told about the entities."""
        facts, size = entity_facts(self.kb), len(self.kb)
        added = range(size, len(self))
        return facts.patched(added, [*map(self.entity, added)], len(self)) if added else facts
