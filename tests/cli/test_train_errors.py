"""What `nlpx train` says to mistakes, and with which exit code it leaves."""

from __future__ import annotations

import json
import shutil

import pytest

from nlpx.runs import RunStore
from nlpx.runs.status import write_status
from tests.pipeline.tiny import CRFSUITE, nlpx, sentences, train, write_experiment, write_lines

pytest.importorskip("sklearn_crfsuite", reason="needs the extra crfsuite")

USAGE, CONFIG, DATA, RUN = 2, 3, 4, 5


@pytest.fixture
def config(tmp_path):
    return write_experiment(tmp_path / "work")


@pytest.fixture(scope="module")
def stopped_template(tmp_path_factory):
    """An experiment, and a run of it that was interrupted before it had trained."""
    folder = tmp_path_factory.mktemp("stopped")
    config = write_experiment(folder / "work")
    train(config, "--runs-dir", folder / "runs", "--quiet")
    [run] = RunStore(folder / "runs").list()
    write_status(run.path, "interrupted")
    return folder


@pytest.fixture
def stopped(stopped_template, tmp_path, monkeypatch):
    """A copy of it; its config names the data of the template."""
    shutil.copytree(stopped_template / "runs", tmp_path / "runs")
    [run] = RunStore().list()
    return run


def refused(result, code: int, *words: str) -> None:
    """Whether a command left with this code, and said all this without a traceback."""
    said = " ".join(result.stderr.replace("│", " ").split())
    assert result.exit_code == code, result.output
    for word in words:
        assert word in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["train"], USAGE, ["Missing argument 'TASK'"]),
        (["train", "sequence_labeling", "--confg", "x"], USAGE, ["No such option: --confg", "--config"]),
        (
            ["train", "sequence_labeling", "--seed", "x"],
            USAGE,
            ["--seed", "unable to parse string as an integer"],
        ),
        (
            ["train", "sequence_labeling"],
            USAGE,
            ["needs a config: --config FILE", "→ make one with: nlpx config init sequence_labeling"],
        ),
        (
            ["train", "sequence_labling", "-c", "x"],
            USAGE,
            ["there is no task 'sequence_labling'", "did you mean sequence_labeling?"],
        ),
        (
            ["train", "sequence_labeling", "-c", "x", "--max-time", "soon"],
            USAGE,
            ["'soon' is no duration", "→ write it like 90s, 45m or 2h30m"],
        ),
        (["train", "sequence_labeling", "-c", "none.yaml"], CONFIG, ["none.yaml", "there is no such file"]),
        (["train", "sequence_labeling", "-c", "/tmp"], CONFIG, ["/tmp: cannot be read: Is a directory"]),
        (
            ["train", "sequence_labeling", "--resume", "v7"],
            RUN,
            ["there is no run 'v7' in", "train one first"],
        ),
    ],
)
def test_a_wrong_command_line(arguments, code, words):
    refused(nlpx(*arguments), code, *words)


@pytest.mark.parametrize(
    ("yaml", "words"),
    [
        ("task: [", ["tiny.yaml:1:"]),
        ("", ["data"]),
        (f"{CRFSUITE}crfsuit: 3\n", ["tiny.yaml:4:1: crfsuit: ", "did you mean crfsuite"]),
        (
            f"{CRFSUITE}seed: -1\nname: a b\n",
            ["tiny.yaml:4:7: seed: came -1", "tiny.yaml:5:7: name: came 'a b'"],
        ),
        (f"{CRFSUITE}seed: 1\nseed: 2\n", ["tiny.yaml:5:1: seed", "twice"]),
        (
            CRFSUITE.replace("sequence_labeling", "text_classification"),
            ["tiny.yaml:1:7: task: came 'text_class"],
        ),
        (f"{CRFSUITE}encoder: {{type: bilstm, units: 8}}\n", ["model: crfsuite does not use encoder"]),
        (CRFSUITE.replace("train.jsonl", "'${NOWHERE}/train'"), ["environment variable NOWHERE is not set"]),
    ],
)
def test_a_wrong_config(config, yaml, words):
    config.write_text(yaml)
    refused(train(config), CONFIG, *words)
    assert RunStore().list() == []


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["-S", "crfsuite.c1"], ["--set crfsuite.c1: came no '='; wanted key.path=VALUE"]),
        (["-S", "crfsuite.c1=-1"], ["--set crfsuite.c1=-1: ", "crfsuite.c1: came -1"]),
        (
            ["-S", "crfsuite.cl=1"],
            ["--set crfsuite.cl=1: crfsuite.cl: ", "wanted one of c1, c2, max_iterations"],
        ),
        (["--seed", "-1"], ["--seed: seed: came -1"]),
        (["--name", ""], ["--name: name: came ''"]),
    ],
)
def test_a_wrong_override(config, flags, words):
    refused(train(config, *flags), CONFIG, *words)


def test_wrong_settings_in_the_environment(config, monkeypatch):
    monkeypatch.setenv("NLPX_SET", "seed=x")
    refused(train(config), CONFIG, "NLPX_SET seed=x: seed: came 'x'")


def test_a_missing_data_file_claims_no_run(config):
    (config.parent / "dev.jsonl").rename(config.parent / "dev2.jsonl")
    refused(train(config), DATA, "dev.jsonl: there is no such file", "did you mean", "dev2.jsonl?")
    assert RunStore().list() == []


def test_a_missing_dataset_says_where_to_get_it(config, monkeypatch, tmp_path, project):
    monkeypatch.setenv("NLPX_DATA", str(tmp_path))
    words = ["ner/msra/train.bio: there is no such file", "get it from", "→ put it there, or set NLPX_DATA"]
    refused(train(config, "-S", "data.train=${NLPX_DATA}/ner/msra/train.bio"), DATA, *words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["train.jsonl: is empty"]),
        ("\n \n\n", ["train.jsonl: is empty"]),
        ('{"id": "a", "text": "王明"\n', ["train.jsonl:1: no JSON object"]),
        ('{"id": "a", "text": 3, "spans": []}\n', ["train.jsonl:1: no string under 'text'"]),
        (
            '{"text": "王明", "spans": [{"start": 0, "end": 9, "label": "PER"}]}\n',
            ["train.jsonl:1: no span of a text of 2 characters: start 0, end 9"],
        ),
        ('{"text": "王明", "spans": []}\n' * 3, ["holds 3 texts and not one labelled span", "→ "]),
        ("何 ？\n", ["train.jsonl: is in no format that can be told from its content"]),
    ],
)
def test_wrong_data(config, content, words):
    (config.parent / "train.jsonl").write_text(content)
    refused(train(config), DATA, *words)
    [run] = RunStore().list()
    assert run.status().state == "failed"
    assert run.status().detail
    assert run.status().detail in (run.path / "log.txt").read_text()


def test_bad_lines_can_be_left_out_and_are_counted(config):
    path = config.parent / "train.jsonl"
    path.write_text(path.read_text() + "oops\n")
    refused(train(config), DATA, "train.jsonl:49: no JSON object: 'oops'")
    assert train(config, "-S", "data.skip_bad=true").exit_code == 0
    assert RunStore().find("latest").manifest.facts["data"]["train"]["bad_lines"] == 1


def test_a_runs_folder_that_is_none(config, tmp_path):
    (tmp_path / "file").write_text("")
    refused(train(config, "--runs-dir", tmp_path / "file"), RUN, "cannot write", "file")


def test_a_missing_package_is_named(config, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn_crfsuite", None)
    refused(train(config), USAGE, "needs the package sklearn-crfsuite", "→ install it: pip install")


# === Resuming ===


def resume(*arguments, run="v1"):
    return nlpx("train", "sequence_labeling", "--resume", run, *arguments)


def test_a_run_that_had_not_begun_says_so(stopped):
    (stopped.path / "config.yaml").unlink()
    refused(
        resume(), RUN, "v1 had not begun", "→ start anew; remove it with: nlpx runs rm sequence_labeling/v1"
    )


def test_a_run_has_its_config_before_its_first_word(config, monkeypatch):
    def interrupt(line):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("nlpx.cli.console.say", interrupt)
        assert "→ go on with: nlpx train" in train(config).stderr
    assert resume().exit_code == 0


def test_an_interrupted_run_goes_on_with_its_own_config(stopped):
    result = resume()
    assert result.exit_code == 0, result.output
    assert stopped.status().state == "finished"
    assert len(stopped.manifest.facts["resumed"]) == 0  # the same process
    assert len(RunStore().list()) == 1


def test_a_finished_run_is_not_resumed(config):
    train(config)
    refused(
        resume(),
        RUN,
        "sequence_labeling/v1 is finished; there is nothing to resume",
        "→ name one that is not",
    )


def test_a_changed_config_is_refused_and_the_keys_are_listed(stopped):
    result = resume("-S", "crfsuite.c1=0.7", "--seed", "5")
    refused(
        result,
        RUN,
        "was started with another config",
        "seed: 0 in the run, 5 now",
        "crfsuite.c1: 0.05 in the",
    )
    assert "crfsuite.c2" not in result.stderr
    assert stopped.status().state == "interrupted"


def test_changed_data_are_refused_and_named(stopped):
    facts = json.loads((stopped.path / "manifest.json").read_text())
    facts["inputs"]["data.dev"]["sha256"] = "0" * 64
    (stopped.path / "manifest.json").write_text(json.dumps(facts))
    refused(
        resume(),
        RUN,
        "the data of sequence_labeling/v1 has changed",
        "data.dev: ",
        "→ bring back the old files",
    )


def test_a_busy_run_is_not_resumed(stopped):
    with stopped.lock():
        refused(resume(), RUN, "sequence_labeling/v1 is busy", "→ wait for it to end")


def test_smoke_is_not_mixed_with_real(stopped):
    refused(resume("--smoke"), RUN, "was started without --smoke")


def test_a_smoke_run_stays_one(config):
    train(config, "--smoke")
    [run] = RunStore().list()
    write_status(run.path, "interrupted")
    assert resume().exit_code == 0
    assert run.manifest.facts["fit"]["smoke"] is True


def test_a_run_with_a_damaged_manifest_is_not_resumed(stopped):
    (stopped.path / "manifest.json").write_text("{")
    refused(resume(), RUN, "manifest.json is damaged")


def test_a_dry_run_of_resuming_checks_as_well(stopped):
    assert "v0001-tiny, which goes on" in " ".join(resume("--dry-run").stdout.split())
    refused(resume("--dry-run", "--seed", "5"), RUN, "seed: 0 in the run, 5 now")


def test_labels_that_train_does_not_know_are_no_reason_to_stop(config):
    rows = [{**row, "spans": [{**span, "label": "NEW"} for span in row["spans"]]} for row in sentences()]
    write_lines(config.parent / "dev.jsonl", rows)
    assert train(config).exit_code == 0
