"""Text to tokens that know their characters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nlpx.encoders.pretrained.mending import Mender
from nlpx.encoders.pretrained.tokenizer import Tokenizer, Tokens, as_tokens, in_order, lines_of
from nlpx.errors import DataError, UsageError

if TYPE_CHECKING:
    import tokenizers

Split = Literal["wordpiece", "character"]

VOCABULARY = "vocab.txt"
_LONGEST_WORD = 100


class Wordpiece(Tokenizer):
    """BERT's tokenizer: words and single ideographs, cut greedily into the longest pieces of a vocabulary.

    No text is taken for a special token: `[MASK]` in a text is three tokens, as in BERT's own code.

    Args:
        vocabulary: the tokens in the order of their ids.
        lower: fold case.
        strip_accents: take accents off; None where case is folded, as in BERT.
        ideographs: every ideograph is a word of its own.
        clean: skip control characters and make every blank a space.
        split: wordpiece; or character, where every character but blanks is a token, known or `[UNK]`.

    Raises:
        DataError: `[UNK]`, `[CLS]` or `[SEP]` is missing from the vocabulary.
        UsageError: the package `tokenizers` is missing.
    """

    def __init__(
        self,
        vocabulary: Sequence[str],
        *,
        lower: bool = True,
        strip_accents: bool | None = None,
        ideographs: bool = True,
        clean: bool = True,
        split: Split = "wordpiece",
    ) -> None:
        super().__init__(vocabulary)
        self.lower, self.split = lower, split
        self.strip_accents, self.ideographs, self.clean = strip_accents, ideographs, clean

    @classmethod
    def from_text(cls, text: str, **options: Any) -> Wordpiece:
        """From the text of a `vocab.txt`: a token a line."""
        return cls(lines_of(text), **options)

    @classmethod
    def from_json(cls, text: str, *, source: str = "tokenizer.json", **options: Any) -> Wordpiece:
        """From the text of a `tokenizer.json` whose model is WordPiece; `source` is named in errors.

        Raises:
            DataError: the model is of another kind, or its ids are not those from 0 on, each once.
        """
        try:
            whole = json.loads(text)
            model = whole["model"]
            ids = {str(token): index for token, index in model["vocab"].items()}
            ids |= {str(row["content"]): row["id"] for row in whole.get("added_tokens") or ()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(f"{source} holds no vocabulary of word pieces") from error
        if model.get("type", "WordPiece") != "WordPiece" or "[UNK]" not in ids:
            raise DataError(
                f"{source} is of the type {model.get('type')}; wanted WordPiece",
                "Chinese RoBERTa-wwm, MacBERT and ERNIE have WordPiece",
            )
        return cls(in_order(ids, source), **options)

    def encode(self, text: str) -> Tokens:
        """The tokens of a text; characters that belong to none are blanks, control characters and lone accents."""
        return as_tokens(self._tokenizer.encode(self._mend(text), add_special_tokens=False))

    def encode_many(self, texts: Iterable[str]) -> list[Tokens]:
        """`encode` of each, on all cores."""
        found = self._tokenizer.encode_batch([self._mend(text) for text in texts], add_special_tokens=False)
        return [as_tokens(one) for one in found]

    def words(self, text: str) -> list[str]:
        """What is cut into pieces: folded words, numbers, single signs and ideographs."""
        normalizer, splitter = self._tokenizer.normalizer, self._tokenizer.pre_tokenizer
        assert normalizer is not None
        assert splitter is not None
        return [word for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(self._mend(text)))]

    def pruned(self, tokens: Iterable[str]) -> tuple[Wordpiece, np.ndarray]:
        """See `Tokenizer`; words that need other tokens fall into smaller pieces, or are unknown."""
        wanted = set(tokens) | {self.vocabulary[index] for index in self.special.values()}
        kept = np.array([i for i, token in enumerate(self.vocabulary) if token in wanted], np.int64)
        smaller = Wordpiece(
            [self.vocabulary[i] for i in kept],
            lower=self.lower,
            strip_accents=self.strip_accents,
            ideographs=self.ideographs,
            clean=self.clean,
            split=self.split,
        )
        return smaller, kept

    # === Files ===

    def state(self) -> dict[str, Any]:
        return {
            "lower_case": self.lower,
            "strip_accents": self.strip_accents,
            "ideographs": self.ideographs,
            "clean": self.clean,
        }

    def files(self) -> dict[str, str]:
        return {VOCABULARY: self.to_text()}

    @classmethod
    def restore(cls, state: Mapping[str, Any], files: Mapping[str, str], split: Split) -> Wordpiece:
        """What `state` and `files` gave; older runs do not have all of it."""
        return cls.from_text(
            files[VOCABULARY],
            lower=bool(state["lower_case"]),
            strip_accents=state.get("strip_accents"),
            ideographs=state.get("ideographs", True),
            clean=state.get("clean", True),
            split=split,
        )

    def for_transformers(self) -> tuple[dict[str, str], dict[str, Any]]:
        settings = {
            "do_lower_case": self.lower,
            "strip_accents": self.strip_accents,
            "tokenize_chinese_chars": self.ideographs,
            "clean_text": self.clean,
            "tokenizer_class": "BertTokenizer",
        }
        return self.files(), settings

    # === The library ===

    @cached_property
    def _mend(self) -> Mender:
        strips = self.lower if self.strip_accents is None else self.strip_accents
        known = frozenset(token for token in self.vocabulary if len(token) == 1)
        return Mender(self._tokenizer, known, lower=self.lower, strips=strips, clean=self.clean)

    @cached_property
    def _tokenizer(self) -> tokenizers.Tokenizer:
        try:
            from tokenizers import Regex
            from tokenizers import Tokenizer as Library
            from tokenizers.models import WordPiece
            from tokenizers.normalizers import BertNormalizer
            from tokenizers.pre_tokenizers import BertPreTokenizer, Sequence, Split
        except ImportError as error:
            raise UsageError(
                "pretrained encoders need the package tokenizers",
                "install it: pip install 'nlpx[pretrained]'",
            ) from error
        ids = {token: i for i, token in enumerate(self.vocabulary)}
        unknown = self.vocabulary[self.special["unk"]]
        made = Library(WordPiece(ids, unk_token=unknown, max_input_chars_per_word=_LONGEST_WORD))
        made.normalizer = BertNormalizer(
            lowercase=self.lower,
            strip_accents=self.strip_accents,
            handle_chinese_chars=self.ideographs,
            clean_text=self.clean,
        )
        pre: Any = BertPreTokenizer()
        if self.split == "character":
            pre = Sequence([pre, Split(Regex("."), "isolated")])
        made.pre_tokenizer = pre
        return made


def guess_lower(config: Mapping[str, Any], vocabulary: Sequence[str]) -> bool:
    """Whether a model folds case: what its `tokenizer_config.json` says, else what its vocabulary shows.

    A cased vocabulary holds many words with capitals, one of a model that folds case a few stray ones at most.
    """
    if isinstance(config.get("do_lower_case"), bool):
        return bool(config["do_lower_case"])
    words = [
        token for token in vocabulary if not token.startswith("[") and token.isascii() and token.isalpha()
    ]
    capital = sum(token != token.lower() for token in words)
    return capital * 20 <= len(words)
