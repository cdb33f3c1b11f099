"""Which texts are held out: decided for each alone, so duplicates never straddle and new data moves none."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Protocol, TypeVar

from nlpx.errors import DataError


class HasText(Protocol):
    """An example of any task."""

    text: str


ExampleT = TypeVar("ExampleT", bound=HasText)


def fingerprint(text: str) -> str:
    """The text without white space, with full-width and half-width forms and cases folded (NFKC, casefold).

    Two texts with the same fingerprint count as duplicates. Only for comparing: it may be longer or shorter.
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_held_out(text: str, share: float, seed: int = 0) -> bool:
    """True for about `share` of all texts, by sha256 of seed and fingerprint.

    Args:
        share: in [0, 1].
    """
    digest = hashlib.sha256(f"{seed}\0{fingerprint(text)}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


def holdout(
    examples: Sequence[ExampleT], share: float, seed: int = 0
) -> tuple[list[ExampleT], list[ExampleT]]:
    """`(train, dev)`: about `share` of the examples held out by hash of the normalised text.

    Raises:
        DataError: where one side would be empty.
    """
    train: list[ExampleT] = []
    dev: list[ExampleT] = []
    for example in examples:
        (dev if is_held_out(example.text, share, seed) else train).append(example)
    if not train or not dev:
        raise DataError(
            f"a hold-out of {share:g} leaves {len(train)} texts to train on and {len(dev)} to validate on",
            "Choose another share, or name a file of its own for the dev split.",
        )
    return train, dev
