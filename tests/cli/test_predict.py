"""`nlpx predict`: splits, files, pipes, and texts of every kind."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest

from nlpx.runs.status import write_status
from tests.pipeline.templates import DAMAGE, copy_template, train_template
from tests.pipeline.tiny import environment, nlpx, process

pytest.importorskip("sklearn_crfsuite", reason="needs the extra crfsuite")

TEXT = "王明在北京工作。"
SPANS = [("PER", "王明"), ("LOC", "北京")]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return train_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def run(template, tmp_path):
    return copy_template(template, tmp_path / "runs")


def records(text: str) -> list[dict]:
    return [json.loads(line) for line in text.split("\n")[:-1]]


def found(record: dict) -> list[tuple[str, str]]:
    return [(span["label"], span["surface"]) for span in record["spans"]]


def predict(text: str | bytes, *arguments: object) -> list[dict]:
    """The records for texts on stdin."""
    result = nlpx("predict", "--input", "-", *arguments, stdin=text)
    assert result.exit_code == 0, result.output
    return records(result.stdout)


# === Where from, where to ===


def test_a_split_goes_into_the_run_again(run):
    path = run.predictions_dir / "test.jsonl"
    before = path.read_bytes()
    path.unlink()
    result = nlpx("predict")
    assert (result.exit_code, result.stdout) == (0, f"{path}\n")
    assert path.read_bytes() == before
    run.verify()


def test_a_split_can_go_elsewhere(run, tmp_path):
    path = run.predictions_dir / "test.jsonl"
    assert nlpx("predict", "--output", "-").stdout == path.read_text()
    done = nlpx("predict", "--output", tmp_path / "out.jsonl")
    assert (done.stdout, done.stderr) == ("", f"{tmp_path / 'out.jsonl'}\n")
    assert (tmp_path / "out.jsonl").read_text() == path.read_text()


def test_a_file_of_texts(run, tmp_path):
    (tmp_path / "texts.txt").write_text(f"{TEXT}\n没有\n")
    first, second = records(nlpx("predict", "--run", "best", "-i", tmp_path / "texts.txt").stdout)
    assert (first["id"], first["text"], found(first)) == ("0", TEXT, SPANS)
    assert (second["id"], second["text"]) == ("1", "没有")
    for span in first["spans"]:
        assert TEXT[span["start"] : span["end"]] == span["surface"]


def test_a_column_file_is_read_like_the_training_data(run, tmp_path):
    (tmp_path / "new.bio").write_text("".join(f"{character}\tO\n" for character in TEXT))
    [record] = records(nlpx("predict", "--input", tmp_path / "new.bio").stdout)
    assert (record["text"], found(record)) == (TEXT, SPANS)


@pytest.mark.parametrize(
    "content",
    ["".join(f"{c} O\n" for c in TEXT), "\n".join(["[", json.dumps({"text": TEXT, "spans": []}), "]"])],
    ids=["columns", "array"],
)
def test_a_file_that_is_no_lines_of_texts_is_told_by_its_content(run, tmp_path, content):
    (tmp_path / "new.dev").write_text(content)
    result = nlpx("predict", "--input", tmp_path / "new.dev")
    if content.startswith("["):  # no format of this task
        assert result.exit_code == 4
        assert "1 line can't be understood" in " ".join(result.output.split())
        return
    [record] = records(result.stdout)
    assert (record["text"], found(record)) == (TEXT, SPANS)


def test_bad_lines_of_a_column_file_are_left_out_where_asked(run, tmp_path):
    (tmp_path / "new.bio").write_text("".join(f"{c}\tO\n" for c in TEXT) + "\n王\tX-Y\n\n京\tB-LOC\n")
    refused = nlpx("predict", "--input", tmp_path / "new.bio")
    assert refused.exit_code == 4
    assert "leave them out with --skip-bad" in refused.output
    done = nlpx("predict", "--input", tmp_path / "new.bio", "--skip-bad")
    assert [one["text"] for one in records(done.stdout)] == [TEXT, "京"]
    assert "left out 1 bad line" in " ".join(done.stderr.split())


def test_predictions_that_were_judged_are_not_replaced_by_those_of_other_data(run, template):
    path = run.predictions_dir / "test.jsonl"
    before = path.read_bytes()
    data = template / "work" / "dev.jsonl"
    kept = data.read_text("utf-8")
    try:
        data.write_text(kept + kept.splitlines()[0].replace('"id": "', '"id": "x') + "\n", "utf-8")
        refused = nlpx("predict")
        assert refused.exit_code == 4
        assert "are not those that" in refused.output
        assert path.read_bytes() == before
        assert nlpx("predict", "--force").exit_code == 0
    finally:
        data.write_text(kept, "utf-8")


def test_links_are_explained_by_a_linker_only(run):
    refused = nlpx("predict", "--input", "-", "--explain-links", stdin=TEXT)
    assert refused.exit_code == 2
    assert "has no links to explain" in refused.output


def test_json_lines_keep_their_ids(run):
    first, second = predict(f'{{"id": "甲", "text": "{TEXT}"}}\n\n{{"text": "{TEXT}"}}')
    assert [first["id"], second["id"]] == ["甲", "2"]
    assert found(second) == SPANS


def test_an_output_file_appears_whole_or_not_at_all(run, tmp_path):
    result = nlpx("predict", "-i", "-", "-o", tmp_path / "out", stdin=f'{{"text": "{TEXT}"}}\noops\n')
    assert result.exit_code == 4
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_there_is_replaced_by_force_only(run, tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("mine")
    refused(
        nlpx("predict", "-o", out),
        2,
        "out.jsonl: is there already",
        "→ name another file, or replace it with --force",
    )
    assert out.read_text() == "mine"
    assert nlpx("predict", "-o", out, "--force").exit_code == 0
    assert records(out.read_text())


def test_a_link_as_output_stays_a_link(run, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    nlpx("predict", "-i", "-", "-o", tmp_path / "link", stdin=TEXT)
    assert (tmp_path / "link").is_symlink()
    assert found(*records((tmp_path / "target").read_text())) == SPANS


def test_a_device_as_output_stays_a_device(run):
    assert nlpx("predict", "-o", "/dev/null").exit_code == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116 - what a device is, no path knows


def test_a_named_pipe_can_be_read(run, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen([sys.executable, "-c", f"open({str(tmp_path / 'pipe')!r}, 'w').write({TEXT!r})"]):
        (record,) = records(nlpx("predict", "-i", tmp_path / "pipe").stdout)
    assert found(record) == SPANS


# === Texts of every kind ===


def test_no_text_gives_no_record(run):
    assert predict(b"") == []


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧王明在北京工作。🇨🇳",
        "a\x00b\x07\x1b[31m王明\x7f",
        "王明\u2028在\u2029北\x85京\x0b\x0c",
        "王明\r在北京",
        "  \t 王明 \u3000",
        "e\u0301\u202e王明\ufeff\ufffd",
        "王明在北京工作。" * 2000,
    ],
    ids=["emoji", "control", "separators", "carriage return", "spaces", "combining", "very long"],
)
def test_a_weird_text_comes_back_as_it_is(run, text):
    (record,) = predict(f"{text}\n")
    assert record["text"] == text
    assert all(text[span["start"] : span["end"]] == span["surface"] for span in record["spans"])


def test_empty_lines_keep_their_place(run):
    assert [record["text"] for record in predict(f"\n{TEXT}\n\n \n")] == ["", TEXT, "", " "]


def test_byte_order_mark_and_windows_line_ends_are_no_text(run, tmp_path):
    data = f"\ufeff{TEXT}\r\n{TEXT}\r\n".encode()
    (tmp_path / "windows.txt").write_bytes(data)
    lines = records(nlpx("predict", "-i", tmp_path / "windows.txt").stdout)
    assert [record["text"] for record in lines] == [TEXT, TEXT]
    assert lines == predict(data)


@pytest.mark.parametrize(
    "wrong", [b"\xff\xfe" + TEXT.encode(), TEXT.encode("gb18030"), TEXT.encode("utf-16")]
)
def test_bytes_that_are_no_text_are_a_bad_line(run, wrong):
    lines = TEXT.encode() + b"\n" + wrong + b"\n"
    result = nlpx("predict", "-i", "-", stdin=lines)
    refused(result, 4, "stdin:2: not UTF-8", "iconv -f GB18030 -t UTF-8", "or leave it out with --skip-bad")
    result = nlpx("predict", "-i", "-", "--skip-bad", stdin=lines)
    assert records(result.stdout)[0]["text"] == TEXT
    assert "\ufffd" not in result.stdout


def test_a_file_in_another_encoding_is_named_with_what_to_do(run, tmp_path):
    (tmp_path / "gb.txt").write_bytes(f"{TEXT}\n".encode("gb18030") * 3)
    refused(
        nlpx("predict", "-i", tmp_path / "gb.txt"),
        4,
        f"{tmp_path / 'gb.txt'}:1: not UTF-8",
        "iconv -f GB18030",
    )
    left_out = nlpx("predict", "-i", tmp_path / "gb.txt", "--skip-bad", "-o", tmp_path / "out.jsonl")
    refused(left_out, 4, "every line is bad", f"{tmp_path / 'gb.txt'}:3: not UTF-8")
    assert "\\udc" not in left_out.stderr
    assert not (tmp_path / "out.jsonl").exists()


def test_output_is_utf8_whatever_the_terminal_speaks(run):
    with process(
        "predict", "-i", "-", stdin=subprocess.PIPE, text=False, env=environment(PYTHONIOENCODING="latin-1")
    ) as child:
        out, _ = child.communicate(TEXT.encode())
    assert found(json.loads(out)) == SPANS


# === Mistakes ===


def refused(result, code: int, *words: str) -> None:
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


def test_a_bad_line_is_named_or_left_out_and_counted(run):
    lines = f'{{"text": "{TEXT}"}}\noops\n{{"id": [], "text": ""}}\n{{"text": "\\ud800"}}\n' + "?\n" * 2
    refused(
        nlpx("predict", "-i", "-", stdin=lines), 4, "stdin:2: no JSON object: 'oops'", "→ correct the line"
    )
    result = nlpx("predict", "-i", "-", "--skip-bad", stdin=lines)
    assert len(records(result.stdout)) == 1
    assert result.stderr.splitlines()[0] == "left out 5 bad lines:"
    assert result.stderr.splitlines()[-1] == "  … and 2 more"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["-i", "a.txt", "-i", "b.txt"], 2, ["--input is there 2 times: a.txt, b.txt"]),
        (["-i", "none.txt"], 4, ["none.txt: there is no such file"]),
        (["-i", "/tmp"], 4, ["/tmp: is a folder; wanted a file"]),
        (["-o", "none/out"], 2, ["there is no folder ", "→ make it, or name another file"]),
        (["-o", "/tmp"], 2, ["/tmp is a folder"]),
        (["--run", "v9"], 5, ["there is no run 'v9' in", "sequence_labeling/v0001-tiny: finished"]),
        (["--runs-dir", "none"], 5, ["there is no finished run in none", "→ train one first: nlpx train"]),
    ],
)
def test_a_wrong_command_line(run, arguments, code, words):
    refused(nlpx("predict", *arguments), code, *words)


@pytest.mark.parametrize("state", ["running", "failed", "interrupted"])
def test_an_unfinished_run_has_no_model(run, state):
    write_status(run.path, state)
    todo = "→ wait for it" if state == "running" else "→ go on with it: nlpx train sequence_labeling --resume"
    refused(nlpx("predict", "--run", "v1"), 5, f"sequence_labeling/v1 is {state}, not finished", todo)


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("name", ["model/model.crfsuite", "model/crfsuite.json", "config.yaml"])
def test_a_damaged_artefact_is_named(run, name, how):
    damage, called = DAMAGE[how]
    damage(run.path / name)
    for command in ("predict", "evaluate", "submit"):
        refused(nlpx(command), 5, f"{name}: {called}", "→ copy the run again")


def test_a_manifest_that_was_changed_vouches_for_nothing(run):
    path = run.path / "manifest.json"
    path.write_text(path.read_text().replace("0", "1", 1))
    refused(nlpx("predict"), 5, "manifest.json is damaged: its content changed since the run finished")


def test_missing_data_of_a_split_are_named(run, template):
    path = template / "work" / "test.jsonl"
    path.rename(path.with_name("away"))
    try:
        refused(nlpx("predict"), 4, "test.jsonl: there is no such file")
        assert found(predict(TEXT)[0]) == SPANS  # texts of your own need no data
    finally:
        path.with_name("away").rename(path)


# === Pipes ===


def shell(line: str) -> list[str]:
    """What a shell prints for a line, its exit codes at last; nothing may go to stderr."""
    command = [
        "bash",
        "-c",
        f"nlpx() {{ {sys.executable} -m nlpx.cli.main $@; }}; {line}; echo ${{PIPESTATUS[@]}}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_a_closed_pipe_ends_quietly(run):
    record, codes = shell(f"yes {TEXT} | head -20000 | nlpx predict -i - | head -1")
    assert found(json.loads(record)) == SPANS
    assert codes.split()[2:] == ["0", "0"]


@pytest.mark.parametrize("command", ["evaluate", "runs"])
def test_a_table_into_a_closed_pipe_ends_quietly(run, command):
    assert shell(f"nlpx {command} | true") == ["0 0"]
