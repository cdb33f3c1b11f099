"""RoBERTa's tokenizer: bytes, joined pair by pair."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpx.encoders.pretrained.tokenizer import Tokenizer, Tokens, as_tokens, in_order
from nlpx.errors import ConfigError, DataError, UsageError

if TYPE_CHECKING:
    import tokenizers

MERGES = "merges.txt"
_SURROGATES = re.compile("[\ud800-\udfff]")
_VERSION = "#version"


class BytePairs(Tokenizer):
    """Words with the blank before them, as bytes that are joined by the pairs learned first (Sennrich et al. 2016).

    A character of several bytes may be several tokens, each of which stands for it. The blank before a word is no part
    of its token's characters.

    Args:
        vocabulary: the tokens in the order of their ids.
        merges: pairs in the order in which they are joined.
        leading_blank: the first word of a text is cut as if there were a blank before it.

    Raises:
        DataError: `<unk>`, `<s>` or `</s>` is missing from the vocabulary.
        UsageError: the package `tokenizers` is missing.
    """

    lower = False

    def __init__(
        self, vocabulary: Sequence[str], merges: Sequence[tuple[str, str]], *, leading_blank: bool = False
    ) -> None:
        super().__init__(vocabulary)
        self.merges, self.leading_blank = [*merges], leading_blank

    @classmethod
    def from_texts(cls, vocabulary: str, merges: str, *, source: str, leading_blank: bool) -> BytePairs:
        """From the texts of `vocab.json` and `merges.txt`. Raises DataError naming `source` where they are damaged."""
        try:
            ids = {str(token): index for token, index in json.loads(vocabulary).items()}
        except (ValueError, AttributeError) as error:
            raise DataError(f"{source} holds no vocabulary", "get it again") from error
        return cls(in_order(ids, source), _pairs(merges.split("\n"), source), leading_blank=leading_blank)

    @classmethod
    def from_json(cls, whole: Mapping[str, Any], *, source: str) -> BytePairs:
        """From the object in a `tokenizer.json` whose model is BPE over bytes.

        Raises:
            DataError: it is damaged, or cuts text in another way.
        """
        try:
            model, splitter = whole["model"], whole["pre_tokenizer"] or {}
            ids = {str(token): index for token, index in model["vocab"].items()}
            ids |= {str(row["content"]): row["id"] for row in whole.get("added_tokens") or ()}
            merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
            wrong = [
                name for name in ("byte_fallback", "continuing_subword_prefix", "dropout") if model.get(name)
            ]
            wrong += [] if whole.get("normalizer") is None else ["normalizer"]
            wrong += (
                []
                if splitter.get("type") == "ByteLevel" and splitter.get("use_regex", True)
                else ["pre_tokenizer"]
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(f"{source} holds no vocabulary of byte pairs", "get it again") from error
        if wrong:
            raise DataError(
                f"{source} has byte pairs of another kind than RoBERTa's: see {', '.join(wrong)}",
                "RoBERTa and what was trained with its tokenizer are read",
            )
        blank = bool(splitter.get("add_prefix_space"))
        return cls(in_order(ids, source), _pairs(merges, source), leading_blank=blank)

    # === Text ===

    def encode(self, text: str) -> Tokens:
        """The tokens of a text; all characters belong to some, but for blanks before words."""
        found = as_tokens(self._tokenizer.encode(_SURROGATES.sub("\ufffd", text), add_special_tokens=False))
        blank = np.fromiter(map(str.isspace, text), bool, len(text))
        starts, ends = found.offsets[:, 0], found.offsets[:, 1]
        while (leading := blank[starts] & (starts + 1 < ends)).any():
            starts += leading
        return found

    @cached_property
    def _tokenizer(self) -> tokenizers.Tokenizer:
        try:
            from tokenizers import Tokenizer as Library
            from tokenizers.models import BPE
            from tokenizers.pre_tokenizers import ByteLevel
        except ImportError as error:
            raise UsageError(
                "pretrained encoders need the package tokenizers",
                "install it: pip install 'nlpx[pretrained]'",
            ) from error
        ids = {token: i for i, token in enumerate(self.vocabulary)}
        made = Library(BPE(ids, self.merges))
        made.pre_tokenizer = ByteLevel(add_prefix_space=self.leading_blank)
        return made

    def pruned(self, tokens: Iterable[str]) -> tuple[BytePairs, np.ndarray]:
        raise ConfigError(
            "encoder.keep_tokens: byte pairs are joined from each other, so that none can be left out",
            "set keep_tokens: all",
        )

    # === Files ===

    def state(self) -> dict[str, Any]:
        return {"leading_blank": self.leading_blank}

    def files(self) -> dict[str, str]:
        return {
            "vocab.txt": self.to_text(),
            MERGES: "".join(f"{left} {right}\n" for left, right in self.merges),
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any], files: Mapping[str, str]) -> BytePairs:
        """What `state` and `files` gave."""
        vocabulary, merges = files["vocab.txt"].split("\n")[:-1], files[MERGES].split("\n")
        return cls(vocabulary, _pairs(merges, MERGES), leading_blank=bool(state["leading_blank"]))

    def for_transformers(self) -> tuple[dict[str, str], dict[str, Any]]:
        ids = {token: i for i, token in enumerate(self.vocabulary)}
        merges = f"{_VERSION}: 0.2\n{self.files()[MERGES]}"
        settings = {"tokenizer_class": "RobertaTokenizer", "add_prefix_space": self.leading_blank}
        return {"vocab.json": json.dumps(ids, ensure_ascii=False) + "\n", MERGES: merges}, settings


def _pairs(lines: Sequence[str], source: str) -> list[tuple[str, str]]:
    """Two tokens a line; the first line may tell a version."""
    kept = [line.removesuffix("\r") for line in lines if line.strip() and not line.startswith(_VERSION)]
    found = [tuple(line.split(" ")) for line in kept]
    wrong = next((line for line, pair in zip(kept, found, strict=True) if len(pair) != 2), None)
    if wrong is not None:
        raise DataError(f"{source}: {wrong!r} are no two tokens that are joined", "get it again")
    return [(left, right) for left, right in found]
