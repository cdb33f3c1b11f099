"""What the sub-commands of `nlpx kb` do."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

from nlpx.config.paths import require_file
from nlpx.errors import DataError, UsageError
from nlpx.tasks.entity_linking.data import KB_READERS, read_kb
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base.additions import read_additions
from nlpx.tasks.entity_linking.knowledge_base.build import build_knowledge_base
from nlpx.tasks.entity_linking.knowledge_base.closeness import distance
from nlpx.tasks.entity_linking.knowledge_base.facts import knowledge_base_facts
from nlpx.tasks.entity_linking.knowledge_base.folding import fold_name
from nlpx.tasks.entity_linking.knowledge_base.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.knowledge_base.overlay import read_overlay, write_overlay
from nlpx.tasks.entity_linking.knowledge_base.storage import refuse_other_things, was_compacted

ADDITIONS = ("keep", "discard")

LOOKED_AT = 200
"""Entities with similar names that are put in order, besides those that are shown."""


class Hit(NamedTuple):
    """An entity that a surface may mean; `score` is its prior, or the similarity of its name where not `exact`."""

    entity: Entity
    score: float
    exact: bool


def build(
    file: Path, output: Path, format: str = "auto", additions: str | None = None
) -> tuple[KnowledgeBase, float]:
    """Build into `output`; the knowledge base and how many seconds it took.

    Args:
        additions: "keep" or "discard" what was added to the knowledge base that is replaced; None refuses where there
            is any.
    """
    if format != "auto" and format not in KB_READERS:
        raise UsageError(f"there is no format {format!r}", f"choose one of: auto, {', '.join(KB_READERS)}")
    if not file.is_file():
        raise DataError(f"{file}: no such file", "Name a file of entities.")
    if additions not in (None, *ADDITIONS):
        raise UsageError(f"--additions was {additions!r}", f"choose one of: {', '.join(ADDITIONS)}")
    refuse_other_things(output)
    added = _added(output, additions)
    began = time.perf_counter()
    build_knowledge_base(read_kb(file, format), output, facts={"source": file.name})
    if added:
        write_overlay(output, added)
    return KnowledgeBase.open(output), time.perf_counter() - began


def _added(folder: Path, additions: str | None) -> list[Entity]:
    """What was added to the knowledge base in a folder and is to be kept; DataError where nobody said so or not."""
    if additions == "discard":
        return []
    entities, _ = read_overlay(folder)
    if entities and additions is None:
        raise DataError(
            f"{folder}: holds what nlpx kb add brought ({len(entities):,}), and building would discard it",
            "Say what becomes of them: --additions keep or --additions discard; or name another folder.",
        )
    if was_compacted(folder):
        raise DataError(
            f"{folder}: holds what nlpx kb compact folded in, and building would discard it",
            "Name another folder, or give them up: --additions discard",
        )
    return [*entities.values()]


def lookup(folder: Path, surface: str, top: int) -> list[Hit]:
    """The candidates of a surface; the entities with the most similar names where it is none."""
    kb = KnowledgeBase.open(folder)
    exact = kb.candidates(surface, top)
    if len(exact):
        pairs = zip(exact.indices.tolist(), exact.priors.tolist(), strict=True)
        return [Hit(kb.entity(index), score, True) for index, score in pairs]
    return _similar(kb, surface, top) if kb.manifest["ngrams"] else []


def _similar(kb: KnowledgeBase, surface: str, top: int) -> list[Hit]:
    """Entities with names that share parts with the surface, those first that are the fewest typing errors away."""
    folded = fold_name(surface)
    found = [
        Hit(kb.entity(index), score, False) for index, score in kb.fuzzy_indices(surface, LOOKED_AT + top)
    ]
    apart = [
        min(distance(folded, fold_name(name)) for name in (hit.entity.name, *hit.entity.aliases))
        for hit in found
    ]
    return [found[row] for row in sorted(range(len(found)), key=lambda row: apart[row])[:top]]


def entity(folder: Path, id: str) -> Entity:
    """The entity of an id; DataError where there is none."""
    kb = KnowledgeBase.open(folder)
    if id not in kb:
        raise DataError(f"{folder}: has no entity {id!r}", "To look for a name, leave out --id.")
    return kb.entity(id)


def facts(folder: Path, *, verify: bool = False) -> dict[str, Any]:
    """See `knowledge_base_facts`; with `verify`, every byte is read first."""
    kb = KnowledgeBase.open(folder)
    if verify:
        kb.verify()
    return knowledge_base_facts(kb)


def add(file: Path, folder: Path) -> tuple[KnowledgeBase, int, int]:
    """Add a file; the knowledge base afterwards, and how many entities were new and how many changed."""
    require_file(file)
    kb = KnowledgeBase.open(folder)
    entities = list(read_additions(file, kb))
    changed = sum(entity.id in kb for entity in entities)
    return kb.add(entities), len(entities) - changed, changed


def compact(folder: Path) -> tuple[KnowledgeBase, int]:
    """Fold in what was added; the new knowledge base, and how many entities that were."""
    kb = KnowledgeBase.open(folder)
    return (kb.compact(), kb.added) if kb.added else (kb, 0)
