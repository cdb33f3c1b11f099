"""Files of the size and shape of CCKS 2019 task 2, for measuring speed and memory; their content means nothing.

    python benchmarks/make_ccks2019_like.py --entities 400000 --texts 90000 --output build/ccks2019-like

writes kb_data, train.json and develop.json. What follows the original (as participants and a sample of 801 rows tell):
names of 5 characters on average, 22 % of entities with several aliases, 8 % whose aliases lack the subject, some 10
attributes and 200 characters of description an entity, popular names shared by hundreds of entities; texts of about 22
characters with 3.4 mentions, a sixth of them NIL, and as many names again that are not linked.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson

TYPES = (
    "Thing",
    "Human",
    "CreativeWork",
    "Movie",
    "FictionalHuman",
    "Vocabulary",
    "TVPlay",
    "Place",
    "Organization",
)
CHUNK = 20_000


class Writer:
    """Draws characters, names and sizes from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        ranks = np.arange(1, 5001)
        weights = 1 / ranks**0.8
        self.codes = self.random.permutation(np.arange(0x4E00, 0x4E00 + 6000))[:5000]
        self.pool = "".join(
            map(chr, self.random.choice(self.codes, 4_000_000, p=weights / weights.sum()).tolist())
        )

    def strings(self, lengths: np.ndarray) -> list[str]:
        """Strings of these lengths."""
        starts = self.random.integers(0, len(self.pool) - 2000, len(lengths)).tolist()
        return [
            self.pool[start : start + length] for start, length in zip(starts, lengths.tolist(), strict=True)
        ]

    def names(self, count: int) -> list[str]:
        """Names as long as the original's; 3 % with Latin capitals.

        Their characters are drawn evenly, so that names are alike where `subjects` wants it and hardly ever by chance.
        """
        lengths = self.random.choice(
            [1, 2, 3, 4, 5, 6, 7, 8, 10, 14, 20],
            count,
            p=[0.014, 0.14, 0.26, 0.2, 0.12, 0.08, 0.05, 0.05, 0.046, 0.03, 0.01],
        )
        even = "".join(map(chr, self.random.choice(self.codes, int(lengths.sum())).tolist()))
        ends = np.cumsum(lengths).tolist()
        names = [even[end - length : end] for end, length in zip(ends, lengths.tolist(), strict=True)]
        for index in np.flatnonzero(self.random.random(count) < 0.03).tolist():
            names[index] = f"{names[index]}{chr(65 + index % 26)}{index % 10}"
        return names


def subjects(writer: Writer, entities: int) -> list[str]:
    """A name per entity; a fifth share popular names, the most popular of which some 200 entities have."""
    names = writer.names(entities)
    popular = writer.names(max(entities // 15, 10))
    weights = (np.arange(len(popular)) + 50.0) ** -0.9
    shared = np.flatnonzero(writer.random.random(entities) < 0.2)
    chosen = writer.random.choice(len(popular), len(shared), p=weights / weights.sum())
    for entity, name in zip(shared.tolist(), chosen.tolist(), strict=True):
        names[entity] = popular[name]
    return names


def kb_lines(writer: Writer, names: list[str]) -> Iterator[bytes]:
    """The lines of kb_data."""
    predicates = writer.names(700)
    for begin in range(0, len(names), CHUNK):
        part = names[begin : begin + CHUNK]
        random = writer.random
        facts = np.maximum(random.poisson(9, len(part)), 0)
        facts[random.random(len(part)) < 0.001] = 0
        summaries = writer.strings(np.minimum(random.gamma(2, 55, len(part)), 1200).astype(int) + 10)
        objects = iter(writer.strings(np.minimum(random.geometric(0.11, int(facts.sum())), 60)))
        kinds = iter(np.minimum(random.geometric(0.02, int(facts.sum())) - 1, 699).tolist())
        several, without = random.random(len(part)) < 0.22, random.random(len(part)) < 0.08
        more = iter(writer.names(int(several.sum()) * 2 + int(without.sum())))
        for row, subject in enumerate(part):
            alias = [next(more)] if without[row] else [subject]
            alias += [next(more), next(more)] if several[row] else []
            data = [
                {"predicate": predicates[next(kinds)], "object": next(objects)} for _ in range(facts[row])
            ]
            if data:
                data.insert(0, {"predicate": "摘要", "object": summaries[row]})
            yield orjson.dumps(
                {
                    "alias": alias,
                    "subject_id": str(10001 + begin + row),
                    "subject": subject,
                    "type": [TYPES[(begin + row) % len(TYPES)]],
                    "data": data,
                }
            )


def text_lines(
    writer: Writer, names: list[str], count: int, first: int, *, labelled: bool
) -> Iterator[bytes]:
    """The lines of train.json, or without labels of develop.json."""
    random = writer.random
    short = np.array([index for index, name in enumerate(names) if len(name) <= 6])
    mentions = np.clip(random.poisson(3.4, count), 1, 8)
    total = int(mentions.sum())
    # Half of the places hold entities that everyone talks about.
    rank = np.where(random.random(total) < 0.5, random.random(total) ** 3, random.random(total))
    chosen = iter(short[(rank * len(short)).astype(int)].tolist())
    fate = iter(random.random(total).tolist())
    fillers = iter(writer.strings(random.integers(0, 4, total + count)))
    plain = iter(short[random.integers(0, len(short), total)].tolist())
    for row in range(count):
        text, data = next(fillers), []
        for _ in range(mentions[row]):
            entity, luck = next(chosen), next(fate)
            name = names[entity]
            data.append(
                {
                    "kb_id": "NIL" if luck < 0.168 else str(10001 + entity),
                    "mention": name,
                    "offset": str(len(text)),
                }
            )
            unlinked = next(plain)
            text += name + next(fillers) + (names[unlinked][:2] if luck > 0.5 else "")
        labels = {"mention_data": data} if labelled else {}
        yield orjson.dumps({"text_id": str(first + row), "text": text, **labels})


def write(path: Path, lines: Iterator[bytes]) -> None:
    with path.open("wb") as file:
        for line in lines:
            file.write(line + b"\n")
    print(f"{path}: {path.stat().st_size / 1e6:,.1f} MB", flush=True)


def make(output: Path, entities: int, texts: int, seed: int = 0) -> None:
    """Write the three files."""
    output.mkdir(parents=True, exist_ok=True)
    writer = Writer(seed)
    names = subjects(writer, entities)
    write(output / "kb_data", kb_lines(writer, names))
    write(output / "train.json", text_lines(writer, names, texts, 1, labelled=True))
    write(output / "develop.json", text_lines(writer, names, texts // 9, 1 + texts, labelled=False))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entities", type=int, default=400_000)
    parser.add_argument("--texts", type=int, default=90_000)
    parser.add_argument("--output", type=Path, default=Path("build/ccks2019-like"))
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    make(given.output, given.entities, given.texts, given.seed)


if __name__ == "__main__":
    main()
