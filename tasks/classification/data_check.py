"""What `nlpx data check` finds odd in labelled texts, beyond the counts of the reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from nlpx.task import CheckRow
from nlpx.tasks.classification.example import Example
from nlpx.text.holdout import fingerprint

RARE = 10
"""A class with fewer training texts is worth a remark."""

SHOWN = 5

Splits = Mapping[str, Sequence[Example]]


def check_splits(splits: Splits) -> list[CheckRow]:
    """Empty texts, classes that are unknown, missing or rare, and texts that occur again."""
    return [*_empty(splits), *_labels(splits), *_repeated(splits), *_contradictions(splits["train"])]


def _empty(splits: Splits) -> Iterator[CheckRow]:
    for name, examples in splits.items():
        empty = [
            one for one in examples if not one.text.strip() or (one.pair is not None and not one.pair.strip())
        ]
        if empty:
            yield f"{name}: empty texts", f"{len(empty):,}, the first at {empty[0].source}", "odd"


def _labels(splits: Splits) -> Iterator[CheckRow]:
    train = _counts(splits["train"])
    rare = [label for label, count in train.items() if count < RARE]
    if rare:
        yield "train: rare labels", f"{_listed(rare)}: fewer than {RARE} texts each", "odd"
    for name in ("dev", "test"):
        found = _counts(splits[name])
        unknown = [label for label in found if label not in train]
        missing = [label for label in train if label not in found]
        if unknown:
            texts = sum(found[label] for label in unknown)
            yield f"{name}: unknown labels", f"{_listed(unknown)}, of {texts:,} texts; train has none", "odd"
        if found and missing:
            yield f"{name}: missing labels", f"{_listed(missing)}, which train has", "odd"


def _repeated(splits: Splits) -> Iterator[CheckRow]:
    seen = {split: [_key(one) for one in examples] for split, examples in splits.items()}
    train = set(seen["train"])
    again = len(seen["train"]) - len(train)
    if again:
        yield "train: repeated texts", f"{again:,} occur earlier in it", "odd"
    for name in ("dev", "test"):
        shared = sum(key in train for key in seen[name])
        if shared:
            yield f"{name}: texts of train", f"{shared:,} of {len(seen[name]):,}; see data.repeated", "odd"


def _contradictions(train: Sequence[Example]) -> Iterator[CheckRow]:
    labels: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for one in train:
        labels[_key(one)].add(one.labels)
    torn = sum(len(found) > 1 for found in labels.values())
    if torn:
        yield "train: contradictions", f"{torn:,} texts occur with different labels", "odd"


def unseen(train: Sequence[Example], others: Sequence[Example]) -> list[Example]:
    """The training texts that do not occur among the others."""
    keys = {_key(one) for one in others}
    return [one for one in train if _key(one) not in keys]


def _key(example: Example) -> str:
    """Equal for texts, or pairs, that differ in white space, width or case at most."""
    pair = "" if example.pair is None else "\0" + fingerprint(example.pair)
    return fingerprint(example.text) + pair


def _counts(examples: Sequence[Example]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for one in examples:
        for label in one.labels:
            counts[label] += 1
    return dict(sorted(counts.items()))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
