"""Which texts are held out: decided for each alone, so duplicates never straddle and new data moves none."""

from __future__ import annotations

import hashlib
import unicodedata


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
