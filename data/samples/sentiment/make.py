"""Make the synthetic reviews: ``python data/samples/sentiment/make.py`` rewrites train, dev and test.

Reviews come from frames (frames.txt) filled with aspects and opinions (words.yaml). Some opinions are negated, some
outweighed by others, and 2 % of the labels are wrong, as annotators' are. A part of the frames and of the opinions
never occurs in train, so a score on dev or test measures generalisation, not memory. The words that carry the label
are marked as the rationale; what speaks against it is not.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from pathlib import Path

import yaml

HERE = Path(__file__).parent
SIZES = {"train": 1200, "dev": 300, "test": 300}
FRAMES_KEPT = 0.25
"""Share of the frames of each kind that never occur in train."""
WORDS_KEPT = 0.2
"""Share of the opinions that never occur in train."""
UNSEEN = 0.2
"""How often dev and test take a frame or an opinion from the kept ones."""
NEGATED, MIXED, VERDICT, NEUTRAL, WRONG = 0.15, 0.3, 0.4, 0.5, 0.02
GENERAL = 0.35
"""How often an opinion is one that fits all things."""
LABELS = ("negative", "positive")

Piece = tuple[str, bool]  # a text and whether it is part of the rationale


def is_kept(text: str, share: float) -> bool:
    """Whether a frame or a word is left out of train, by its own hash."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") < share * 2**32


class Writer:
    """Writes reviews of one split."""

    def __init__(self, split: str) -> None:
        self.random = random.Random(f"sentiment {split}")
        self.train = split == "train"
        self.words = yaml.safe_load((HERE / "words.yaml").read_text("utf-8"))
        self.frames: dict[str, list[str]] = {}
        for line in (HERE / "frames.txt").read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                kind, _, frame = line.partition(" ")
                self.frames.setdefault(kind, []).append(frame)

    def pick(self, items: list[str], share: float) -> str:
        kept = [item for item in items if is_kept(item, share)]
        common = [item for item in items if not is_kept(item, share)]
        unseen = not self.train and bool(kept) and self.random.random() < UNSEEN
        return self.random.choice(kept if unseen or not common else common)

    def frame(self, kind: str) -> str:
        return self.pick(self.frames[kind], FRAMES_KEPT)

    def clause(self, thing: str, label: str, *, marked: bool) -> list[Piece]:
        """One opinion that says what the label says; its words are marked where they count."""
        flip = self.random.random() < NEGATED
        said = LABELS[1 - LABELS.index(label)] if flip else label
        source = "any" if self.random.random() < GENERAL else thing
        opinion = self.pick(self.words[source][said], WORDS_KEPT)
        aspect = self.random.choice(self.words[thing]["aspects"])
        frame = self.frame("flip" if flip else "plain")
        return split_marks(frame.replace("{a}", aspect).replace("{o}", opinion), marked=marked)

    def mixed(self, thing: str, label: str) -> list[Piece]:
        """Two opinions, of which one outweighs the other."""
        other = LABELS[1 - LABELS.index(label)]
        parts = {
            "{con}": self.clause(thing, other, marked=False),
            "{pro}": self.clause(thing, label, marked=True),
        }
        found: list[Piece] = []
        for part in re.split(r"(\{con\}|\{pro\})", self.frame("contrast")):
            found += parts.get(part, [(part, False)])
        return found

    def review(self, label: str) -> list[Piece]:
        thing = self.random.choice([name for name in self.words if name != "any"])
        parts: list[list[Piece]] = []
        if self.random.random() < NEUTRAL:
            parts.append([(self.frame("neutral"), False)])
        if self.random.random() < MIXED:
            parts.append(self.mixed(thing, label))
        else:
            parts += [self.clause(thing, label, marked=True) for _ in range(self.random.choice((1, 2, 2, 3)))]
        if self.random.random() < VERDICT:
            parts.append(split_marks(self.frame(label), marked=True))
        found: list[Piece] = []
        for number, part in enumerate(parts, 1):
            found += [*part, ("。" if number == len(parts) else self.random.choice("，，。"), False)]
        return found


def split_marks(frame: str, *, marked: bool) -> list[Piece]:
    """The pieces of a frame; those in brackets are marked, if at all."""
    return [
        (piece, marked and number % 2 == 1)
        for number, piece in enumerate(re.split(r"[\[\]]", frame))
        if piece
    ]


def to_row(id: str, pieces: list[Piece], label: str) -> dict[str, object]:
    """A line of the file: text, label, and the spans of the marked pieces."""
    spans, at = [], 0
    for text, marked in pieces:
        if marked:
            spans.append([at, at + len(text)])
        at += len(text)
    return {"id": id, "text": "".join(text for text, _ in pieces), "label": label, "rationale": spans}


def write(split: str, seen: set[str]) -> None:
    """A split whose texts occur in no other one."""
    writer = Writer(split)
    rows = []
    while len(rows) < SIZES[split]:
        label = LABELS[len(rows) % 2]
        row = to_row(f"{split}-{len(rows)}", writer.review(label), label)
        if row["text"] in seen:
            continue
        seen.add(str(row["text"]))
        if writer.random.random() < WRONG:
            row["label"] = LABELS[1 - LABELS.index(label)]
        rows.append(row)
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (HERE / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8")


def main() -> None:
    seen: set[str] = set()
    for split in SIZES:
        write(split, seen)


if __name__ == "__main__":
    main()
