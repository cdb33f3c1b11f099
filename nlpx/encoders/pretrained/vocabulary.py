"""A checkpoint's tokenizer, from whichever of its files there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nlpx.encoders.pretrained.files import read_json
from nlpx.encoders.pretrained.wordpiece import Split, Wordpiece, guess_lower
from nlpx.errors import DataError

FILES = {"tokenizer_config.json": None, "tokenizer.json": "normalizer"}
"""Where a folder's settings are, and in which section."""

KEYS = {
    "do_lower_case": "lowercase",
    "strip_accents": "strip_accents",
    "tokenize_chinese_chars": "handle_chinese_chars",
    "clean_text": "clean_text",
}
"""What each setting is called in `tokenizer_config.json`, and in `tokenizer.json`."""


def read_tokenizer(
    folder: Path, tokens: int, *, lower: bool | None = None, split: Split = "wordpiece"
) -> Wordpiece:
    """The tokenizer of a folder with `vocab.txt` or `tokenizer.json`.

    Args:
        tokens: rows of the model's table of tokens.
        lower: fold case; None for what the folder says.

    Raises:
        DataError: there is no vocabulary, or it holds more tokens than the model.
    """
    text, tokenizer = folder / "vocab.txt", folder / "tokenizer.json"
    if text.is_file():
        found = Wordpiece.from_text(_read(text), split=split)
    elif tokenizer.is_file():
        found = Wordpiece.from_json(_read(tokenizer), source=str(tokenizer), split=split)
    else:
        raise DataError(f"{folder}: there is neither vocab.txt nor tokenizer.json", "get its vocabulary too")
    if len(found) > tokens:
        raise DataError(
            f"{folder}: its vocabulary has {len(found)} tokens, its model only {tokens}",
            "vocabulary and weights are of different models",
        )
    said = _settings(folder)
    found.lower = guess_lower(said, found.vocabulary) if lower is None else lower
    found.strip_accents = said.get("strip_accents")
    found.ideographs = said.get("tokenize_chinese_chars", True)
    found.clean = said.get("clean_text", True)
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
