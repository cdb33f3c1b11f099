"""Knowledge bases built once per content of their source file."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from nlpx.errors import DataError
from nlpx.runs.atomic import atomic_write
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import folding, overlay, storage
from nlpx.tasks.entity_linking.knowledge_base.build import build_knowledge_base
from nlpx.tasks.entity_linking.knowledge_base.knowledge_base import KnowledgeBase

log = logging.getLogger("nlpx")


def cached_knowledge_base(
    source: Path, root: Path, read: Callable[[Path], Iterable[Entity]], *, options: str = ""
) -> KnowledgeBase:
    """The knowledge base of a file, from `root` if it was built there before, or built into it now.

    A file with other content gets another folder, so that a model never meets a knowledge base it was not trained with.

    Args:
        source: the file of entities.
        root: holds one folder per content.
        read: reads the file.
        options: whatever else decides the outcome, such as the name of the format.

    Raises:
        DataError: the file is missing or can't be understood.
    """
    folder = root / content_key(source, options)
    if not _is_whole(folder):
        added = folder / overlay.FILE
        kept = added.read_bytes() if added.exists() else None
        shutil.rmtree(folder, ignore_errors=True)
        build_knowledge_base(read(source), folder, facts={"source": source.name})
        if kept is not None:  # what a user added can't be made again
            atomic_write(added, kept)
    return KnowledgeBase.open(folder)


def _is_whole(folder: Path) -> bool:
    if not folder.exists():
        return False
    try:
        storage.read_manifest(folder)
    except DataError as error:
        log.warning("%s; building it again", error.what)
        return False
    return True


def content_key(source: Path, options: str = "") -> str:
    """16 hexadecimal digits that differ where content or options do."""
    try:
        content = storage.sha256(source)
    except OSError as error:
        raise DataError(f"{source}: can't be read ({error.strerror})", "Name a readable file.") from error
    settings = f"{content} {storage.FORMAT} {folding.VERSION} {options}"
    return hashlib.sha256(settings.encode()).hexdigest()[:16]
