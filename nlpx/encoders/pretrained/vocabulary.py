"""A checkpoint's tokenizer, from whichever of its files there is."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, TypeVar

from nlpx.encoders.pretrained.byte_pairs import MERGES, BytePairs
from nlpx.encoders.pretrained.files import read_json
from nlpx.encoders.pretrained.tokenizer import Tokenizer
from nlpx.encoders.pretrained.wordpiece import VOCABULARY, Split, Wordpiece, guess_lower
from nlpx.errors import ConfigError, DataError

TOKENIZER = "tokenizer.json"
FILES = {"tokenizer_config.json": None, TOKENIZER: "normalizer"}
"""Where a folder's settings are, and in which section."""

KEYS = {
    "do_lower_case": "lowercase",
    "strip_accents": "strip_accents",
    "tokenize_chinese_chars": "handle_chinese_chars",
    "clean_text": "clean_text",
}
"""What each setting is called in `tokenizer_config.json`, and in `tokenizer.json`."""

PADDED = 0.9
"""Share of a model's rows of tokens that its vocabulary has at least: some tables are filled up to a round number."""

log = logging.getLogger("nlpx")

TokenizerT = TypeVar("TokenizerT", bound=Tokenizer)


def open_tokenizer(
    folder: Path, tokens: int, *, lower: bool | None = None, split: Split = "wordpiece"
) -> Tokenizer:
    """The tokenizer of a folder: word pieces (`vocab.txt`), byte pairs (`vocab.json` and `merges.txt`), or either of
    them (`tokenizer.json`).

    Args:
        tokens: rows of the model's table of tokens.
        lower: fold case; None for what the folder says.
        split: see `Wordpiece`.

    Raises:
        DataError: there is no vocabulary, or it holds more tokens than the model.
        ConfigError: byte pairs are to fold case or to be characters.
    """
    whole = _tokenizer_json(folder)
    if not (folder / VOCABULARY).is_file() and (whole or {}).get("model", {}).get("type") == "BPE":
        return _checked(_byte_pairs(folder, whole, lower, split), folder, tokens)
    if whole is None and (folder / "vocab.json").is_file():
        return _checked(_byte_pairs(folder, None, lower, split), folder, tokens)
    return read_tokenizer(folder, tokens, lower=lower, split=split)


def read_tokenizer(
    folder: Path, tokens: int, *, lower: bool | None = None, split: Split = "wordpiece"
) -> Wordpiece:
    """Likewise of a folder that has word pieces; DataError where it has not."""
    text, tokenizer = folder / VOCABULARY, folder / TOKENIZER
    if text.is_file():
        found = Wordpiece.from_text(_read(text), split=split)
    elif tokenizer.is_file():
        found = Wordpiece.from_json(_read(tokenizer), source=str(tokenizer), split=split)
    else:
        raise DataError(f"{folder}: there is neither vocab.txt nor tokenizer.json", "get its vocabulary too")
    said = _settings(folder)
    found.lower = guess_lower(said, found.vocabulary) if lower is None else lower
    found.strip_accents = said.get("strip_accents")
    found.ideographs = said.get("tokenize_chinese_chars", True)
    found.clean = said.get("clean_text", True)
    return _checked(found, folder, tokens)


def _tokenizer_json(folder: Path) -> dict[str, Any] | None:
    """The object in `tokenizer.json`, where that decides; None where there is another vocabulary, or none."""
    if (folder / VOCABULARY).is_file() or not (folder / TOKENIZER).is_file():
        return None
    whole = read_json(folder / TOKENIZER)
    return whole if isinstance(whole.get("model"), dict) else {}


def _byte_pairs(folder: Path, whole: dict[str, Any] | None, lower: bool | None, split: Split) -> BytePairs:
    if lower or split == "character":
        raise ConfigError(
            f"{folder}: byte pairs know neither folded case nor single characters",
            "leave out encoder.lower_case and encoder.split",
        )
    if whole is not None:
        return BytePairs.from_json(whole, source=str(folder / TOKENIZER))
    if not (folder / MERGES).is_file():
        raise DataError(f"{folder}: there is a vocab.json, but no {MERGES}", "get that too")
    settings = folder / "tokenizer_config.json"
    said = read_json(settings) if settings.is_file() else {}
    return BytePairs.from_texts(
        _read(folder / "vocab.json"),
        _read(folder / MERGES),
        source=f"{folder / 'vocab.json'} or {MERGES}",
        leading_blank=bool(said.get("add_prefix_space")),
    )


def _checked(found: TokenizerT, folder: Path, tokens: int) -> TokenizerT:
    if len(found) > tokens:
        raise DataError(
            f"{folder}: its vocabulary has {len(found)} tokens, its model only {tokens}",
            "vocabulary and weights are of different models",
        )
    if len(found) < PADDED * tokens:
        log.warning(
            "%s: its vocabulary has %s tokens, its model %s; are they of the same model?",
            folder,
            f"{len(found):,}",
            f"{tokens:,}",
        )
    return found


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeError as error:
        raise DataError(f"{path}: is not UTF-8", details=[str(error)]) from error


def _settings(folder: Path) -> dict[str, bool]:
    """What the folder says about case, accents and ideographs, by the keys of `tokenizer_config.json`, which wins.

    Nothing where it says nothing; a null says nothing either, but overrules `tokenizer.json`, as in transformers.
    """
    found: dict[str, Any] = {}
    for name, section in FILES.items():
        path = folder / name
        if not path.is_file():
            continue
        value = read_json(path)
        value = value if section is None else value.get(section) or {}
        if not isinstance(value, dict):
            raise DataError(f"{path}: the key {section!r} is no JSON object")
        for key, other in KEYS.items():
            there = key if section is None else other
            if there in value and key not in found:
                found[key] = _yes_or_no(value[there], f"{path}: the key {there!r}")
    return {key: value for key, value in found.items() if value is not None}


def _yes_or_no(value: Any, what: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise DataError(f"{what} is {value!r}", "wanted true, false or null")
    return value
