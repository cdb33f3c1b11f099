"""The YAML reader: YAML 1.2 values, every mark kept, everything dangerous refused."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from nlpx.config.document import Mark
from nlpx.config.dump import dump_inline, dump_values
from nlpx.config.yaml_reader import MAX_BYTES, MAX_VALUES, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E5", 100000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("-0.5", -0.5),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("17", 17),
        ("+1", 1),
        ("017", 17),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("0b11", "0b11"),
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("2020-01-31", "2020-01-31"),
        ("=", "="),
        ("~", None),
        ("null", None),
        ("", None),
        ("'1'", "1"),
        ('"\\u4e2d"', "中"),
        ("!!str 12", "12"),
        ("!!float 3", 3.0),
        ("[1, [a]]", [1, ["a"]]),
        ("{a: {b: 1}}", {"a": {"b": 1}}),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: Any) -> None:
    document = read_yaml(f"key: {text}")
    found = document.value["key"]
    assert (found, type(found), document.problems) == (value, type(value), [])


def test_not_a_number_is_a_number() -> None:
    assert math.isnan(read_yaml("a: .nan").value["a"])


@pytest.mark.parametrize("key", ["1", "no", "true", "1.5", "~", "a b", "中", "<"])
def test_keys_are_texts_as_written(key: str) -> None:
    assert read_yaml(f"{key}: x").value == {key: "x"}


def test_every_key_and_value_has_its_mark() -> None:
    document = read_yaml("a: 1\nb:\n  中文: [x, y]\n  d:\n  - e: 2\n")
    assert document.keys["b", "中文"] == Mark(3, 3)
    assert document.values["b", "中文", 1] == Mark(3, 11)
    assert document.keys["b", "d", 0, "e"] == Mark(5, 5)
    assert document.values["b", "d", 0, "e"] == Mark(5, 8)
    assert set(document.keys) == set(document.values) == {
        (), ("a",), ("b",), ("b", "中文"), ("b", "中文", 0), ("b", "中文", 1),
        ("b", "d"), ("b", "d", 0), ("b", "d", 0, "e"),
    }  # fmt: skip


def test_a_wrong_value_is_pointed_at_on_its_keys_line_else_at_the_key() -> None:
    document = read_yaml("a: 1\nb:\n  - c\n")
    assert document.value_mark(("a",)) == Mark(1, 4)
    assert document.value_mark(("b",)) == Mark(2, 1)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "\ufeff"])
def test_an_empty_file_is_nothing(text: str) -> None:
    assert read_yaml(text).value is None
    assert read_yaml(text).problems == []


def test_a_byte_order_mark_is_skipped_and_not_counted() -> None:
    document = read_yaml(b"\xef\xbb\xbfa: 1")
    assert (document.value, document.keys["a",]) == ({"a": 1}, Mark(1, 1))


def test_windows_line_ends_count_once() -> None:
    assert read_yaml("a: 1\r\nb: 2\r\n").keys["b",] == Mark(2, 1)


def test_an_alias_repeats_its_value() -> None:
    assert read_yaml("a: &x {k: 1}\nb: *x\nc: *x").value == {"a": {"k": 1}, "b": {"k": 1}, "c": {"k": 1}}


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\na: 2", (2, 1), "came twice, first at line 1; wanted each key once"),
        ("a: {b: 1, 'b': 2}", (1, 11), "came twice, first at line 1; wanted each key once"),
        (
            "a: !!python/object/apply:os.system [ls]",
            (1, 4),
            "came the tag !!python/object/apply:os.system; wanted a plain value, a config makes no objects",
        ),
        (
            "a: !<tag:yaml.org,2002:python/name:os.system> x",
            (1, 4),
            "came the tag !!python/name:os.system; wanted a plain value, a config makes no objects",
        ),
        ("a: !mine x", (1, 4), "came the tag !mine; wanted a plain value, a config makes no objects"),
        ("a: !!set {b}", (1, 4), "came the tag !!set; wanted a plain value, a config makes no objects"),
        ("!x a: 1", (1, 1), "came the tag !x; wanted a plain value, a config makes no objects"),
        ("a: !!int x", (1, 4), "came 'x'; wanted a value of type int"),
        ("a: 1e999", (1, 4), "came 1e999, which is too large; wanted a number below 1.8e308"),
        (f"a: {'9' * 5000}", (1, 4), "came a number of 5000 characters; wanted at most 300"),
        (
            "a: &x\n  b: *x",
            (1, 4),
            "an alias (*name) refers to the value it is in; wanted an anchor on an earlier value",
        ),
        ("<<: {a: 1}", (1, 1), "merge keys are not YAML 1.2; wanted the keys written out"),
        ("? [a]\n: 1", (1, 3), "came a list or section as a key; wanted a text"),
        ("'': 1", (1, 1), "came an empty key; wanted a text before ':'"),
        ("a: *x", (1, 4), "came an alias (*name) without its anchor; wanted &name at an earlier value"),
        ("a: &x 1\nb: &x 2", (2, 4), "came the same anchor (&name) twice; wanted another name"),
        ("a: b: c", (1, 5), "came a second ':' in one value; wanted the value in quotes, or a new line"),
        (
            "a:1\nb: 2",
            (2, 2),
            "the line above is no `key: value`, or is indented less; wanted a space after ':' and equal indentation",
        ),
        ("a:\n\tb: 1", (2, 1), "came a tab; wanted spaces to indent"),
        ("a: 1\nb", (2, 1), "came a line without ':'; wanted `key: value`"),
        ("a:\n  b: 1\n c: 2", (3, 2), "the indentation fits no line above; wanted the same number of spaces"),
        ("a: [1, 2", (1, 4), "the list is not closed; wanted ',' or ']'"),
        ("a: {b: 1", (1, 4), "the section in braces is not closed; wanted ',' or '}'"),
        ("a: 'x\nb: 1", (1, 4), "the quotes are not closed; wanted a closing quote"),
        ("a: [", (1, 5), "the text ends in the middle of a list or section; wanted it closed"),
        ("a: {: 1}", (1, 5), "came ':', ',' or '}' where a value belongs; wanted a value, or quotes"),
        ("a: 1\n---\nb: 1", (2, 1), "came a second document ('---'); wanted one"),
        ("a: @x", (1, 4), "came a character with a meaning of its own in YAML; wanted quotes round it"),
        ('a: "\\q"', (1, 6), "came an unknown escape in double quotes; wanted '\\\\' or single quotes"),
        ("a: !x!y 1", (1, 4), "came an unknown tag; wanted a plain value"),
        ("a: \x07", (1, 4), "came the character U+0007; wanted printable text"),
    ],
)  # fmt: skip
def test_what_is_refused_says_where_and_why(text: str, place: tuple[int, int], message: str) -> None:
    mark, _, found = read_yaml(text).problems[0]
    assert (found, mark) == (message, place)


def test_all_duplicates_and_tags_are_reported_at_once() -> None:
    document = read_yaml("a: 1\na: 2\nb: !x y\nc: {d: 1, d: 2}\n")
    assert [problem.mark.line for problem in document.problems] == [2, 3, 4]


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        ("a: 1".encode("utf-16"), (1, 1), "the file is UTF-16; wanted UTF-8: save it as UTF-8"),
        ("a: 中".encode("gb18030"), (1, 4), "came the byte 0xd6, which is not UTF-8; wanted UTF-8: save it as UTF-8"),
        (b"\xef\xbb\xbfa: \xb5", (1, 4), "came the byte 0xb5, which is not UTF-8; wanted UTF-8: save it as UTF-8"),
        (b"a: 1\nb: c\xb5", (2, 5), "came the byte 0xb5, which is not UTF-8; wanted UTF-8: save it as UTF-8"),
        (b"#" * (MAX_BYTES + 1), (1, 1), "came 1,048,577 bytes; wanted at most 1,048,576 (1 MiB)"),
    ],
)  # fmt: skip
def test_files_that_are_no_short_utf8_are_refused(data: bytes, place: tuple[int, int], message: str) -> None:
    mark, _, found = read_yaml(data).problems[0]
    assert (found, mark) == (message, place)


def billion_laughs(levels: int) -> str:
    lines = ["a0: &a0 [lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (billion_laughs(4), None),
        (billion_laughs(5), "aliases (*name) repeat 34,560 values; wanted at most 10,000"),
        (billion_laughs(30), "aliases (*name) repeat billions of values; wanted at most 10,000"),
        ("[" * 100_000, "came lists or sections in each other; wanted at most 50 deep"),
        ("{" * 100_000, "came lists or sections in each other; wanted at most 50 deep"),
        ("- " * 100_000, "came lists or sections in each other; wanted at most 50 deep"),
        (f"a: [{'1,' * MAX_VALUES}]", "came too many values; wanted at most 50,000"),
    ],
    ids=["small", "grows", "explodes", "lists", "sections", "items", "many"],
)
def test_what_explodes_is_refused_quickly(text: str, message: str | None) -> None:
    start = time.perf_counter()
    found = [problem.message for problem in read_yaml(text).problems]
    assert found == ([message] if message else [])
    assert time.perf_counter() - start < 20


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1), inner, max_size=4),
    max_leaves=12,
)


@example("\x85 \u2028\u2029 \ufeff\x00\t ")
@given(TREES)
def test_any_plain_value_survives_being_written_and_read(tree: Any) -> None:
    assert read_yaml(dump_values(tree)).value == tree
    assert read_yaml(dump_inline(tree)).value == tree


@given(
    st.text()
    | st.sampled_from(["no", "1e3", "0o7", "1:30", "2020-01-01", "~", "<<", "=", "null", "1_0", "on"])
)
def test_written_texts_stay_texts_for_yaml_1_1_readers_too(text: str) -> None:
    assert yaml.safe_load(dump_values({"key": text})) == {"key": text}


@given(st.text(alphabet="ab: -[]{},&*!|>'\"%@`#?\n\t~01.中", max_size=40))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    document = read_yaml(text)
    assert set(document.keys) == set(document.values)
    assert all(problem.message and problem.mark >= (1, 1) for problem in document.problems)


@given(st.binary(max_size=40))
def test_no_bytes_make_the_reader_fail(data: bytes) -> None:
    read_yaml(data)
