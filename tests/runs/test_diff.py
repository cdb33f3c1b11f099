"""What differs between two configs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.runs.diff import MISSING, config_diff, flatten, short_keys, without_parts_of_others

KEYS = st.text("abc", min_size=1, max_size=2)
CONFIGS = st.dictionaries(
    KEYS,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=2),
        lambda values: st.dictionaries(KEYS, values, max_size=3) | st.lists(values, max_size=3),
    ),
    max_size=4,
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [("a", 1, True)]),
        ({"a": (1, 2)}, {"a": [1, 2]}, []),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 2, "c": 2}}, [("a.b", 1, 2)]),
        ({"a": [{"x": 1}]}, {"a": [{"x": 2}]}, [("a.0.x", 1, 2)]),
        ({"a": None}, {}, [("a", None, MISSING)]),
        ({}, {"a": {}}, [("a", MISSING, {})]),
        ({}, {}, []),
        ({"z": 1, "a": 1}, {"a": 2, "z": 2, "n": 3}, [("z", 1, 2), ("a", 1, 2), ("n", MISSING, 3)]),
    ],
    ids=[
        "1 is 1.0",
        "True is not 1",
        "tuple",
        "nested",
        "list of parts",
        "no key",
        "new part",
        "nothing",
        "order",
    ],
)
def test_config_diff(old, new, expected):
    assert config_diff(old, new) == expected


def test_ignored_keys_go_with_all_below_them():
    old, new = {"name": "a", "train": {"x": 1}, "names": 1}, {"name": "b", "train": {"x": 2}, "names": 2}
    assert config_diff(old, new, ignore=("name", "train")) == [("names", 1, 2)]


def test_another_type_is_told_without_its_keys():
    old = {"model": {"type": "a", "x": 1, "part": {"y": 1}}, "seed": 1, "type": "t"}
    new = {"model": {"type": "b", "z": 2}, "seed": 2, "type": "u"}
    found = without_parts_of_others(config_diff(old, new))
    assert found == [("model.type", "a", "b"), ("seed", 1, 2), ("type", "t", "u")]


def test_missing_is_not_null():
    assert repr(MISSING) == "(not set)"


@given(CONFIGS)
def test_nothing_differs_from_itself(config):
    assert config_diff(config, config) == []


@given(CONFIGS, CONFIGS)
def test_diff_is_symmetric(old, new):
    there = {(key, repr(a), repr(b)) for key, a, b in config_diff(old, new)}
    back = {(key, repr(b), repr(a)) for key, a, b in config_diff(new, old)}
    assert there == back


@given(CONFIGS)
def test_flat_keys_are_values_of_the_config(config):
    assert all(not isinstance(value, dict) or not value for value in flatten(config).values())


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["a.units", "seed"], ["units", "seed"]),
        (["a.units", "b.units"], ["a.units", "b.units"]),
        (["units", "a.units"], ["units", "a.units"]),
    ],
)
def test_short_keys(keys, expected):
    assert list(short_keys(keys).values()) == expected
