"""Make the synthetic NER sample: ``python data/samples/ner/make.py`` rewrites train, dev and test.

Sentences come from frames (frames.txt) filled with names (names.yaml), beside plain ones (fillers.txt). Whole frames
and a third of the names are kept for dev and test, so a score there measures generalisation, not memory. Names share
their characters with common words and with each other across types (光明 is a virtue, a brand, and half of a book's
title), and 2 % of the entities are left unmarked, as annotators do.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import yaml

HERE = Path(__file__).parent
SIZES = {"train": 1800, "dev": 350, "test": 350}
FRAME_SHARE = {"train": 0.7, "dev": 0.15, "test": 0.15}
KEPT_SHARE = 1 / 3
"""Share of the names that never occur in train."""
UNSEEN = 1 / 3
"""How often dev and test take a name from the kept ones."""
MISSED = 0.02
"""Share of the entities that the imagined annotators overlooked."""
PLAIN = 0.75
"""Share of the texts with a sentence that holds no entity."""
OPENINGS = [
    "",
    "",
    "",
    "",
    "日前，",
    "近日，",
    "另据报道，",
    "对此，",
    "不过，",
    "早些时候，",
    "值得一提的是，",
    "上周五，",
]
CLOSINGS = [
    "",
    "",
    "",
    "",
    "",
    "本报将继续关注。",
    "网友对此议论纷纷。",
    "你怎么看？",
    "哈哈。",
    "（完）",
    "详情见第三版。",
]
SLOT = re.compile(r"\{(w:)?([^}]+)\}")


class Names:
    """Draws names by type; each name belongs either to train or to the kept share, by its own hash."""

    def __init__(self, parts: dict[str, list[str]]) -> None:
        self.parts = parts
        self.makers: dict[str, Callable[[random.Random], str]] = {
            "PER": self._person,
            "LOC": self._place,
            "ORG": self._organisation,
            "PROD": self._product,
            "WORK": lambda rng: rng.choice(parts["work_heads"]) + rng.choice(parts["work_tails"]),
            "TITLE": lambda rng: rng.choice(parts["titles"]),
        }

    def draw(self, label: str, rng: random.Random, *, kept: bool) -> str:
        while True:
            name = self.makers[label](rng)
            if label == "TITLE" or is_kept(name) == kept:
                return name

    def _person(self, rng: random.Random) -> str:
        surname, given = rng.choice(self.parts["surnames"]), rng.choice(self.parts["given"])
        return (
            rng.choice(["老", "小"]) + surname
            if rng.random() < 0.06 and len(surname) == 1
            else surname + given
        )

    def _place(self, rng: random.Random) -> str:
        place, district = rng.choice(self.parts["places"]), rng.choice(self.parts["districts"])
        return rng.choices(
            [place, place + "市" if len(place) == 2 else place, place + district, district], [6, 1, 2, 2]
        )[0]

    def _organisation(self, rng: random.Random) -> str:
        place, brand = rng.choice(self.parts["places"]), rng.choice(self.parts["brands"])
        tail, institution = rng.choice(self.parts["company_tails"]), rng.choice(self.parts["institutions"])
        forms = [
            place + institution,
            brand + tail,
            place + brand + tail,
            brand,
            rng.choice(self.parts["short_orgs"]),
        ]
        return rng.choices(forms, [5, 6, 3, 1, 2])[0]

    def _product(self, rng: random.Random) -> str:
        brand, kind = rng.choice(self.parts["brands"]), rng.choice(self.parts["products"])
        series = rng.choice(self.parts["series"])
        return rng.choices([brand + kind, brand + series, brand + kind + series], [5, 1, 4])[0]


def is_kept(name: str) -> bool:
    """Whether a name is kept for dev and test."""
    return random.Random(f"name {name}").random() < KEPT_SHARE


def deal_frames(frames: list[str], rng: random.Random) -> dict[str, list[str]]:
    """Every frame to exactly one split."""
    frames = rng.sample(frames, len(frames))
    a = round(len(frames) * FRAME_SHARE["train"])
    b = a + round(len(frames) * FRAME_SHARE["dev"])
    return {"train": frames[:a], "dev": frames[a:b], "test": frames[b:]}


def fill(
    frame: str, fillers: list[str], split: str, names: Names, rng: random.Random
) -> tuple[str, list[dict[str, object]]]:
    """One sentence and its spans; offsets are characters, half-open."""
    before, after = rng.choice([(True, False), (False, True)]) if rng.random() < PLAIN else (False, False)
    text = (rng.choice(fillers) if before else "") + rng.choice(OPENINGS)
    spans: list[dict[str, object]] = []
    end = 0
    for slot in SLOT.finditer(frame):
        text += frame[end : slot.start()]
        end = slot.end()
        if slot[1]:
            text += rng.choice(slot[2].split("|"))
            continue
        surface = names.draw(slot[2], rng, kept=split != "train" and rng.random() < UNSEEN)
        if rng.random() >= MISSED:
            spans.append({"start": len(text), "end": len(text) + len(surface), "label": slot[2]})
        text += surface
    return text + frame[end:] + (rng.choice(fillers) if after else rng.choice(CLOSINGS)), spans


def make(
    split: str, frames: list[str], fillers: list[str], names: Names, rng: random.Random
) -> list[dict[str, object]]:
    """Distinct sentences of one split."""
    rows: dict[str, dict[str, object]] = {}
    while len(rows) < SIZES[split]:
        text, spans = fill(rng.choice(frames), fillers, split, names, rng)
        rows.setdefault(text, {"id": f"{split}-{len(rows)}", "text": text, "spans": spans})
    return list(rows.values())


def read_lines(name: str) -> list[str]:
    """Lines of a file beside this one, without comments."""
    return [
        line for line in (HERE / name).read_text("utf-8").splitlines() if line and not line.startswith("#")
    ]


def main() -> None:
    parts = {
        key: str(words).split()
        for key, words in yaml.safe_load((HERE / "names.yaml").read_text("utf-8")).items()
    }
    frames = deal_frames(read_lines("frames.txt"), random.Random(1))
    fillers = read_lines("fillers.txt")
    for split in SIZES:
        rows = make(split, frames[split], fillers, Names(parts), random.Random(split))
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (HERE / f"{split}.jsonl").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
