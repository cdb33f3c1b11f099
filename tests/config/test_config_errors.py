"""The text of every config error: file, line, column, key, what came, what was wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlpx.config.load import load
from nlpx.errors import ConfigError
from tests.config.toy import MINIMAL, Toy, errors, load_toy

SECTION = "a section of `key: value` lines"
SLUG = "wanted letters, digits, '.', '_', '-', ≤ 100 bytes"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        # unknown keys
        ("training:\n  bach_size: 3", "toy.yaml:4:3: training.bach_size: unknown key; did you mean batch_size?"),
        ("traning: {}", "toy.yaml:3:1: traning: unknown key; did you mean training?"),
        ("batch_size: 3", "toy.yaml:3:1: batch_size: unknown key here; did you mean training.batch_size?"),
        (
            "encoder: {zzz: 3}",
            "toy.yaml:3:11: encoder.zzz: unknown key; wanted one of type, units, merge",
        ),
        (
            "encoder: {type: dgcnn, units: 3}",
            "toy.yaml:3:24: encoder.units: unknown key where type is dgcnn; it goes with type: bilstm",
        ),
        ("encoder: {merge: sum, unit: 3}", "toy.yaml:3:23: encoder.unit: unknown key; did you mean units?"),
        ("stack: [{type: dgcnn, kernl: 3}]", "toy.yaml:3:23: stack.0.kernl: unknown key; did you mean kernel?"),
        # wrong types
        ("seed: x", "toy.yaml:3:7: seed: came 'x' (text); wanted a whole number"),
        ("seed: 1.5", "toy.yaml:3:7: seed: came 1.5; wanted a whole number"),
        ("seed: true", "toy.yaml:3:7: seed: came true; wanted a whole number"),
        ("seed:", "toy.yaml:3:6: seed: came nothing; wanted a whole number"),
        ("seed: [1]", "toy.yaml:3:7: seed: came a list; wanted a whole number"),
        ("seed: {a: 1}", "toy.yaml:3:7: seed: came a section; wanted a whole number"),
        (f"seed: {'x' * 90}", f"toy.yaml:3:7: seed: came '{'x' * 38}… (text); wanted a whole number"),
        ("note: 2020", "toy.yaml:3:7: note: came 2020; wanted text: put it in quotes"),
        ("note: true", "toy.yaml:3:7: note: came true; wanted text: put it in quotes"),
        ("training: {learning_rate: 1-3}", "toy.yaml:3:27: training.learning_rate: came '1-3' (text); wanted a number"),
        ("training: {learning_rate: false}", "toy.yaml:3:27: training.learning_rate: came false; wanted a number"),
        ("training: {learning_rate: .inf}", "toy.yaml:3:27: training.learning_rate: came .inf; wanted a finite number"),
        ("training: {shuffle: maybe}", "toy.yaml:3:21: training.shuffle: came 'maybe' (text); wanted true or false"),
        ("training: 3", f"toy.yaml:3:11: training: came 3; wanted {SECTION}"),
        ("training: fast", f"toy.yaml:3:11: training: came 'fast'; wanted {SECTION}"),
        ("training:", f"toy.yaml:3:10: training: came nothing; wanted {SECTION}: give it keys, or take the line out"),
        ("encoder: bilstm", f"toy.yaml:3:10: encoder: came 'bilstm'; wanted {SECTION}"),
        ("labels: [a]", f"toy.yaml:3:9: labels: came a list; wanted {SECTION}"),
        ("labels: {a: x}", "toy.yaml:3:13: labels.a: came 'x' (text); wanted a whole number"),
        ("stack: {type: bilstm}", "toy.yaml:3:8: stack: came a section; wanted a list, such as [a, b]"),
        ("stack:\n  - bilstm", f"toy.yaml:4:5: stack.0: came 'bilstm'; wanted {SECTION}"),
        # out of range
        ("seed: -1", "toy.yaml:3:7: seed: came -1; wanted at least 0 and less than 4294967296"),
        ("encoder: {units: 0}", "toy.yaml:3:18: encoder.units: came 0; wanted more than 0 and at most 5000"),
        ("encoder: {type: dgcnn, widths: [1, 0]}", "toy.yaml:3:36: encoder.widths.1: came 0; wanted at least 1"),
        (f"stack: [{'{type: dgcnn}, ' * 4}]", "toy.yaml:3:8: stack: came a list; wanted at most 3 items"),
        ("training: {learning_rate: 0}", "toy.yaml:3:27: training.learning_rate: came 0; wanted more than 0"),
        # choices
        (
            "training: {optimizer: adamm}",
            "toy.yaml:3:23: training.optimizer: came 'adamm'; wanted one of adam, sgd; did you mean adam?",
        ),
        ("training: {optimizer: 3}", "toy.yaml:3:23: training.optimizer: came 3; wanted one of adam, sgd"),
        (
            "encoder: {type: bilsm}",
            "toy.yaml:3:17: encoder.type: came 'bilsm'; wanted one of bilstm, dgcnn; did you mean bilstm?",
        ),
        ("encoder: {type: 3}", "toy.yaml:3:17: encoder.type: came 3; wanted one of bilstm, dgcnn"),
        ("stack: [{units: 3}]", "toy.yaml:3:9: stack.0.type: missing; wanted one of bilstm, dgcnn"),
        # one of several kinds
        ("workers: atuo", "toy.yaml:3:10: workers: came 'atuo'; wanted auto or a whole number; did you mean auto?"),
        ("workers: -1", "toy.yaml:3:10: workers: came -1; wanted auto or more than 0"),
        ("workers: []", "toy.yaml:3:10: workers: came a list; wanted auto or a whole number"),
        # the model's own checks
        ("note: rude", "toy.yaml:1:1: note must not be rude"),
        ("name: a/b", f"toy.yaml:3:7: name: came 'a/b'; {SLUG}; did you mean a-b?"),
        ("name: ''", f"toy.yaml:3:7: name: came ''; {SLUG}; did you mean run?"),
        # the file itself
        ("seed: 1\nseed: 2", "toy.yaml:4:1: seed: came twice, first at line 3; wanted each key once"),
        ("note: !x y", "toy.yaml:3:7: note: came the tag !x; wanted a plain value, a config makes no objects"),
        ("seed: [", "toy.yaml:3:8: the text ends in the middle of a list or section; wanted it closed"),
    ],
)  # fmt: skip
def test_each_error_says_where_what_came_and_what_was_wanted(tmp_path: Path, text: str, line: str) -> None:
    assert errors(tmp_path, MINIMAL + text) == [line]


@pytest.mark.parametrize(
    ("dev", "lines"),
    [
        ("3", ["toy.yaml:4:8: data.dev: came 3; wanted a path: put it in quotes"]),
        ("'${NO}'", ["toy.yaml:4:8: data.dev: the environment variable NO is not set; wanted a path"]),
        ("{holdout: 2}", ["toy.yaml:4:18: data.dev.holdout: came 2; wanted more than 0 and less than 1"]),
        ("[a]", [f"toy.yaml:4:8: data.dev: came a list; wanted a path or {SECTION}"]),
        (
            "{holdot: 0.1}",
            [
                "toy.yaml:4:3: data.dev.holdout: missing; wanted a number: Share of the training texts",
                "toy.yaml:4:9: data.dev.holdot: unknown key; did you mean holdout?",
            ],
        ),
    ],
)
def test_only_the_kind_that_was_meant_complains(tmp_path: Path, dev: str, lines: list[str]) -> None:
    assert errors(tmp_path, f"task: toy\ndata:\n  train: a\n  dev: {dev}\n") == lines


def test_a_missing_key_points_at_its_section(tmp_path: Path) -> None:
    wanted = "data.train: missing; wanted a path: Labelled training texts"
    assert errors(tmp_path, "task: toy\ndata: {}\n") == [f"toy.yaml:2:1: {wanted}"]
    missing = f"data: missing; wanted {SECTION}: Where the texts are"
    assert errors(tmp_path, "task: toy\n") == [f"toy.yaml:1:1: {missing}"]
    assert errors(tmp_path, "") == [f"toy.yaml:1:1: {missing}"]


def test_all_errors_come_at_once_in_file_order_then_the_overrides(tmp_path: Path) -> None:
    text = "task: toy\nnote: 1\ntraining:\n  epochs: 0\n  bach_size: 3\n  epochs: 2\nseed: x\ndata: {}\nworkers: no\n"
    found = errors(tmp_path, text, sets=["zzz=1", "encoder.units=-1"], env={"NLPX_SET": "name=a b"})
    starts = ["toy.yaml:2:7", "toy.yaml:4:11", "toy.yaml:5:3", "toy.yaml:6:3", "toy.yaml:7:7", "toy.yaml:8:1"]
    starts += ["toy.yaml:9:10", "NLPX_SET name=a b", "--set zzz=1", "--set encoder.units=-1"]
    assert [line.split(": ")[0] for line in found] == starts


def test_the_error_counts_its_lines_and_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_toy(tmp_path, MINIMAL + "seed: x\nzzz: 1\n")
    assert caught.value.what == f"{tmp_path / 'toy.yaml'} has 2 errors"
    assert caught.value.todo == "`nlpx config init toy` prints every key with its meaning and default"
    assert caught.value.exit_code == 3


def test_an_error_of_an_override_alone_is_not_put_down_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "toy.yaml").write_text(MINIMAL)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "toy.yaml", Toy, sets=["seed=x"], env={"NLPX_SET": "zzz=1"})
    assert caught.value.what == "NLPX_SET, --set has 2 errors"
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "toy.yaml", Toy, sets=["seed=x"], env={})
    assert caught.value.what == "--set has 1 error"


def test_without_a_file_the_key_alone_says_where() -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, Toy, env={})
    assert caught.value.what == "the config has 1 error"
    assert caught.value.details == (f"data: missing; wanted {SECTION}: Where the texts are",)


def test_an_alias_of_a_wrong_value_is_reported_where_it_is_used(tmp_path: Path) -> None:
    text = MINIMAL + "seed: &x no\ntraining: {epochs: *x}\n"
    assert errors(tmp_path, text) == [
        "toy.yaml:3:7: seed: came 'no' (text); wanted a whole number",
        "toy.yaml:4:12: training.epochs: came 'no' (text); wanted a whole number",
    ]
