"""Read the curated files under entities/ into entities, and write them as rows of the CCKS 2019 ``kb_data`` format."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
CUE = re.compile(r"\[([^\]~]+)(?:~([^\]]+))?\]")
WORKS = {"song", "piece", "film", "tv", "book", "poem", "painting", "game"}
"""Kinds whose abstract opens with the name in 《》."""
WITHOUT_SUBJECT, NO_ALIAS, TWICE, NO_DATA = 0.08, 0.03, 0.03, 0.03
"""Shares of the entities with the quirks of the original: subject missing from its aliases, and so on."""


@dataclass
class Entity:
    """One entry of the knowledge base; cues are what a text may say about it."""

    kind: str
    types: list[str]
    labels: list[str]
    subject: str
    aliases: list[str]
    abstract: str
    values: dict[str, str]
    cues: list[str] = field(default_factory=list)
    id: str = ""

    @property
    def names(self) -> list[str]:
        return [self.subject, *self.aliases]

    @property
    def key(self) -> str:
        return f"{self.subject}#{self.kind}"


def plain(text: str) -> str:
    """The text without its marks: cues unbracketed, name#kind as the name."""
    return re.sub(r"#[a-z]+", "", CUE.sub(r"\1", text))


def parse(line: str, head: tuple[str, list[str], list[str], list[str]]) -> Entity:
    """One entity line under its header."""
    kind, types, labels, predicates = head
    names, abstract, values, extra = ([part.strip() for part in line.split("|")] + ["", ""])[:4]
    subject, *aliases = names.split("/")
    cues = [match[2] or match[1] for match in CUE.finditer(abstract)] + extra.split()
    filled = {name: value for name, value in zip(predicates, values.split("；"), strict=False) if value}
    return Entity(kind, types, labels, subject, aliases, abstract, filled, cues)


def load() -> list[Entity]:
    """All entities, shuffled as in the original (namesakes apart, no order of fame), with their ids."""
    entities: list[Entity] = []
    for path in sorted((HERE / "entities").glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("@"):
                first, _, predicates = line[1:].partition("|")
                kind, types, labels = first.split()
                head = (kind, types.split(","), labels.split("、"), predicates.strip().split("；"))
            elif line and not line.startswith("#"):
                entities.append(parse(line, head))
    entities.sort(key=lambda entity: random.Random(f"order {entity.key} {entity.abstract}").random())
    for number, entity in enumerate(entities, 10001):
        entity.id = str(number)
    return entities


def by_name(entities: list[Entity]) -> dict[str, list[Entity]]:
    """Every surface with the entities of that name."""
    names: dict[str, list[Entity]] = {}
    for entity in entities:
        for name in dict.fromkeys(entity.names):
            names.setdefault(name, []).append(entity)
    return names


def row(entity: Entity, *, alone: bool) -> dict[str, object]:
    """One row of kb_data; `alone` entities (no namesake) may have empty data."""
    rng = random.Random(f"quirks {entity.id}")
    alias = entity.names
    if entity.aliases and rng.random() < WITHOUT_SUBJECT:
        alias = entity.aliases
    elif not entity.aliases and rng.random() < NO_ALIAS:
        alias = []
    elif rng.random() < TWICE:
        alias = [*alias, alias[-1]]
    said = plain(entity.abstract)
    opening = f"《{entity.subject}》是" if entity.kind in WORKS else f"{entity.subject}，"
    data = [{"predicate": "摘要", "object": f"{opening}{said}。"}]
    data += [{"predicate": name, "object": plain(value)} for name, value in entity.values.items()]
    data += [{"predicate": "义项描述", "object": said.split("，")[0]}]
    data += [{"predicate": "标签", "object": label} for label in entity.labels]
    if alone and rng.random() < NO_DATA:
        data = []
    return {
        "alias": alias,
        "subject_id": entity.id,
        "subject": entity.subject,
        "type": entity.types,
        "data": data,
    }
