"""The command line as a whole: exit codes, help, bugs, Ctrl-C."""

from __future__ import annotations

import errno
import re
import subprocess
import sys

import pytest

from nlpx import __version__, errors
from nlpx.cli import main
from nlpx.cli.failures import hint, report_bug
from nlpx.pipeline import evaluate as pipeline
from tests.pipeline.templates import copy_template, train_template
from tests.pipeline.tiny import environment, nlpx, train, write_experiment

pytest.importorskip("sklearn_crfsuite", reason="needs the extra crfsuite")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return train_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def run(template, tmp_path):
    return copy_template(template, tmp_path / "runs")


@pytest.fixture
def failing(run, monkeypatch):
    """Makes `nlpx evaluate` raise an error."""

    def fail(error: BaseException) -> None:
        def evaluate(*_: object) -> None:
            raise error

        monkeypatch.setattr(pipeline, "evaluate", evaluate)

    return fail


def test_too_little_memory_is_no_bug(capsys):
    assert report_bug(MemoryError()) == errors.RunError.exit_code
    said = " ".join(capsys.readouterr().err.split())
    assert "there is not enough memory" in said
    assert "training.batch_size" in said
    assert report_bug(ValueError("x")) == 1


@pytest.mark.parametrize(
    ("todo", "shown"),
    [
        ("Name a file.", "name a file"),
        ("name a file", "name a file"),
        ("A list of labels.", "a list of labels"),
        ("UTF-8 is wanted", "UTF-8 is wanted"),
        ("Chinese needs a font. Install one.", "Chinese needs a font. Install one."),
        ("", ""),
    ],
)
def test_hints_read_alike_however_they_were_written(todo, shown):
    assert hint(todo) == shown


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.NlpxError("x"), 1),
        (errors.UsageError("x"), 2),
        (errors.ConfigError("x"), 3),
        (errors.DataError("x"), 4),
        (errors.RunError("x"), 5),
        (errors.SubmissionError("x"), 6),
        (OSError(errno.ENOSPC, "No space left on device", "/big/file"), 5),
        (PermissionError(errno.EACCES, "Permission denied", "/locked/file"), 5),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_exit_codes(failing, error, code, monkeypatch):
    monkeypatch.setattr("nlpx.cli.failures.close_quietly", lambda stream: None)
    failing(error)
    assert nlpx("evaluate").exit_code == code


def test_an_error_has_three_parts(failing):
    failing(errors.DataError("what came, [not] wanted", "what to do", ["line 1", "line 2"]))
    assert nlpx("evaluate").stderr == "error: what came, [not] wanted\n  line 1\n  line 2\n→ what to do\n"


def test_a_refusing_disk_is_no_bug(failing):
    failing(OSError(errno.ENOSPC, "No space left on device", "/big/file"))
    assert nlpx("evaluate").stderr.startswith("error: /big/file: the disk is full\n→ ")


def run_main(monkeypatch, *arguments: str) -> int:
    """The exit code of the script itself."""
    monkeypatch.setattr(sys, "argv", ["nlpx", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.main()
    return ended.value.code


def test_a_bug_is_one_line_and_says_how_to_see_more(failing, monkeypatch, capsys):
    failing(TypeError("'NoneType' object\nis not iterable"))
    assert run_main(monkeypatch, "evaluate") == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "error: this is a bug in nlpx: TypeError: 'NoneType' object",
        "→ to see where it happened, add --verbose",
    ]


@pytest.mark.parametrize("arguments", [["-v", "evaluate"], ["evaluate", "-v"]])
def test_a_verbose_bug_shows_its_traceback(failing, monkeypatch, capsys, arguments):
    failing(ZeroDivisionError())
    assert run_main(monkeypatch, *arguments) == 1
    shown = capsys.readouterr().err
    assert "Traceback (most recent call last):" in shown
    assert shown.endswith("error: this is a bug in nlpx: ZeroDivisionError\n")


def test_a_bug_in_training_is_in_the_log(tmp_path, monkeypatch, capsys):
    from nlpx.tasks.sequence_labeling.crfsuite import FeatureCRF

    config = write_experiment(tmp_path / "work")
    monkeypatch.setattr(FeatureCRF, "save", lambda *_: 1 / 0)
    assert run_main(monkeypatch, "train", "sequence_labeling", "-c", str(config)) == 1
    log = re.search(r"→ the traceback is in (.*log\.txt)\n", capsys.readouterr().err)[1]
    text = (tmp_path / log).read_text()
    assert "Traceback (most recent call last):" in text
    assert "ZeroDivisionError: division by zero" in text
    assert "failed (ZeroDivisionError: division by zero)" in nlpx("predict", "--run", "v9").stderr


def test_ctrl_c_says_how_to_go_on(tmp_path, monkeypatch):
    from nlpx.tasks.sequence_labeling.crfsuite import FeatureCRF

    def press(*_: object) -> None:
        raise KeyboardInterrupt

    config = write_experiment(tmp_path / "work")
    with monkeypatch.context() as patched:
        patched.setattr(FeatureCRF, "predict", press)
        result = train(config, "-q")
    assert result.exit_code == 130
    assert (
        result.stderr
        == "interrupted\n→ go on with: nlpx train sequence_labeling --resume sequence_labeling/v1\n"
    )
    assert nlpx("train", "sequence_labeling", "--resume", "sequence_labeling/v1").exit_code == 0


@pytest.mark.parametrize("arguments", [["--version"], ["-v", "--version"]])
def test_version(arguments):
    assert nlpx(*arguments).stdout == f"nlpx {__version__}\n"


@pytest.mark.parametrize("command", ["train", "predict", "evaluate", "submit", "runs", "config"])
def test_every_command_explains_itself_within_80_columns(command):
    result = nlpx(command, "--help")
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    if command != "config":
        assert "Folder of the runs; else $NLPX_RUNS, else" in result.stdout


def test_help_comes_at_once():
    """Seconds of work, not of waiting, because the machine may be busy."""
    code = (
        "import resource, subprocess, sys; subprocess.run([sys.executable, '-m', 'nlpx.cli.main', '--help']);"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime, file=sys.stderr)"
    )
    used = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr)
        for _ in range(3)
    ]
    assert min(used) < 0.3


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.5, 1.0])
def test_ctrl_c_at_any_time_is_quiet(run, seconds):
    code = (
        "import os, sys, threading; from nlpx.cli.main import main; sys.argv = ['nlpx', 'evaluate'];"
        f"threading.Timer({seconds}, os.kill, (os.getpid(), 2)).start(); main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment())
    assert done.returncode in (0, 130)
    assert done.stderr in ("", "interrupted\n")


@pytest.mark.parametrize(
    ("ending", "code"),
    [(">/dev/full", 5), (">&-", 0), (">/dev/null 2>&-", 0)],
    ids=["a full device", "no stdout", "no stderr"],
)
def test_a_shell_may_close_or_fill_the_outputs(run, ending, code):
    command = f"{sys.executable} -m nlpx.cli.main runs --csv {ending}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment())
    assert done.returncode == code
    assert done.stderr == ("" if code == 0 else MACHINE_FULL)


MACHINE_FULL = """\
error: the output: the disk is full
→ make room, or check who may read and write there
"""


def test_a_terminal_that_knows_no_chinese_shows_codes(run, tmp_path):
    path = run.path.rename(run.path.with_name("v0001-名"))
    command = [sys.executable, "-m", "nlpx.cli.main", "runs"]
    done = subprocess.run(command, capture_output=True, env=environment(PYTHONIOENCODING="latin-1"))
    assert done.returncode == 0, done.stderr
    assert b"\\u540d" in done.stdout
    assert path.exists()
