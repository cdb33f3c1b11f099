"""The synthetic entity-linking sample is what its README promises."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

SIZES = {"train.json": 2000, "dev.json": 400, "test.json": 400}
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def folder() -> Path:
    return Path(__file__).resolve().parents[2] / "data" / "samples" / "el"


@pytest.fixture(scope="module")
def sample(folder: Path) -> Rows:
    return {
        name: [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]
        for name in ["kb_data", *SIZES]
    }


@pytest.fixture(scope="module")
def names(sample: Rows) -> Counter[str]:
    """How many entities have each surface."""
    return Counter(name for row in sample["kb_data"] for name in {row["subject"], *row["alias"]})


@pytest.fixture(scope="module")
def frames(folder: Path) -> SimpleNamespace:
    """The module that deals lines to the splits."""
    return SimpleNamespace(**runpy.run_path(str(folder / "frames.py")))


def fold(text: str) -> str:
    return text.lower().replace("•", "·")


def surfaces(rows: list[dict[str, Any]]) -> set[str]:
    """Surfaces linked to an entity."""
    return {
        fold(mention["mention"])
        for row in rows
        for mention in row["mention_data"]
        if mention["kb_id"] != "NIL"
    }


def test_make_py_gives_the_files_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-B", str(folder / "make.py"), str(tmp_path)], check=True)
    for name in ["kb_data", *SIZES]:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_folder_stays_small(folder: Path) -> None:
    files = [path for pattern in ("*.*", "kb_data", "entities/*.txt") for path in folder.glob(pattern)]
    assert sum(path.stat().st_size for path in files if path.is_file()) < 2_000_000


def test_the_knowledge_base_has_the_official_fields(sample: Rows) -> None:
    rows = sample["kb_data"]
    assert len(rows) >= 600
    assert len({row["subject_id"] for row in rows}) == len(rows)
    for row in rows:
        assert list(row) == ["alias", "subject_id", "subject", "type", "data"]
        assert all(list(pair) == ["predicate", "object"] and pair["object"] for pair in row["data"])


def test_many_surfaces_are_ambiguous(sample: Rows, names: Counter[str]) -> None:
    words = {row["subject"] for row in sample["kb_data"] if row["type"] == ["Vocabulary"]}
    assert sum(count > 1 for name, count in names.items() if name not in words) >= 150
    assert {"苹果", "李娜", "长城", "小米"} <= {name for name, count in names.items() if count > 1}
    assert {"高兴", "希望", "胜利"} <= {word for word in words if names[word] > 1}


def test_the_quirks_of_the_original_are_there(sample: Rows) -> None:
    rows = sample["kb_data"]
    assert any(row["alias"] and row["subject"] not in row["alias"] for row in rows)
    assert any(not row["alias"] for row in rows)
    assert any(len(set(row["alias"])) < len(row["alias"]) for row in rows)
    assert any(not row["data"] for row in rows)


@pytest.mark.parametrize("name", SIZES)
def test_every_mention_is_a_slice_of_its_text_and_its_id_exists(sample: Rows, name: str) -> None:
    rows, ids = sample[name], {row["subject_id"] for row in sample["kb_data"]} | {"NIL"}
    assert [row["text_id"] for row in rows] == [str(number) for number in range(1, SIZES[name] + 1)]
    for row in rows:
        end = 0
        for mention in row["mention_data"]:
            start = int(mention["offset"])
            assert start >= end, row
            end = start + len(mention["mention"])
            assert row["text"][start:end] == mention["mention"], row
            assert mention["kb_id"] in ids, row


@pytest.mark.parametrize("name", SIZES)
def test_some_mentions_are_nil(sample: Rows, name: str) -> None:
    found = [mention["kb_id"] for row in sample[name] for mention in row["mention_data"]]
    assert 0.08 < found.count("NIL") / len(found) < 0.2


def test_texts_are_short_and_none_repeats(sample: Rows) -> None:
    texts = [row["text"] for name in SIZES for row in sample[name]]
    assert len(set(texts)) == sum(SIZES.values())
    assert {len(text) for text in texts} <= set(range(6, 41))


def check_disjoint(shares: dict[str, list[str]]) -> None:
    train, dev, test = (set(shares[split]) for split in ("train", "dev", "test"))
    assert all([train, dev, test])
    assert len(train | dev | test) == len(train) + len(dev) + len(test)


def test_frames_belong_to_one_split(frames: SimpleNamespace) -> None:
    dealt = frames.by_kind()
    check_disjoint({split: [line for group in dealt[split].values() for line in group] for split in dealt})
    for kind in dealt["train"]:
        check_disjoint({split: dealt[split][kind] for split in dealt})


def test_titles_clauses_and_nil_sentences_belong_to_one_split(frames: SimpleNamespace) -> None:
    for name in ("titles.txt", "fillers.txt"):
        check_disjoint(frames.deal(frames.lines(name), name))
    check_disjoint(frames.unknown()[0])


@pytest.mark.parametrize("name", ["dev.json", "test.json"])
def test_a_quarter_of_the_surfaces_occur_nowhere_in_train(sample: Rows, name: str) -> None:
    train = "\n".join(fold(row["text"]) for row in sample["train.json"])
    asked = surfaces(sample[name])
    assert 0.22 <= sum(surface not in train for surface in asked) / len(asked) <= 0.35


@pytest.mark.parametrize("name", SIZES)
def test_linked_surfaces_are_in_the_dictionary(sample: Rows, names: Counter[str], name: str) -> None:
    assert surfaces(sample[name]) <= {fold(known) for known in names}


@pytest.mark.parametrize("name", ["dev.json", "test.json"])
def test_the_dictionary_alone_is_not_enough(sample: Rows, name: str) -> None:
    first: dict[str, str] = {}
    for row in sample["kb_data"]:
        for known in [row["subject"], *row["alias"]]:
            first.setdefault(fold(known), row["subject_id"])
    predicted, gold = set(), set()
    for row in sample[name]:
        predicted |= {
            (row["text_id"], start, first[surface]) for start, surface in longest(row["text"], first)
        }
        gold |= {
            (row["text_id"], int(m["offset"]), m["kb_id"]) for m in row["mention_data"] if m["kb_id"] != "NIL"
        }
    assert 2 * len(predicted & gold) / (len(predicted) + len(gold)) < 0.55


def longest(text: str, known: dict[str, str]) -> list[tuple[int, str]]:
    """Longest matches from the left."""
    found, start, text = [], 0, fold(text)
    while start < len(text):
        ends = range(len(text), start, -1)
        surface = next((text[start:end] for end in ends if text[start:end] in known), "")
        if surface:
            found.append((start, surface))
        start += len(surface) or 1
    return found
