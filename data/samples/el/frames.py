"""The text files beside this one, and their lines dealt to train, dev and test."""

from __future__ import annotations

import random
import re
from pathlib import Path

HERE = Path(__file__).parent
SPLITS = ("train", "dev", "test")
SHARES = {"train": 0.6, "dev": 0.2, "test": 0.2}
SLOT = re.compile(r"\{([^}]+)\}")


def lines(name: str) -> list[str]:
    """Lines of a file beside this one, without comments."""
    return [
        line for line in (HERE / name).read_text("utf-8").splitlines() if line and not line.startswith("# ")
    ]


def deal(group: list[str], seed: str) -> dict[str, list[str]]:
    """Every line of a group to exactly one split."""
    mixed = random.Random(f"deal {seed}").sample(group, len(group))
    one = max(1, round(len(group) * SHARES["dev"]))
    return {"dev": mixed[:one], "test": mixed[one : 2 * one], "train": mixed[2 * one :]}


def by_kind() -> dict[str, dict[str, list[str]]]:
    """Frames as split -> kind -> lines."""
    groups: dict[str, list[str]] = {}
    for line in lines("frames.txt"):
        if line.startswith("@"):
            group = groups.setdefault(line[1:], [])
        else:
            group.append(line)
    dealt: dict[str, dict[str, list[str]]] = {split: {} for split in SPLITS}
    for kinds, group in groups.items():
        for split, share in deal(group, kinds).items():
            for kind in kinds.split(","):
                dealt[split][kind] = share
    return dealt


def unknown() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The frames of nil.txt as dealt, and the parts that invented names are put together from."""
    read = lines("nil.txt")
    parts = {key: words.split() for key, _, words in (line.partition(": ") for line in read) if words}
    return deal([line for line in read if ": " not in line], "nil"), parts
