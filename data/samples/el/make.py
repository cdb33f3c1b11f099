"""Make the synthetic entity-linking sample: ``python data/samples/el/make.py`` rewrites kb_data and the three splits.

Facts come from entities/, sentences from frames.txt filled with them, so that a text carries evidence for the entity
meant: a word of its description, the value of one of its predicates, or the manner of speaking of its kind. Frames,
titles and fillers are dealt to the splits as whole lines, and some surfaces are kept from train altogether.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from knowledge import Entity, by_name, load, row
from writer import Writer

HERE = Path(__file__).parent
SIZES = {"train": 2000, "dev": 400, "test": 400}


def make(split: str, entities: list[Entity], seen: set[str]) -> list[dict[str, object]]:
    """Texts of one split, none of which is in `seen`."""
    writer = Writer(split, entities)
    rows: list[dict[str, object]] = []
    while len(rows) < SIZES[split]:
        pieces = writer.text()
        text = "".join(piece for piece, _ in pieces or [])
        if pieces and text not in seen:
            seen.add(text)
            rows.append(
                {"text_id": str(len(rows) + 1), "text": text, "mention_data": writer.mentions(pieces)}
            )
    return rows


def main(out: Path = HERE) -> None:
    entities = load()
    names = by_name(entities)
    files = {"kb_data": [row(one, alone=all(len(names[n]) == 1 for n in one.names)) for one in entities]}
    seen: set[str] = set()
    for split in SIZES:
        files[f"{split}.json"] = make(split, entities, seen)
    for name, rows in files.items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in rows)
        (out / name).write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    main(*[Path(argument) for argument in sys.argv[1:]])
