"""Knowledge bases built once per content of their source file."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import folding, storage
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
    if folder.exists():
        try:
            return KnowledgeBase.open(folder)
        except DataError as error:
            log.warning("%s; building it again", error.what)
            shutil.rmtree(folder)
    build_knowledge_base(read(source), folder, facts={"source": source.name})
    return KnowledgeBase.open(folder)


def content_key(source: Path, options: str = "") -> str:
    """16 hexadecimal digits that differ where content or options do."""
    try:
        content = storage.sha256(source)
    except OSError as error:
        raise DataError(f"{source}: can't be read ({error.strerror})", "Name a readable file.") from error
    settings = f"{content} {storage.FORMAT} {folding.VERSION} {options}"
    return hashlib.sha256(settings.encode()).hexdigest()[:16]
