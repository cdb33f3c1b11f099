"""A checkpoint's tokenizer, from whichever of its files there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nlpx.encoders.pretrained.wordpiece import Split, Wordpiece, guess_lower
from nlpx.errors import DataError


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
        found = Wordpiece.from_json(_read(tokenizer), split=split)
    else:
        raise DataError(f"{folder}: there is neither vocab.txt nor tokenizer.json", "get its vocabulary too")
    if len(found) > tokens:
        raise DataError(
            f"{folder}: its vocabulary has {len(found)} tokens, its model only {tokens}",
            "vocabulary and weights are of different models",
        )
    found.lower = guess_lower(_settings(folder), found.vocabulary) if lower is None else lower
    return found


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeError as error:
        raise DataError(f"{path}: is not UTF-8", details=[str(error)]) from error


def _settings(folder: Path) -> dict[str, Any]:
    """What the folder says about case; nothing where it says nothing."""
    for name, key in (("tokenizer_config.json", None), ("tokenizer.json", "normalizer")):
        path = folder / name
        if path.is_file():
            value = json.loads(_read(path))
            value = value if key is None else value.get(key) or {}
            if isinstance(value, dict) and isinstance(
                value.get("do_lower_case", value.get("lowercase")), bool
            ):
                return {"do_lower_case": value.get("do_lower_case", value.get("lowercase"))}
    return {}
