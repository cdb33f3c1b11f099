"""Facts about a knowledge base, for `nlpx kb stats`."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from nlpx.tasks.entity_linking.knowledge_base.knowledge_base import KnowledgeBase

TOP = 5


def knowledge_base_facts(kb: KnowledgeBase) -> dict[str, Any]:
    """Counts of entities, names and candidates, what is most ambiguous, and where it came from.

    Returns:
        plain JSON values; ``most_ambiguous`` is a list of [name, candidates], ``types`` one of [type, entities].
    """
    counts = kb.candidate_counts(np.arange(len(kb.names)))
    most = np.argsort(-counts, kind="stable")[:TOP]
    types: Counter[str] = Counter()
    nameless = undescribed = 0
    for entity in kb:
        types.update(entity.type)
        nameless += not entity.names
        undescribed += not (entity.description or entity.attributes)
    used = counts[counts > 0]
    return {
        "folder": str(kb.folder),
        "source": kb.manifest.get("source"),
        "entities": len(kb),
        "added": kb.added,
        "without_name": nameless,
        "without_description": undescribed,
        "names": len(used),
        "ambiguous_names": int((counts > 1).sum()),
        "candidates_per_name": float(used.mean()) if used.size else 0.0,
        "longest_name": kb.manifest["longest_name"],
        "most_ambiguous": [
            [kb.names.name(index), int(counts[index])] for index in most.tolist() if counts[index] > 1
        ],
        "types": [list(pair) for pair in types.most_common(TOP)],
        "bytes": sum(path.stat().st_size for path in kb.folder.iterdir()),
        "fingerprint": kb.fingerprint,
        "base_fingerprint": kb.base_fingerprint,
    }
