"""Paragraphs from files of all kinds."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from nlpx.errors import DataError
from nlpx.pretraining import sources
from nlpx.pretraining.config import TextSource
from nlpx.pretraining.sources import LONGEST, files_of, input_files, paragraphs
from nlpx.tasks.sequence_labeling.data import read as task_read
from nlpx.text.holdout import is_held_out

TEXT = "第一段。\n\n  第二段，有 blanks。 \n第三段\n"
LINES = ["第一段。", "第二段，有 blanks。", "第三段"]


def read(path: Path, **options) -> list[str]:
    return list(paragraphs(TextSource(path=path, **options)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_found_out(tmp_path, encoding):
    (tmp_path / "a.txt").write_bytes(TEXT.encode(encoding))
    assert read(tmp_path / "a.txt") == LINES


def test_gzipped_files_are_read(tmp_path):
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(TEXT.encode()))
    assert read(tmp_path / "a.txt.gz") == LINES


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(TEXT.encode() * 999)[:-40])
    with pytest.raises(DataError, match=r"a\.txt\.gz: cannot be read"):
        read(tmp_path / "a.txt.gz")


def test_folders_and_patterns_mean_all_their_files_in_order(tmp_path):
    for name in ("b.txt", "deep/a.txt", ".hidden", "c.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"in {name}\n")
    assert read(tmp_path) == ["in b.txt", "in c.md", "in deep/a.txt"]
    assert read(tmp_path / "*.txt") == ["in b.txt"]
    assert [path.name for path in files_of(TextSource(path=tmp_path / "**/*.txt"))] == ["b.txt", "a.txt"]
    assert list(input_files([tmp_path, tmp_path / "c.md"])) == [
        "texts.0.0",
        "texts.0.1",
        "texts.0.2",
        "texts.1",
    ]


@pytest.mark.parametrize("name", ["none.txt", "none/*.txt"])
def test_files_that_are_not_there_are_named(tmp_path, name):
    with pytest.raises(DataError, match=r"there (is|are) no such"):
        read(tmp_path / name)


def test_a_line_without_end_comes_in_pieces(tmp_path):
    (tmp_path / "a.txt").write_text("长" * (LONGEST + 5))
    assert [len(text) for text in read(tmp_path / "a.txt")] == [LONGEST, 5]


def test_jsonl_gives_one_key(tmp_path):
    (tmp_path / "a.json").write_text("\n".join(json.dumps({"body": text}) for text in LINES))
    assert read(tmp_path / "a.json", format="jsonl", field="body") == LINES
    with pytest.raises(DataError, match=r"a\.json:1: is no JSON object with the key 'text'"):
        read(tmp_path / "a.json", format="jsonl")


def test_tables_give_one_column(tmp_path):
    (tmp_path / "a.csv").write_text('label,review\n1,"好,吃"\n0,\n0,冷\n')
    assert read(tmp_path / "a.csv", format="table", field="review") == ["好,吃", "冷"]
    (tmp_path / "A.CSV").write_text("text,n\n" + "长" * 200_000 + ",1\n")
    assert sum(map(len, read(tmp_path / "A.CSV", format="table"))) == 200_000
    (tmp_path / "b.tsv").write_text('好"吃\tyes\n冷\tno\n')
    assert read(tmp_path / "b.tsv", format="table", field="0") == ['好"吃', "冷"]
    with pytest.raises(DataError, match="has no column 'text'"):
        read(tmp_path / "a.csv", format="table")


def test_columns_give_their_tokens_joined(tmp_path):
    (tmp_path / "a.bio").write_text("科0 O\n技1 O\n\n北0 B-LOC\n京1 I-LOC\n")
    assert read(tmp_path / "a.bio", format="columns", first_character=True) == ["科技", "北京"]
    assert read(tmp_path / "a.bio", format="columns") == ["科0 技1", "北0 京1"]


def test_what_a_task_judges_by_is_left_out(tmp_path):
    texts = [f"第{number}条新闻" for number in range(200)]
    (tmp_path / "a.txt").write_text("\n".join(texts))
    left = read(tmp_path / "a.txt", without_holdout=0.1)
    assert left == [text for text in texts if not is_held_out(text, 0.1)]
    assert 150 < len(left) < 200


def test_one_broken_byte_does_not_change_the_encoding(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xff\n" + TEXT.encode() * 20)
    assert read(tmp_path / "a.txt") == ["\ufffd", *LINES * 20]
    (tmp_path / "short.txt").write_bytes("hello 世界".encode("gb18030"))
    assert read(tmp_path / "short.txt") == ["hello 世界"]


def test_the_encoding_is_found_out_behind_much_ascii(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LOOK", 64)
    (tmp_path / "a.txt").write_bytes(b"plain\n" * 40 + (TEXT * 9).encode("gb18030"))
    assert read(tmp_path / "a.txt") == ["plain"] * 40 + LINES * 9


def test_the_encoding_is_found_out_in_one_long_line_behind_short_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LOOK", 64)
    (tmp_path / "a.txt").write_bytes(b"plain\n" + ("中文" * 99).encode("gb18030"))
    assert read(tmp_path / "a.txt") == ["plain", "中文" * 99]


def test_what_is_no_text_is_refused_and_what_is_hidden_left_out(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref")
    (tmp_path / "a.txt").write_text("见")
    assert read(tmp_path) == ["见"]
    (tmp_path / "picture").write_bytes(b"\x89PNG\0\0\0")
    with pytest.raises(DataError, match="picture: is no text"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "options", "problem"),
    [
        (
            "a.csv",
            b'review\n"' + b"x" * 200_000,
            {"format": "table", "field": "review"},
            r"a\.csv:2: field larger",
        ),
        ("a.txt.gz", gzip.compress(TEXT.encode() * 999, mtime=0)[:30] + b"\xff" * 50, {}, "cannot be read"),
    ],
    ids=["quote", "gzip"],
)
def test_damage_in_the_middle_is_an_error_too(tmp_path, name, content, options, problem, monkeypatch):
    (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(sources, "LONGEST_CELL", 100_000)
    with pytest.raises(DataError, match=problem):
        read(tmp_path / name, **options)


def test_only_strings_are_texts(tmp_path):
    lines = [{"text": None}, {"text": "见\ud83d"}]
    (tmp_path / "a.json").write_text("\n".join(json.dumps(line) for line in lines))
    assert read(tmp_path / "a.json", format="jsonl") == ["见\ufffd"]
    (tmp_path / "a.json").write_text('{"text": ["a"]}')
    with pytest.raises(DataError, match=r"a\.json:1: 'text' is no string but \[\"a\"\]"):
        read(tmp_path / "a.json", format="jsonl")


COLUMNS = {
    "markers": "-DOCSTART- O\n\n# id = 1\nEU B-ORG\nrejects O\n\n\u3000 O\n科 O\n技 O\n\n",
    "a token #": "# O\n科 O\n技 O\n\n北 B-LOC\n京 I-LOC\n",
    "tabs": "#\tO\n科\tO\n\n# id = 7\n北\tB-LOC\n京\tI-LOC\n",
    "ids": "#id=1\n北 B-LOC\n京 I-LOC\n\n#id=2\n去 O\n了 O\n",
    "no labels": "# id = 1\nEU\nrejects\n\n#\nfirst\n",
    "four columns": "EU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n# a b c\nGerman JJ I-NP B-MISC\n",
}


@pytest.mark.parametrize("content", COLUMNS.values(), ids=COLUMNS)
def test_columns_are_put_together_as_the_task_does(tmp_path, content):
    (tmp_path / "a.bio").write_text(content)
    theirs = [example.text.strip() for example in task_read(tmp_path / "a.bio", "columns")[0]]
    assert read(tmp_path / "a.bio", format="columns") == theirs
    assert len(theirs) == 2


def test_long_texts_of_every_format_come_in_pieces(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"text": "长" * (LONGEST + 5)}))
    assert [len(text) for text in read(tmp_path / "a.json", format="jsonl")] == [LONGEST, 5]
