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


RANGE = 2**64
"""`draw` gives whole numbers below it."""


def draw(text: str, seed: int = 0) -> int:
    """A number in [0, RANGE) that only the fingerprint and the seed decide (sha256), even over texts."""
    return int.from_bytes(hashlib.sha256(f"{seed}\0{fingerprint(text)}".encode()).digest()[:8])


def is_held_out(text: str, share: float, seed: int = 0) -> bool:
    """True for about `share` of all texts; `share` in [0, 1]."""
    return draw(text, seed) < share * RANGE


def holdout(
    examples: Sequence[ExampleT], share: float, seed: int = 0
) -> tuple[list[ExampleT], list[ExampleT]]:
    """`(train, dev)`: about `share` of the examples held out by hash of the normalised text.

    Of very few texts the hash may choose none or all: then the text it comes nearest to choosing changes sides.

    Raises:
        DataError: there are not two different texts.
    """
    draws = [draw(example.text, seed) for example in examples]
    if len(set(draws)) < 2:
        found = "is one text" if len(examples) == 1 else f"are {len(examples)} texts, all the same"
        raise DataError(
            f"a hold-out needs two different texts; there {found}",
            "add texts, or name a file of its own for the dev split",
        )
    least, most = min(draws), max(draws)
    held = [drawn != most and (drawn < share * RANGE or drawn == least) for drawn in draws]
    train = [example for example, is_dev in zip(examples, held, strict=True) if not is_dev]
    dev = [example for example, is_dev in zip(examples, held, strict=True) if is_dev]
    return train, dev
