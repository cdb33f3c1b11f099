"""A list of tokens to which a vocabulary is pruned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nlpx.encoders.pretrained.tokenizer import lines_of
from nlpx.errors import DataError


def read_tokens(path: Path) -> list[str]:
    """The tokens of a file with one a line, cut as a `vocab.txt` is. Raises DataError where it cannot be read."""
    try:
        return [line for line in lines_of(path.read_bytes().decode("utf-8-sig")) if line]
    except (OSError, UnicodeError) as error:
        raise DataError(
            f"{path}: can't be read",
            "encoder.keep_tokens is all, seen, or a file with a token a line",
            [str(error)],
        ) from error


def check_tokens(tokens: list[str], vocabulary: Sequence[str], path: Path) -> None:
    """Raise DataError naming those that the vocabulary does not have."""
    known = set(vocabulary)
    strange = [token for token in tokens if token not in known]
    if strange:
        shown = ", ".join(repr(token[:40]) for token in strange[:3])
        raise DataError(
            f"{path}: {len(strange):,} of {len(tokens):,} lines are no tokens of the checkpoint: {shown}",
            "encoder.keep_tokens is all, seen, or a file with a token of its vocab.txt a line",
        )
