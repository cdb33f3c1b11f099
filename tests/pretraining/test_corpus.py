"""Texts to blocks: what judges, what is read again, what is kept."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from nlpx.encoders.pretrained.wordpiece import Wordpiece
from nlpx.errors import DataError
from nlpx.pretraining import corpus
from nlpx.pretraining.batches import BlockBatches, judged_batches
from nlpx.pretraining.config import ObjectiveConfig, PretrainingConfig
from nlpx.pretraining.corpus import open_corpus, word_begins
from nlpx.pretraining.objectives import Objective
from nlpx.runs.atomic import DiskError

LENGTH = 16
CHARACTERS = [chr(0x4E00 + index) for index in range(60)]


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))
    random = np.random.default_rng(0)
    lines = ["".join(random.choice(CHARACTERS, 12)) for _ in range(400)]
    (tmp_path / "a.txt").write_text("\n".join(lines))

    def make(holdout=0.1, min_count=1, **source):
        return PretrainingConfig.model_validate(
            {
                "data": {"texts": [{"path": str(tmp_path / "a.txt"), **source}], "holdout": holdout},
                "vocabulary": {"size": 200, "min_count": min_count},
                "objective": {"length": LENGTH},
            }
        )

    return make


def paragraphs_of(found, blocks):
    """The texts of blocks again, each once per occurrence."""
    rows, _ = blocks[np.arange(len(blocks))]
    ids = rows[rows != found.tokenizer.special["pad"]]
    text = "".join(found.tokenizer.vocabulary[i] for i in ids).replace("[CLS]", "")
    return [part for part in text.split("[SEP]") if part]


def test_texts_without_those_of_a_task_judge_too(config):
    found = open_corpus(config(without_holdout=0.3), None)
    assert 10 < len(paragraphs_of(found, found.dev)) < 80


def test_texts_are_trained_on_again_but_judge_and_are_counted_once(config):
    once, twice = (open_corpus(config(repeat=number), None) for number in (1, 2))
    assert sorted(paragraphs_of(twice, twice.dev)) == sorted(paragraphs_of(once, once.dev))
    assert sorted(paragraphs_of(twice, twice.train)) == sorted(paragraphs_of(once, once.train) * 2)
    assert twice.tokenizer.vocabulary == once.tokenizer.vocabulary


def test_a_vocabulary_that_knows_nothing_is_an_error_and_one_that_knows_little_a_warning(config, caplog):
    with pytest.raises(DataError, match="knows none of the tokens"):
        open_corpus(config(min_count=10_000), None)
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    with caplog.at_level(logging.WARNING, "nlpx"):
        open_corpus(config(), Wordpiece([*special, *CHARACTERS[:40]]))
    assert "% of the tokens are not in the vocabulary" in caplog.text


DAMAGES = {
    "no blocks": ("train.bin", None),
    "no vocabulary": ("vocab.txt", None),
    "a shorter vocabulary": ("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"),
    "another file": ("vocab.txt", "words\n"),
    "half of the facts": ("facts.json", "{"),
    "no facts": ("facts.json", "[]"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_kept_heals(config, damage, tmp_path, caplog):
    before = open_corpus(config(), None)
    [folder] = (tmp_path / "cache").iterdir()
    name, content = DAMAGES[damage]
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content)
    with caplog.at_level(logging.WARNING, "nlpx"):
        after = open_corpus(config(), None)
    assert "the texts are cut again" in caplog.text
    assert len(after.train) == len(before.train)


def test_two_trainings_at_once_cut_the_texts_once(config, monkeypatch):
    make, made = corpus._make, []

    def slowly(*arguments, **options):
        made.append(1)
        time.sleep(0.3)
        make(*arguments, **options)

    monkeypatch.setattr(corpus, "_make", slowly)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: open_corpus(config(), None), range(2))
    assert len(made) == 1
    assert one.facts == other.facts


def test_a_smoke_run_always_has_something_to_judge(config):
    found = open_corpus(config(holdout=0.001), None, smoke=True)
    assert len(found.dev) > 2


def test_it_does_not_matter_how_many_texts_are_cut_at_once(config, monkeypatch, tmp_path):
    one = open_corpus(config(), None)
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "other"))
    monkeypatch.setattr(corpus, "AT_ONCE", 30)
    other = open_corpus(config(), None)
    assert paragraphs_of(one, one.train) == paragraphs_of(other, other.train)


def test_pieces_of_a_word_do_not_begin_one():
    tokenizer = Wordpiece(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "北", "京", "大", "学", "ke", "##ras", "在"])
    text = "在北京大学 keras"
    tokens = tokenizer.encode(text)
    assert [tokenizer.vocabulary[i] for i in tokens.ids] == ["在", "北", "京", "大", "学", "ke", "##ras"]
    assert word_begins(text, tokens.offsets).tolist() == [True, True, False, False, False, True, False]


def test_each_pass_has_every_block_once_and_other_masks(config):
    found = open_corpus(config(), None)
    objective = Objective(config().objective, found.tokenizer)
    batches = BlockBatches(found.train, objective, batch_size=7, steps=5, seed=3)
    rows = np.concatenate([batches.batch(number)[1] for number in range(len(found.train))])
    for number in range(7):
        part = rows[number * len(found.train) : (number + 1) * len(found.train)]
        assert sorted(part) == list(range(len(found.train)))
    again = [(batch["ids"], rows) for batch, rows in batches.epoch(2, start=3)]
    assert len(again) == 2
    np.testing.assert_array_equal(again[0][0], batches.batch(13)[0]["ids"])


def test_what_judges_does_not_depend_on_the_size_of_batches(config):
    found = open_corpus(config(), None)
    objective = Objective(config().objective, found.tokenizer)

    def judged(batch_size):
        batches = list(judged_batches(found.dev, objective, batch_size=batch_size, most=20))
        joined = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
        counted = joined["weights"].sum(axis=1) > 0
        return joined["ids"][counted], joined["targets"][counted]

    for one, other in zip(judged(4), judged(9), strict=True):
        np.testing.assert_array_equal(one, other)


def test_blocks_longer_than_the_text_are_an_error_and_few_that_judge_a_warning(config, caplog):
    open_corpus(config(holdout=0.02), None)
    assert "of held-out text judge" in caplog.text
    long = config(holdout=0.5).model_copy(update={"objective": ObjectiveConfig(length=9000)})
    with pytest.raises(DataError, match="one block of 9,000 tokens holds more than all of the text"):
        open_corpus(long, None)


def test_what_is_likely_a_mistake_is_said_once(config, tmp_path, caplog):
    (tmp_path / "b.jsonl").write_text("\n".join(f'{{"text": "第{n}句话"}}' for n in range(99)))
    (tmp_path / "empty.txt").write_text("")
    asked = config()
    asked.data.texts.extend([tmp_path / "b.jsonl", tmp_path / "empty.txt"])
    open_corpus(asked, None)
    assert caplog.text.count("b.jsonl: is read as text, braces and all") == 1
    assert caplog.text.count("empty.txt: is empty") == 1


def test_a_cache_that_cannot_be_made_is_named(config, tmp_path, monkeypatch):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "a.txt"))
    asked = config()
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "a.txt"))
    with pytest.raises(DiskError, match="cannot make this folder") as caught:
        open_corpus(asked, None)
    assert "NLPX_CACHE" in caught.value.todo
