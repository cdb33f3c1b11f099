"""Missing data: the error says what the file is, where to get it and where to put it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlpx.config.catalogue import read_catalogue, require_file
from nlpx.errors import DataError

CATALOGUE = """
ner/msra:
  title: MSRA
  files: [train.bio]
  get: https://example.org/msra
  note: One character a line.
ner/msra/extra: {title: More MSRA, get: 'https://example.org/more'}
vectors: {title: Vectors, files: [chars.npz], get: 'https://example.org/vectors'}
half: {title: no place to get it}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE)
    return tmp_path


def failure(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        require_file(path)
    assert caught.value.exit_code == 4
    return caught.value


def test_a_file_that_is_there_is_returned(data: Path) -> None:
    assert require_file(data / "catalogue.yaml") == data / "catalogue.yaml"


def test_a_missing_file_of_a_known_dataset_says_where_to_get_it(data: Path) -> None:
    error = failure(data / "ner" / "msra" / "train.bio")
    assert error.what == f"{data}/ner/msra/train.bio: there is no such file"
    assert error.details == (
        "it belongs to MSRA",
        "get it from https://example.org/msra",
        "One character a line.",
    )
    assert error.todo == "put it there, or set NLPX_DATA to the folder that holds ner/msra/train.bio"


def test_the_longest_key_wins_and_a_note_may_be_missing(data: Path) -> None:
    error = failure(data / "ner" / "msra" / "extra" / "deep" / "a.txt")
    assert error.details == ("it belongs to More MSRA", "get it from https://example.org/more")
    assert error.todo.endswith("the folder that holds ner/msra/extra/deep/a.txt")


def test_a_key_of_one_folder_wants_the_files_name_too(data: Path) -> None:
    assert failure(data / "vectors" / "chars.npz").details[0] == "it belongs to Vectors"
    assert failure(data / "vectors" / "mine.npz").details == ()


@pytest.mark.parametrize(
    ("path", "what", "todo"),
    [
        ("mine/tran.txt", "there is no such file", "did you mean {data}/mine/train.txt?"),
        ("mine/zzz", "there is no such file", "{data}/mine holds dev.txt, train.txt"),
        ("empty/zzz", "there is no such file", "{data}/empty holds no files"),
        ("mine", "is a folder; wanted a file", "{data}/mine holds dev.txt, train.txt"),
        (
            "no/zzz",
            "there is no such file",
            "there is no folder {data}/no either; relative paths start at the folder of the YAML file, those of "
            "--set at the working folder",
        ),
        (
            "mien/train.txt",
            "there is no such file",
            "there is no folder {data}/mien either; did you mean {data}/mine?",
        ),
    ],
)
def test_other_missing_files_say_what_is_near(data: Path, path: str, what: str, todo: str) -> None:
    (data / "empty").mkdir()
    (data / "mine").mkdir()
    (data / "mine" / "train.txt").touch()
    (data / "mine" / "dev.txt").touch()
    error = failure(data / path)
    assert (error.what, error.todo) == (f"{data / path}: {what}", todo.format(data=data))


def test_the_projects_catalogue_knows_data_kept_elsewhere(tmp_path: Path) -> None:
    error = failure(tmp_path / "ner" / "resume" / "train.char.bmes")
    assert error.details[0].startswith("it belongs to Resume NER")
    assert error.todo.endswith("the folder that holds ner/resume/train.char.bmes")


def test_the_projects_catalogue_is_whole(project: Path) -> None:
    datasets = read_catalogue(project / "data" / "catalogue.yaml")
    assert {"ner/msra", "ner/resume", "ner/weibo", "ner/cluener", "vectors"} <= {one.key for one in datasets}
    text = (project / "data" / "catalogue.yaml").read_text(encoding="utf-8")
    assert len(datasets) == text.count("\n  title: ")
    assert all(one.get.startswith(("https://", "http://")) and one.files and one.note for one in datasets)
