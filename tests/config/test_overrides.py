"""Overrides: the grammar of `key.path=VALUE`, and NLPX_SET."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlpx.config.dump import dump_inline
from nlpx.config.overrides import split_variable
from tests.config.toy import MINIMAL, Dgcnn, errors, load_toy


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("seed=3", "seed", 3),
        (" seed = 3 ", "seed", 3),
        ("training.learning_rate=1e-4", "training.learning_rate", 1e-4),
        ("training.shuffle=false", "training.shuffle", False),
        ("note=a=b", "note", "a=b"),
        ("note='a: b'", "note", "a: b"),
        ("note=no", "note", "no"),
        ("note=", "note", None),
        ("data.dev=null", "data.dev", None),
        ("labels={a: 1, b.c: 2}", "labels", {"a": 1, "b.c": 2}),
        ("labels.中文=4", "labels", {"中文": 4}),
        (
            "encoder={type: dgcnn}",
            "encoder",
            {"type": "dgcnn", "kernel": 3, "merge": "sum", "widths": [1, 2, 5]},
        ),
        ("encoder.units=7", "encoder", {"type": "bilstm", "units": 7, "merge": "concat"}),
        ("stack=[{type: bilstm}]", "stack", [{"type": "bilstm", "units": 200, "merge": "concat"}]),
    ],
)
def test_a_value_is_read_like_one_in_the_file(tmp_path: Path, override: str, key: str, value: Any) -> None:
    if override == "note=":
        assert errors(tmp_path, sets=[override]) == ["--set note=: note: came nothing; wanted text"]
        return
    found: Any = load_toy(tmp_path, sets=[override]).config.model_dump()
    for part in key.split("."):
        found = found[part]
    assert found == value


@pytest.mark.parametrize("text", ["2020", "1e5", "true", "0x1F"])
def test_text_needs_no_quotes_where_text_is_wanted(tmp_path: Path, text: str) -> None:
    config = load_toy(tmp_path, sets=[f"name={text}", f"note= {text}", f"data.train={text}"]).config
    assert (config.name, config.note, config.data.train) == (text, text, Path.cwd() / text)


def test_indices_reach_into_lists_of_the_file_and_append(tmp_path: Path) -> None:
    text = MINIMAL + "stack: [{type: bilstm, units: 1}, {type: bilstm, units: 2}]"
    sets = ["stack.1.units=5", "stack.2={type: dgcnn}", "stack.2.kernel=9"]
    stack = load_toy(tmp_path, text, sets=sets).config.stack
    assert [stack[0].units, stack[1].units, stack[2]] == [1, 5, Dgcnn(kernel=9)]


def test_indices_reach_into_lists_that_the_file_leaves_at_their_default(tmp_path: Path) -> None:
    sets = ["encoder.type=dgcnn", "encoder.widths.1=7", "stack.0.type=dgcnn", "stack.0.widths.3=8"]
    loaded = load_toy(tmp_path, sets=sets)
    assert loaded.config.encoder.widths == [1, 7, 5]
    assert loaded.config.stack[0].widths == [1, 2, 5, 8]
    assert [loaded.origins[f"encoder.widths.{i}"] for i in range(3)] == ["default", "--set", "default"]


def test_a_section_replaces_a_value_and_a_value_a_section(tmp_path: Path) -> None:
    text = "task: toy\ndata:\n  train: a\n  dev: /b\n"
    assert load_toy(tmp_path, text, sets=["data.dev.holdout=0.5"]).config.data.dev.holdout == 0.5
    text = text.replace("/b", "{holdout: 0.1}")
    assert load_toy(tmp_path, text, sets=["data.dev=/c"]).config.data.dev == Path("/c")


def test_later_overrides_see_earlier_ones(tmp_path: Path) -> None:
    sets = ["encoder={type: dgcnn}", "encoder.kernel=9", "encoder.kernel=11"]
    assert load_toy(tmp_path, sets=sets).config.encoder == Dgcnn(kernel=11)


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("seed", "--set seed: came no '='; wanted key.path=VALUE"),
        ("=3", "--set =3: came an empty key; wanted key.path=VALUE"),
        ("a..b=3", "--set a..b=3: came an empty key; wanted key.path=VALUE"),
        ("seed=[1", "--set seed=[1: VALUE is no YAML: the list is not closed; wanted ',' or ']'"),
        ("a={b: 1, b: 2}", "--set a={b: 1, b: 2}: VALUE is no YAML: came twice, first at line 1; wanted each key once"),
        ("seed=x", "--set seed=x: seed: came 'x' (text); wanted a whole number"),
        ("sed=3", "--set sed=3: sed: unknown key; did you mean seed?"),
        ("training.epoch=3", "--set training.epoch=3: training.epoch: unknown key; did you mean epochs?"),
        ("training={epochs: 0}", "--set training={epochs: 0}: training.epochs: came 0; wanted at least 1"),
        ("stack.0.type=x", "--set stack.0.type=x: stack.0.type: came 'x'; wanted one of bilstm, dgcnn"),
        ("stack.2.type=dgcnn", "--set stack.2.type=dgcnn: came the index 2; wanted 0 to 0, where 0 appends"),
        ("labels.a.0=3", "--set labels.a.0=3: labels.a: came a section; wanted a whole number"),
        ("note=[" + "x, " * 40 + "y]", "--set note=[" + "x, " * 17 + "x,…: note: came a list; wanted text"),
    ],
)  # fmt: skip
def test_errors_point_at_the_flag(tmp_path: Path, override: str, line: str) -> None:
    assert errors(tmp_path, sets=[override]) == [line]


def test_errors_of_the_variable_name_it(tmp_path: Path) -> None:
    found = errors(tmp_path, env={"NLPX_SET": "seed=x;zzz"})
    assert found == [
        "NLPX_SET seed=x: seed: came 'x' (text); wanted a whole number",
        "NLPX_SET zzz: came no '='; wanted key.path=VALUE",
    ]


def test_a_leftover_of_another_kind_is_pointed_at_in_the_file(tmp_path: Path) -> None:
    text = MINIMAL + "encoder:\n  type: bilstm\n  units: 3\n"
    assert errors(tmp_path, text, sets=["encoder.type=dgcnn"]) == [
        "toy.yaml:5:3: encoder.units: unknown key where type is dgcnn; it goes with type: bilstm"
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("a=1", ["a=1"]),
        ("a=1;b=2", ["a=1", "b=2"]),
        ("a=1; b=2 ;;\n c=3\n", ["a=1", "b=2", "c=3"]),
        ("a='x;y';b=\"p;q\"", ["a='x;y'", 'b="p;q"']),
        ("a=it's;b=1", ["a=it's", "b=1"]),
        ("a=[1, 2];b={c: d}", ["a=[1, 2]", "b={c: d}"]),
    ],
)
def test_the_variable_holds_several_settings(text: str, parts: list[str]) -> None:
    assert split_variable(text) == parts


KEYS = st.sampled_from(["a", "no", "1", "中文", "A-b_c"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.dictionaries(KEYS, st.integers()))
def test_overriding_key_by_key_equals_overriding_the_section(tmp_path: Path, labels: dict[str, int]) -> None:
    whole = load_toy(tmp_path, sets=[f"labels={dump_inline(labels)}"]).config
    single = load_toy(tmp_path, sets=[f"labels.{key}={value}" for key, value in labels.items()]).config
    assert whole == single
    assert whole.labels == labels


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.text(), st.integers(0, 2**32 - 1), st.floats(min_value=1e-300, max_value=1e300))
def test_a_written_value_overrides_exactly(tmp_path: Path, note: str, seed: int, rate: float) -> None:
    if note.isdecimal() or note == "rude":
        note = ""
    sets = [
        f"note={dump_inline(note)}",
        f"seed={dump_inline(seed)}",
        f"training.learning_rate={dump_inline(rate)}",
    ]
    config = load_toy(tmp_path, sets=sets).config
    assert (config.note, config.seed, config.training.learning_rate) == (note, seed, rate)


PATHS = st.lists(
    st.sampled_from(
        ["data", "dev", "holdout", "encoder", "type", "widths", "stack", "labels", "workers", "0", "1", "x"]
    ),
    min_size=1,
    max_size=4,
).map(".".join)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["dgcnn", "auto", "${X}", "", "中"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "units", "0"]), inner)
    ),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(PATHS, VALUES), max_size=3))
def test_any_override_loads_or_is_explained(tmp_path: Path, overrides: list[tuple[str, Any]]) -> None:
    sets = [f"{path}={dump_inline(value)}" for path, value in overrides]
    for line in errors(tmp_path, sets=sets):
        assert re.match(r"(--set .*: |toy\.yaml:\d+:\d+: )\S.*(wanted|unknown key|is not set|missing)", line)
