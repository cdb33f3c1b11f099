"""A tiny task of entity linking in the format of CCKS 2019, with the quirks of the real one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nlpx.tasks.entity_linking.example import Example, Link, Mention, Prediction


def entity(id: str, subject: str, alias: list[str] | None = None, **facts: str) -> dict[str, Any]:
    """A row of ``kb_data``."""
    data = [{"predicate": predicate, "object": value} for predicate, value in facts.items()]
    aliases = [subject] if alias is None else alias
    return {"alias": aliases, "subject_id": id, "subject": subject, "type": ["Thing"], "data": data}


KB = [
    entity("10001", "李娜", 义项描述="网球运动员", 职业="网球", 国籍="中国"),
    entity("10002", "李娜", 义项描述="歌手"),
    entity("10003", "苹果", 义项描述="水果", 颜色="红", 产地="山东"),
    entity("10004", "苹果公司", ["苹果"], 义项描述="科技公司"),
    entity("10005", "我们", 义项描述="代词"),
    entity("10006", "青藏高原", ["《青藏高原》"], 义项描述="歌曲"),
    entity("10007", "高原", []),
    entity("10008", "Angel", ["天使", "天使"]),
]


def row(id: str, text: str, *mentions: tuple[str, str] | tuple[str, str, int]) -> dict[str, Any]:
    """A row of ``train.json``; the offset of a mention is where it first occurs, unless it is given."""
    data = [
        {"kb_id": kb_id, "mention": surface, "offset": str(offset[0] if offset else text.index(surface))}
        for surface, kb_id, *offset in mentions
    ]
    return {"text_id": id, "text": text, "mention_data": data}


TRAIN = [
    row("1", "李娜唱青藏高原", ("李娜", "10002"), ("青藏高原", "10006")),
    row("2", "李娜的歌真好听", ("李娜", "10002")),
    row("3", "李娜赢了网球", ("李娜", "10001")),
    row("4", "我们买苹果", ("苹果", "10004")),
    row("5", "苹果发布新手机", ("苹果", "10004")),
    *(row(str(number), f"我们走了{number}里路") for number in range(6, 12)),
    row("12", "天使在人间", ("天使", "NIL")),
]
DEV = [
    row("1", "我们爱听李娜的歌", ("李娜", "10002")),
    row("2", "苹果和Angel", ("苹果", "10004"), ("Angel", "10008")),
]

CONFIG = """\
task: entity_linking
data: {kb: kb_data, train: train.json, dev: dev.json, test: develop.json}
model: {type: pruned_max_match, prune_ratio: 5}
"""


def write_rows(path: Path, rows: Iterable[Any]) -> Path:
    """A JSON lines file."""
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), encoding="utf-8")
    return path


def write_task(folder: Path, config: str = CONFIG) -> Path:
    """All files of the tiny task; returns the config's path."""
    folder.mkdir(parents=True, exist_ok=True)
    write_rows(folder / "kb_data", KB)
    write_rows(folder / "train.json", TRAIN)
    write_rows(folder / "dev.json", DEV)
    write_rows(folder / "develop.json", ({"text_id": one["text_id"], "text": one["text"]} for one in DEV))
    path = folder / "el.yaml"
    path.write_text(config, encoding="utf-8")
    return path


def text(content: str, *mentions: tuple[str, str | None], id: str = "0") -> Example:
    """An example whose mentions are where their surfaces first occur."""
    found = [
        Mention(content.index(surface), content.index(surface) + len(surface), entity_id, surface)
        for surface, entity_id in mentions
    ]
    return Example(id, content, found)


def said(example: Example, *links: tuple[str, str | None], on_gold: Iterable[Link] = ()) -> Prediction:
    """A prediction that links the first occurrences of surfaces."""
    found = [
        Link(example.text.index(surface), example.text.index(surface) + len(surface), entity_id)
        for surface, entity_id in links
    ]
    return Prediction(found, list(on_gold))
