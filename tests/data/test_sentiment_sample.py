"""The synthetic reviews: what their README says of them is true."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from types import ModuleType

import pytest

SIZES = {"train": 1200, "dev": 300, "test": 300}


@pytest.fixture(scope="module")
def folder(pytestconfig):
    return pytestconfig.rootpath / "data" / "samples" / "sentiment"


@pytest.fixture(scope="module")
def splits(folder):
    return {
        name: [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in SIZES
    }


@pytest.fixture(scope="module")
def make(folder) -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sentiment", folder / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_files_are_those_of_the_generator(make, folder, tmp_path, monkeypatch):
    for name in ("words.yaml", "frames.txt"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    monkeypatch.setattr(make, "HERE", tmp_path)
    make.main()
    for name in SIZES:
        assert (tmp_path / f"{name}.jsonl").read_bytes() == (folder / f"{name}.jsonl").read_bytes()


def test_sizes_balance_and_no_text_twice(splits):
    assert {name: len(rows) for name, rows in splits.items()} == SIZES
    texts = [row["text"] for rows in splits.values() for row in rows]
    assert len(set(texts)) == len(texts)
    for rows in splits.values():
        assert 0.45 < Counter(row["label"] for row in rows)["positive"] / len(rows) < 0.55


def test_every_text_has_a_rationale_inside_it(splits):
    for rows in splits.values():
        for row in rows:
            spans = row["rationale"]
            assert spans == sorted(spans)
            assert spans
            assert all(0 <= start < end <= len(row["text"]) for start, end in spans)
            assert sum(end - start for start, end in spans) < len(row["text"])


def test_dev_and_test_hold_words_that_train_never_shows(make, splits):
    writer = make.Writer("train")
    kept = [word for part in writer.words.values() for label in make.LABELS for word in part[label]
            if make.is_kept(word, make.WORDS_KEPT)]  # fmt: skip
    # A short word may be part of another one, so only long ones tell.
    kept = [word for word in kept if len(word) > 1]
    shares = {
        name: sum(any(word in row["text"] for word in kept) for row in rows) / len(rows)
        for name, rows in splits.items()
    }
    assert shares["train"] < 0.05
    assert min(shares["dev"], shares["test"]) > 0.15
