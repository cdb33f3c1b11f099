"""Texts as packed blocks of tokens, read once and kept by what they hold."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from nlpx.encoders.pretrained.wordpiece import Wordpiece
from nlpx.errors import DataError
from nlpx.pretraining.blocks import Blocks, as_numbers
from nlpx.pretraining.config import PretrainingConfig
from nlpx.pretraining.packing import ENDS, Packer
from nlpx.pretraining.sources import as_sources, files_of, paragraphs, say_odd
from nlpx.pretraining.vocabulary import count_vocabulary
from nlpx.runs.artefacts import digest
from nlpx.runs.atomic import DiskError, atomic_json, atomic_write, atomic_writer, sweep
from nlpx.runs.lock import waited_for
from nlpx.text.holdout import is_held_out
from nlpx.text.segmentation import cut, segmenter
from nlpx.text.vector_cache import cache_folder

FORMAT = 3
AT_ONCE = 1_000_000
"""Characters that are held in memory."""

SMOKE, SMOKE_HOLDOUT = 300, 0.1
"""Paragraphs of each file in a smoke run, and the least share of them that judges."""

HOLDOUT_SEED = 1
"""Another one than that of tasks, so that texts without those of a task's hold-out can judge, too."""

MANY_UNKNOWN = 0.1
"""Share of unknown tokens from which on the vocabulary does not seem to be that of the texts."""

FEW = 20
"""Blocks of held-out text from which on a loss tells something."""

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
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise DiskError(
            f"{folder}: cannot make this folder: {why}", "name another cache in NLPX_CACHE"
        ) from error
    # Two trainings of the same texts, of two seeds for example, may begin at once: one cuts, the other waits.
    with waited_for(folder, "another process is cutting the same texts; waiting for it"):
        found = _kept(folder, config, given)
        if found is None:
            sweep(folder)
            _make(folder, config, given, smoke=smoke)
            found = _opened(folder, config, given)
    _say_odd_facts(found.facts)
    return found


def _kept(folder: Path, config: PretrainingConfig, given: Wordpiece | None) -> Corpus | None:
    """What was cut before; None where there is nothing, or it is damaged, which the log says."""
    if not (folder / FACTS).is_file():
        return None
    try:
        return _opened(folder, config, given)
    except (OSError, ValueError, KeyError, TypeError, DataError) as error:
        log.warning("the texts are cut again, because what is kept of them is damaged: %s", error)
        (folder / FACTS).unlink()
        return None


def _opened(folder: Path, config: PretrainingConfig, given: Wordpiece | None) -> Corpus:
    """Raises OSError, ValueError, KeyError, TypeError or DataError where the folder is not as `_make` left it."""
    facts = json.loads((folder / FACTS).read_text("utf-8"))
    tokenizer = given or Wordpiece.from_text(
        (folder / VOCABULARY).read_text("utf-8"), lower=config.vocabulary.lower_case
    )
    if len(tokenizer) != facts["vocabulary"]:
        raise ValueError(f"the vocabulary has {len(tokenizer)} tokens, wanted {facts['vocabulary']}")
    length = config.objective.length
    train, dev = (Blocks(folder / f"{split}.bin", length, len(tokenizer)) for split in ("train", "dev"))
    if (len(train), len(dev)) != (facts["train"], facts["dev"]):
        raise ValueError("blocks are missing")
    return Corpus(tokenizer, train, dev, facts)


def _key(config: PretrainingConfig, given: Wordpiece | None, *, smoke: bool) -> str:
    """A name for all that decides the blocks: the bytes of the files, not where they are."""
    sources = [
        [
            source.model_dump(mode="json", exclude={"path"}),
            [[digest(file)["sha256"], file.suffixes] for file in files_of(source)],
        ]
        for source in as_sources(config.data.texts)
    ]
    tokens: Any = config.vocabulary.model_dump(mode="json", exclude={"file"})
    if given is not None:
        tokens = [given.to_text(), given.state()]
    libraries = [version(name) for name in ("rjieba", "tokenizers")]
    said = [FORMAT, libraries, sources, tokens, config.data.holdout, config.objective.length, smoke]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]


def _make(folder: Path, config: PretrainingConfig, given: Wordpiece | None, *, smoke: bool) -> None:
    sources, most = as_sources(config.data.texts), SMOKE if smoke else None
    share = max(config.data.holdout, SMOKE_HOLDOUT) if smoke else config.data.holdout
    for source in sources:
        say_odd(source)
    tokenizer = given
    if tokenizer is None:
        log.info("counting the vocabulary")
        texts = chain.from_iterable(paragraphs(source, most) for source in sources)
        wanted = config.vocabulary
        tokens = count_vocabulary(
            (text for text in texts if not _judges(text, share)),
            size=wanted.size,
            min_count=1 if smoke else wanted.min_count,
            lower=wanted.lower_case,
        )
        tokenizer = Wordpiece(tokens, lower=wanted.lower_case)
        atomic_write(folder / VOCABULARY, tokenizer.to_text())
    log.info("cutting the texts into blocks of %d tokens", config.objective.length)
    with atomic_writer(folder / "train.bin", "wb") as train, atomic_writer(folder / "dev.bin", "wb") as dev:
        packing = _Packing(tokenizer, config.objective.length, share, {"train": train, "dev": dev})
        for source in sources:
            for number in range(source.repeat):
                for some in _batches(paragraphs(source, most)):
                    packing.add(some, again=number > 0)
        facts = packing.end()
    _check(facts | {"length": config.objective.length})
    atomic_json(folder / FACTS, facts | {"vocabulary": len(tokenizer)})


def _judges(text: str, share: float) -> bool:
    return is_held_out(text, share, HOLDOUT_SEED)


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    """Lists of texts with about `AT_ONCE` characters each."""
    some: list[str] = []
    held = 0
    for text in texts:
        some.append(text)
        held += len(text)
        if held >= AT_ONCE:
            yield some
            some, held = [], 0
    if some:
        yield some


def _check(facts: dict[str, int]) -> None:
    tokens, unknown = facts["tokens"], facts["unknown"]
    if not facts["train"] or not facts["dev"]:
        raise DataError(
            f"the texts make {facts['train']} blocks to train on and {facts['dev']} to judge by",
            "give more text, shorter blocks (objective.length), or a larger share to judge by (data.holdout)",
        )
    if facts["train"] == 1 and tokens < facts["length"]:
        raise DataError(
            f"one block of {facts['length']:,} tokens holds more than all of the text, which has {tokens:,}",
            "give more text, or shorter blocks (objective.length)",
        )
    if unknown == tokens > 0:
        raise DataError(
            "the vocabulary knows none of the tokens of the texts",
            "lower vocabulary.min_count, or name another vocabulary.file or checkpoint",
        )


def _say_odd_facts(facts: dict[str, Any]) -> None:
    """Warn of what makes a pretraining worth little, whether the texts were cut just now or before."""
    if facts["dev"] < FEW:
        log.warning(
            "%d block%s of held-out text judge%s; give a larger data.holdout for figures that can be trusted",
            facts["dev"],
            *(("", "s") if facts["dev"] == 1 else ("s", "")),
        )
    tokens, unknown = facts["tokens"], facts["unknown"]
    if unknown > MANY_UNKNOWN * tokens:
        log.warning(
            "%.0f %% of the tokens are not in the vocabulary; is it that of these texts?",
            100 * unknown / tokens,
        )
    if facts["damaged"]:
        log.warning(
            "%s paragraphs hold U+FFFD, which stands for bytes that could not be read",
            f"{facts['damaged']:,}",
        )


class _Packing:
    """Paragraphs to the blocks of two files."""

    def __init__(self, tokenizer: Wordpiece, length: int, share: float, files: dict[str, Any]) -> None:
        self.tokenizer, self.share = tokenizer, share
        self.counts = dict.fromkeys([*files, "paragraphs", "tokens", "unknown", "damaged"], 0)
        ends = np.array([i for i, token in enumerate(tokenizer.vocabulary) if token in set(ENDS)])
        self.packers = {
            split: Packer(length, tokenizer.special, ends, self._writer(split, file))
            for split, file in files.items()
        }

    def _writer(self, split: str, file: Any) -> Any:
        def write(ids: np.ndarray, begins: np.ndarray) -> None:
            file.write(as_numbers(ids, begins, len(self.tokenizer)))
            self.counts[split] += 1

        return write

    def add(self, texts: list[str], *, again: bool) -> None:
        """Take in texts; where they come `again` they are not counted, and those that judge are left out."""
        for text, (ids, offsets) in zip(texts, self.tokenizer.encode_many(texts), strict=True):
            judges = _judges(text, self.share)
            if not len(ids) or (judges and again):
                continue
            self.packers["dev" if judges else "train"].add(ids, word_begins(text, offsets))
            if again:
                continue
            self.counts["paragraphs"] += 1
            self.counts["damaged"] += "\ufffd" in text
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
