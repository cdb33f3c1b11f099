"""Texts as packed blocks of tokens, read once and kept by what they hold."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from nlpx.encoders.pretrained.wordpiece import Wordpiece
from nlpx.errors import DataError
from nlpx.pretraining.blocks import Blocks, as_numbers
from nlpx.pretraining.config import PretrainingConfig, TextSource
from nlpx.pretraining.packing import ENDS, Packer
from nlpx.pretraining.sources import as_sources, files_of, paragraphs
from nlpx.pretraining.vocabulary import count_vocabulary
from nlpx.runs.artefacts import digest
from nlpx.runs.atomic import atomic_json, atomic_write, atomic_writer
from nlpx.text.holdout import is_held_out
from nlpx.text.segmentation import cut, segmenter
from nlpx.text.vector_cache import cache_folder

FORMAT = 1
AT_ONCE = 2_000
"""Paragraphs that are held in memory."""

SMOKE = 300
"""Paragraphs of each file in a smoke run."""

FACTS, VOCABULARY = "facts.json", "vocab.txt"

log = logging.getLogger("nlpx")


@dataclass(frozen=True)
class Corpus:
    """What is trained on, and what judges.

    Attributes:
        tokenizer: whose ids the blocks hold.
        train, dev: blocks; no paragraph is in both.
        facts: counts, for the manifest.
    """

    tokenizer: Wordpiece
    train: Blocks
    dev: Blocks
    facts: dict[str, Any]


def open_corpus(config: PretrainingConfig, given: Wordpiece | None, *, smoke: bool = False) -> Corpus:
    """The texts of a config as blocks, from the cache where it has them.

    Args:
        given: the tokenizer; None to count a vocabulary.
        smoke: a few paragraphs of each file only.

    Raises:
        DataError: a file is missing or damaged, or the texts are too few.
        DiskError: the cache folder cannot be written; NLPX_CACHE names another.
    """
    folder = cache_folder() / f"pretraining-{_key(config, given, smoke=smoke)}"
    if not (folder / FACTS).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _make(folder, config, given, SMOKE if smoke else None)
    facts = json.loads((folder / FACTS).read_text("utf-8"))
    tokenizer = given or Wordpiece.from_text(
        (folder / VOCABULARY).read_text("utf-8"), lower=config.vocabulary.lower_case
    )
    length = config.objective.length
    train, dev = (Blocks(folder / f"{split}.bin", length, len(tokenizer)) for split in ("train", "dev"))
    if (len(train), len(dev)) != (facts["train"], facts["dev"]):
        shutil.rmtree(folder)  # cut by hand
        return open_corpus(config, given, smoke=smoke)
    return Corpus(tokenizer, train, dev, facts)


def _key(config: PretrainingConfig, given: Wordpiece | None, *, smoke: bool) -> str:
    """A name for all that decides the blocks: the bytes of the files, not where they are."""
    sources = [
        [
            source.model_dump(mode="json", exclude={"path"}),
            [digest(file)["sha256"] for file in files_of(source)],
        ]
        for source in as_sources(config.data.texts)
    ]
    tokens: Any = config.vocabulary.model_dump(mode="json", exclude={"file"})
    if given is not None:
        tokens = [given.to_text(), given.lower, given.strip_accents, given.ideographs]
    said = [FORMAT, sources, tokens, config.data.holdout, config.objective.length, smoke]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]


def _make(folder: Path, config: PretrainingConfig, given: Wordpiece | None, most: int | None) -> None:
    sources, share = as_sources(config.data.texts), config.data.holdout
    tokenizer = given
    if tokenizer is None:
        log.info("counting the vocabulary")
        training = (text for text in _all(sources, most) if not is_held_out(text, share))
        wanted = config.vocabulary
        tokens = count_vocabulary(
            training, size=wanted.size, min_count=1 if most else wanted.min_count, lower=wanted.lower_case
        )
        tokenizer = Wordpiece(tokens, lower=wanted.lower_case)
        atomic_write(folder / VOCABULARY, tokenizer.to_text())
    log.info("cutting the texts into blocks of %d tokens", config.objective.length)
    with atomic_writer(folder / "train.bin", "wb") as train, atomic_writer(folder / "dev.bin", "wb") as dev:
        packing = _Packing(tokenizer, config.objective.length, share, {"train": train, "dev": dev})
        texts = _all(sources, most)
        while some := list(islice(texts, AT_ONCE)):
            packing.add(some)
        facts = packing.end()
    if not facts["train"] or not facts["dev"]:
        raise DataError(
            f"the texts make {facts['train']} blocks to train on and {facts['dev']} to judge by",
            "give more text, shorter blocks (objective.length), or a larger share to judge by (data.holdout)",
        )
    atomic_json(folder / FACTS, facts | {"vocabulary": len(tokenizer)})


def _all(sources: Iterable[TextSource], most: int | None) -> Iterator[str]:
    for source in sources:
        yield from paragraphs(source, most)


class _Packing:
    """Paragraphs to the blocks of two files."""

    def __init__(self, tokenizer: Wordpiece, length: int, share: float, files: dict[str, Any]) -> None:
        self.tokenizer, self.share = tokenizer, share
        self.counts: dict[str, int] = dict.fromkeys([*files, "paragraphs", "tokens", "unknown"], 0)
        ends = np.array([i for i, token in enumerate(tokenizer.vocabulary) if token in set(ENDS)])
        special = {"pad": 0} | tokenizer.special
        self.packers = {
            split: Packer(length, special, ends, self._writer(split, file)) for split, file in files.items()
        }

    def _writer(self, split: str, file: Any) -> Any:
        def write(ids: np.ndarray, begins: np.ndarray) -> None:
            file.write(as_numbers(ids, begins, len(self.tokenizer)))
            self.counts[split] += 1

        return write

    def add(self, texts: list[str]) -> None:
        for text, (ids, offsets) in zip(texts, self.tokenizer.encode_many(texts), strict=True):
            if not len(ids):
                continue
            self.packers["dev" if is_held_out(text, self.share) else "train"].add(
                ids, word_begins(text, offsets)
            )
            self.counts["paragraphs"] += 1
            self.counts["tokens"] += len(ids)
            self.counts["unknown"] += int((ids == self.tokenizer.special["unk"]).sum())

    def end(self) -> dict[str, int]:
        for packer in self.packers.values():
            packer.flush()
        return self.counts


def word_begins(text: str, offsets: np.ndarray) -> np.ndarray:
    """Whether a word begins at each token `(tokens,)` bool; the pieces of a Latin word are one word.

    Args:
        offsets: half-open characters of each token `(tokens, 2)`.
    """
    words = segmenter()(text)
    if sum(map(len, words)) != len(text):  # it dropped something
        words = cut(text)
    begins = np.zeros(len(text) + 1, bool)
    begins[np.cumsum([0, *map(len, words)])] = True
    return begins[offsets[:, 0]]
