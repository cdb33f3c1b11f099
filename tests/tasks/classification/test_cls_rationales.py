"""Formats that say which words carry the label, and real files of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nlpx.errors import DataError
from nlpx.tasks.classification.data import files_of
from nlpx.tasks.classification.data import read as read_file
from tests.tasks.classification.cls_samples import read

REVIEW = {
    "annotation_id": "neg_1",
    "classification": "NEG",
    "evidences": [[{"docid": "neg_1", "start_token": 2, "end_token": 4, "text": "so dull"}]],
}


@pytest.fixture
def eraser(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "neg_1").write_text("it is\nso dull .\n", encoding="utf-8")
    path = tmp_path / "val.jsonl"
    path.write_text(json.dumps(REVIEW) + "\n", encoding="utf-8")
    return path


def test_eraser_points_into_documents(eraser):
    [example], report = read_file(eraser)
    assert (report.format, example.id, example.labels) == ("eraser", "neg_1", ("NEG",))
    assert [example.text[s:e] for s, e in example.rationale] == ["so dull"]
    assert list(files_of(eraser)) == ["", "/docs/neg_1"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"end_token": 99}, "outside the 5 tokens"),
        ({"docid": "../x"}, "no document '../x'"),
        ({"docid": "none"}, "no document 'none'"),
    ],
)
def test_eraser_pointers_are_checked(eraser, change, why):
    row = {**REVIEW, "evidences": [[{**REVIEW["evidences"][0][0], **change}]]}
    _, source = read(eraser, "eraser", json.dumps(row))
    assert why in source.bad.first[0][1]


def test_opinions_are_rationales_of_their_polarity(tmp_path):
    (tmp_path / "train_labels.csv").write_text(
        "id,O_start,O_end,Polarities\n1,0,2,正面\n1,3,5,正面\n1,6,7,负面\n2, , ,中性\n", encoding="utf-8"
    )
    path = tmp_path / "train_reviews.csv"
    examples, _ = read(path, "opinions", "id,Reviews\n1,很好，超值，贵\n2,收到了\n3,没有标\n")
    assert [(one.id, one.labels, one.rationale) for one in examples] == [
        ("1", ("正面",), [(0, 2), (3, 5)]),
        ("2", ("中性",), []),
    ]
    assert list(files_of(path, "opinions")) == ["", "/train_labels.csv"]
    with pytest.raises(DataError, match="no opinions beside it"):
        read(tmp_path / "a.csv", "opinions", "id,Reviews\n1,x\n")


def data_folder() -> Path:
    folder = os.environ.get("NLPX_DATA", "")
    if not folder or not (Path(folder) / "rationale").is_dir():
        pytest.skip("NLPX_DATA names no folder with the real datasets")
    return Path(folder)


@pytest.mark.parametrize(
    ("name", "format", "examples", "labels"),
    [
        ("rationale/eraser_movies/val.jsonl", "auto", 200, 2),
        ("rationale/zhijiang/train_reviews.csv", "opinions", 2200, 3),
        ("cls/chnsenticorp/train.tsv", "auto", 9600, 2),
        ("cls/tnews/dev_first5000.tsv", "auto", 5000, 15),
        ("cls/waimai/waimai_10k.csv", "auto", 11987, 2),
        ("cls/sst/dev.txt", "auto", 872, 2),
    ],
)
def test_real_files_are_read_whole(name, format, examples, labels):
    found, report = read_file(data_folder() / name, format)
    assert (len(found), len(report.labels), report.bad_lines) == (examples, labels, 0)
