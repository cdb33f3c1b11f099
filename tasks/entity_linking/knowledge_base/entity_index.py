"""Entities by index and by id, those added later among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import storage
from nlpx.tasks.entity_linking.knowledge_base.entity_store import EntityStore


class EntityIndex:
    """Entities, each with an index: as they were read, new ones after all others.

    Args:
        folder: of the knowledge base.
        added: entities that are new, or take the place of the one with their id, by id.
    """

    def __init__(self, folder: Path, added: Mapping[str, Entity]) -> None:
        self._store = EntityStore(folder / "entities.jsonl", storage.load_array(folder, "offsets"))
        self._popularity = storage.load_array(folder, "popularity")
        self._id_trie = storage.load_trie(folder, "ids")
        self._key_of = storage.load_array(folder, "ids.key_of")
        self._index_of = storage.load_array(folder, "ids.index_of")
        # A new entity may have what was another id of an old one.
        self._replaced = {id: index for id in added if (index := self._owner(id)) is not None}
        self._new_ids = [id for id in added if id not in self._replaced]
        self._new_index = {id: len(self._store) + number for number, id in enumerate(self._new_ids)}
        self.added = {(self._replaced | self._new_index)[id]: entity for id, entity in added.items()}
        """Entities that were added, by index."""

    def __len__(self) -> int:
        return len(self._store) + len(self._new_ids)

    def entity(self, key: int | str) -> Entity:
        """See `KnowledgeBase.entity`."""
        index = self.index_of(key) if isinstance(key, str) else key
        if index is None:
            raise KeyError(key)
        if not 0 <= index < len(self):
            raise IndexError(index)
        added = self.added.get(index)
        return self._store[index] if added is None else added

    def index_of(self, id: str) -> int | None:
        """See `KnowledgeBase.index_of`."""
        new = self._new_index.get(id)
        if new is not None:
            return new
        key = self._id_trie.get(id)
        return None if key is None else int(self._index_of[key])

    def id_of(self, index: int) -> str:
        """See `KnowledgeBase.id_of`."""
        base = len(self._store)
        if index >= base:
            return self._new_ids[index - base]
        id: str = self._id_trie.restore_key(int(self._key_of[index]))
        return id

    def popularity(self, index: int) -> float:
        """How often an entity was linked in the training fold, as the knowledge base was told."""
        return float(self._popularity[index]) if index < len(self._store) else 0.0

    def as_built(self) -> Iterator[Entity]:
        """See `KnowledgeBase.as_built`."""
        return (self._store[index] for index in range(len(self._store)))

    def before(self, index: int) -> Entity | None:
        """What an entity was when the knowledge base was built."""
        return self._store[index] if index < len(self._store) else None

    def _owner(self, id: str) -> int | None:
        """Index of the entity that has this as its own id."""
        key = self._id_trie.get(id)
        index = None if key is None else int(self._index_of[key])
        return index if index is not None and int(self._key_of[index]) == key else None

    def all_popularity(self) -> dict[str, float]:
        """Popularity by id."""
        ids = (self.id_of(index) for index in range(len(self._store)))
        return dict(zip(ids, np.asarray(self._popularity).tolist(), strict=True))
