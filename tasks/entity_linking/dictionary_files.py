"""The files of a dictionary model: facts, and the counts of every surface as JSON lines."""

from __future__ import annotations

import json
from pathlib import Path

from nlpx.errors import RunError
from nlpx.runs.atomic import atomic_writer
from nlpx.runs.reading import read_text
from nlpx.tasks.entity_linking.model_facts import read_facts, write_facts
from nlpx.tasks.entity_linking.statistics import LinkStatistics

FACTS, STATISTICS = "dictionary.json", "statistics.jsonl"


def write_model(folder: Path, type: str, fingerprint: str, statistics: LinkStatistics) -> None:
    """Write everything but the knowledge base, which is told by its fingerprint."""
    folder.mkdir(parents=True, exist_ok=True)
    write_statistics(folder / STATISTICS, statistics)
    write_facts(folder / FACTS, type, fingerprint)


def read_model(folder: Path, type: str) -> tuple[str, LinkStatistics]:
    """The knowledge base's fingerprint and the statistics.

    Raises:
        RunError: a file is missing or damaged, or it is of another model or version.
    """
    facts = read_facts(folder / FACTS, type)
    return str(facts.get("knowledge_base")), read_statistics(folder / STATISTICS)


def write_statistics(path: Path, statistics: LinkStatistics) -> None:
    """One JSON object per surface and line."""
    with atomic_writer(path) as file:
        for row in statistics.as_rows():
            file.write(json.dumps(row, ensure_ascii=True) + "\n")


def read_statistics(path: Path) -> LinkStatistics:
    """What `write_statistics` wrote; RunError where it is missing or damaged."""
    try:
        return LinkStatistics.from_rows(json.loads(line) for line in read_text(path).split("\n") if line)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(f"{path} is damaged: {error!r}", "Train again.") from error
