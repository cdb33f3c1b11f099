"""The facts of a knowledge base's entities, kept in the cache folder by its content."""

from __future__ import annotations

import shutil
from collections import OrderedDict
from pathlib import Path

import numpy as np

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase, storage
from nlpx.tasks.entity_linking.linker.entity_facts import VERSION, EntityFacts
from nlpx.tasks.entity_linking.linker.ragged import Ragged
from nlpx.text.vector_cache import cache_folder

SMALL = 5_000
"""Entities; up to here computing the facts takes less than a second, and they are not written."""
_opened: OrderedDict[str, EntityFacts] = OrderedDict()
_KEPT = 4


def entity_facts(kb: KnowledgeBase) -> EntityFacts:
    """The facts of all entities, those added later among them."""
    key = f"{kb.folder}\0{kb.fingerprint}"
    if key not in _opened:
        _opened[key] = _with_added(kb, _base_facts(kb))
        while len(_opened) > _KEPT:
            _opened.popitem(last=False)
    return _opened[key]


def _base_facts(kb: KnowledgeBase) -> EntityFacts:
    """Facts of what was built, without what was added later."""
    if len(kb) <= SMALL:
        return EntityFacts.of(kb.as_built())
    folder = cache_folder() / "facts" / f"{kb.base_fingerprint[:16]}-{VERSION}"
    if not _is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
        with storage.replaced_folder(folder) as temp:
            storage.save_arrays(temp, "", _arrays(EntityFacts.of(kb.as_built())))
            storage.write_manifest(temp, {})
    return _read(folder)


def _is_whole(folder: Path) -> bool:
    try:
        storage.read_manifest(folder)
    except DataError:
        return False
    return True


def _arrays(facts: EntityFacts) -> dict[str, np.ndarray]:
    words = {"words.ends": facts.words.ends, "words": facts.words.values}
    values = {"values.ends": facts.values.ends, "values": facts.values.values}
    return words | values | {"plain": facts.plain, "name": facts.name, "rarity": facts.rarity}


def _read(folder: Path) -> EntityFacts:
    def ragged(name: str) -> Ragged:
        ends = storage.load_array(folder, f"{name}.ends")
        return Ragged(np.append(0, ends[:-1]), ends, storage.load_array(folder, name))

    plain = (storage.load_array(folder, name) for name in ("plain", "name", "rarity"))
    return EntityFacts(ragged("words"), ragged("values"), *plain)


def _with_added(kb: KnowledgeBase, facts: EntityFacts) -> EntityFacts:
    rows = kb.changed
    return facts.patched(rows, [kb.entity(row) for row in rows], len(kb)) if rows else facts
