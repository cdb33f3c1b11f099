"""The knowledge base of a config: a built folder as it is, anything else from a cache keyed by its content."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nlpx.config.paths import require_file
from nlpx.errors import DataError
from nlpx.tasks.entity_linking.config import DataConfig
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase, cached_knowledge_base
from nlpx.text.vector_cache import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nlpx.tasks.entity_linking.entity import Entity


def open_knowledge_base(data: DataConfig) -> KnowledgeBase:
    """Open the knowledge base, after building it where the cache has none of this content.

    Raises:
        DataError: the file is missing, empty or can't be understood, or the folder is no knowledge base.
    """
    from nlpx.tasks.entity_linking.data import detect_kb_format, read_kb

    source = Path(data.kb)
    if source.is_dir():
        return KnowledgeBase.open(source)
    _require(source)
    format = detect_kb_format(source) if data.kb_format == "auto" else data.kb_format

    def read(path: Path) -> Iterator[Entity]:
        return read_kb(path, format)

    root = cache_folder() / "kb"
    root.mkdir(parents=True, exist_ok=True)
    return cached_knowledge_base(source, root, read, options=format)


def _require(source: Path) -> None:
    """Raise DataError where there is no knowledge base any more; training looked whether there was one."""
    try:
        require_file(source)
    except DataError as error:
        raise DataError(
            f"{source}: there is no knowledge base (data.kb), which models need for predicting too",
            "Put back the one it was trained with: the file itself, or its folder: nlpx kb build FILE -o FOLDER",
            [error.todo, *error.details],
        ) from error
