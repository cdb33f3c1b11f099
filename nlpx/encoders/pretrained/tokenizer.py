"""What every tokenizer of a checkpoint promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nlpx.errors import DataError

if TYPE_CHECKING:
    import tokenizers

_SPECIAL = {
    "cls": ("[CLS]", "<s>"),
    "sep": ("[SEP]", "</s>"),
    "pad": ("[PAD]", "<pad>"),
    "unk": ("[UNK]", "<unk>"),
    "mask": ("[MASK]", "<mask>"),
}


class Tokens(NamedTuple):
    """The tokens of a text, without special ones.

    Attributes:
        ids: `(tokens,)` int32.
        offsets: half-open characters of the raw text that each stands for `(tokens, 2)`, in order.
    """

    ids: np.ndarray
    offsets: np.ndarray


class Tokenizer(ABC):
    """Text to tokens that know their characters. No text is taken for a special token.

    Attributes:
        vocabulary: the tokens in the order of their ids.
        special: id of each special token by its role: cls, sep, unk, and pad and mask where there are such.
        lower: whether case is folded.
    """

    lower: bool

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = list(vocabulary)
        self.special = _special(self.vocabulary)

    def __len__(self) -> int:
        return len(self.vocabulary)

    @property
    def cls_id(self) -> int:
        return self.special["cls"]

    @property
    def sep_id(self) -> int:
        return self.special["sep"]

    def to_text(self) -> str:
        """The `vocab.txt` of this vocabulary."""
        return "".join(token + "\n" for token in self.vocabulary)

    @abstractmethod
    def encode(self, text: str) -> Tokens:
        """The tokens of a text."""

    @abstractmethod
    def pruned(self, tokens: Iterable[str]) -> tuple[Tokenizer, np.ndarray]:
        """The tokenizer with only those tokens and the special ones, and their ids in this one, ascending.

        Raises:
            ConfigError: tokens of this kind depend on each other.
        """

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """What a run keeps besides the files, as JSON types."""

    @abstractmethod
    def files(self) -> dict[str, str]:
        """Text files that a run keeps, by name."""

    @abstractmethod
    def for_transformers(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Text files by name, and the settings of `tokenizer_config.json`, from which transformers makes it."""


def lines_of(text: str) -> list[str]:
    """The tokens of a `vocab.txt`: one a line."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def as_tokens(found: tokenizers.Encoding) -> Tokens:
    """What the library says, as arrays."""
    return Tokens(np.array(found.ids, np.int32), np.array(found.offsets, np.int32).reshape(-1, 2))


def in_order(ids: dict[str, Any], source: str) -> list[str]:
    """The tokens by id. A gap would shift the rows of all tokens behind it, so there must be none.

    Raises:
        DataError: the ids are not those from 0 on, each once; names `source`.
    """
    places = {index: token for token, index in ids.items() if type(index) is int}
    missing = [index for index in range(len(ids)) if index not in places]
    if missing:
        raise DataError(
            f"{source}: its vocabulary has {len(ids)} tokens, but none with the id {missing[0]}",
            f"wanted the ids from 0 to {len(ids) - 1}, each once",
        )
    return [places[index] for index in range(len(ids))]


def _special(vocabulary: Sequence[str]) -> dict[str, int]:
    places = {token: i for i, token in enumerate(vocabulary)}
    found = {
        role: places[name] for role, names in _SPECIAL.items() for name in reversed(names) if name in places
    }
    missing = [_SPECIAL[role][0] for role in ("unk", "cls", "sep") if role not in found]
    if missing:
        raise DataError(f"the vocabulary lacks {', '.join(missing)}", "is it the vocab.txt of a BERT?")
    return found
