"""Submissions: what is written is accepted and reads back; whatever is broken is named with its line."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpx.errors import SubmissionError, UsageError
from nlpx.tasks.sequence_labeling.data import read
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.submission import check, write
from nlpx.text.spans import Span, flatten

EXAMPLES = [Example("0", "王明在北京", []), Example("1", "今天", []), Example("2", "李雷来了", [])]
PREDICTED = [[Span(0, 2, "PER"), Span(3, 5, "LOC")], [], [Span(0, 2, "PER")]]
LABELS = {"PER", "LOC"}
FORMATS = ("spans", "cluener", "columns")


@pytest.fixture
def submit(tmp_path):
    """Write the submission, change its lines, check it."""

    def submit(format, change=lambda lines: lines, examples=EXAMPLES, predicted=PREDICTED):
        path = tmp_path / "submission"
        write(path, examples, predicted, format)
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join(change(lines)), encoding="utf-8", errors="surrogateescape")
        return check(path, format, examples, LABELS)

    return submit


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_written_is_accepted(submit, format):
    assert submit(format) == []


def test_the_formats_are_those_of_the_competitions(tmp_path):
    path = tmp_path / "out"
    write(path, EXAMPLES, PREDICTED, "cluener")
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0]) == {
        "id": 0,
        "label": {"PER": {"王明": [[0, 1]]}, "LOC": {"北京": [[3, 4]]}},
    }
    write(path, EXAMPLES, PREDICTED, "spans")
    first = {
        "id": "0",
        "spans": [{"start": 0, "end": 2, "label": "PER"}, {"start": 3, "end": 5, "label": "LOC"}],
    }
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0]) == first
    write(path, EXAMPLES, PREDICTED, "columns", scheme="BIOES")
    assert path.read_text(encoding="utf-8").startswith(
        "王\tB-PER\n明\tE-PER\n在\tO\n北\tB-LOC\n京\tE-LOC\n\n今\tO\n"
    )


texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\t\r\n"), min_size=1, max_size=15
)


@settings(deadline=None)
@given(texts, st.data(), st.sampled_from(["BIO", "IOB1", "BIOES", "BMES"]))
def test_columns_read_back_as_they_were(tmp_path_factory, text, data, scheme):
    places = st.tuples(st.integers(0, len(text) - 1), st.integers(1, 4), st.sampled_from(["A", "B"]))
    drawn = data.draw(st.lists(places))
    spans = flatten(Span(start, min(start + length, len(text)), label) for start, length, label in drawn)
    path = tmp_path_factory.mktemp("columns") / "out"
    write(path, [Example("0", text, [])], [spans], "columns", scheme=scheme)
    examples, _ = read(path, "columns", unit="char", scheme=scheme)
    assert [(example.text, example.spans) for example in examples] == [(text, spans)]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_is_accepted_in_json(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("json") / "out"
    for format in ("spans", "cluener"):
        write(path, [Example("x", text, [])], [[Span(0, len(text), "PER")]], format)
        assert check(path, format, [Example("x", text, [])], LABELS) == []


def swapped(lines):
    return [lines[1], lines[0], lines[2]]


@pytest.mark.parametrize("format", ["spans", "cluener"])
@pytest.mark.parametrize(
    ("change", "problems"),
    [
        pytest.param(lambda lines: lines[:1], ["missing: 2 of 3 texts, ids '1', '2'"], id="cut short"),
        pytest.param(
            lambda lines: [lines[0], lines[2]],
            ["line 2: wanted id '1', got '2'", "missing: 1 of 3"],
            id="gap",
        ),
        pytest.param(
            lambda lines: [*lines, lines[0]], ["line 4: id '0' is already on line 1"], id="repeated"
        ),
        pytest.param(
            swapped,
            ["line 1: wanted id '0', got '1'", "line 2: wanted id '2'", "line 3: wanted"],
            id="swapped",
        ),
        pytest.param(lambda lines: [*lines, "{"], ["line 4: no JSON object: '{'"], id="no JSON"),
        pytest.param(lambda lines: [*lines, '{"id": 9}'], ["line 4: no '"], id="no spans"),
        pytest.param(lambda lines: [lines[0], "\udcff", *lines[1:]], ["line 2: not UTF-8"], id="not UTF-8"),
        pytest.param(
            lambda lines: [lines[0].replace("PER", "XYZ"), *lines[1:]],
            ["line 1: unknown label 'XYZ'"],
            id="label",
        ),
        pytest.param(
            lambda lines: [lines[0][:-1] + ', "text": "别的"}', *lines[1:]],
            ["line 1: the text of id '0' was changed: '别的'"],
            id="text",
        ),
    ],
)
def test_broken_files_are_named_by_line(submit, format, change, problems):
    found = submit(format, change)
    assert len(found) == len(problems)
    assert all(got.startswith(wanted) for got, wanted in zip(found, problems, strict=True))


@pytest.mark.parametrize(
    ("format", "old", "new", "problem"),
    [
        ("spans", '"end": 2', '"end": 9', "line 1: no span of a text of 5 characters: start 0, end 9"),
        ("spans", '"end": 2', '"end": 0', "line 1: no span of a text of 5 characters: start 0, end 0"),
        (
            "spans",
            '"spans": [',
            '"spans": [{"start": 0, "end": 2, "label": "PER"}, ',
            "line 1: a span is there twice",
        ),
        ("cluener", "王明", "王五", "line 1: the text has '王明' where '王五' is said to be"),
        ("cluener", "[0, 1]", "[0, 9]", "line 1: no span of a text of 5 characters: start 0, end 10"),
        ("cluener", "[0, 1]", "[0, 1], [0, 1]", "line 1: a span is there twice"),
    ],
)
def test_wrong_spans_are_named_by_line(submit, format, old, new, problem):
    assert submit(format, lambda lines: [lines[0].replace(old, new), *lines[1:]]) == [problem]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(
            lambda lines: ["张\tB-PER", *lines[1:]], "line 1: text '0' has the token '王' here", id="token"
        ),
        pytest.param(lambda lines: ["王\tB-XYZ", *lines[1:]], "line 1: unknown label 'XYZ'", id="label"),
        pytest.param(lambda lines: ["王\tPER", *lines[1:]], "line 1: 'PER' is no tag of BIO", id="no tag"),
        pytest.param(lambda lines: ["王 O", *lines[1:]], "line 1: wanted token TAB tag", id="no tab"),
        pytest.param(
            lambda lines: ["王\tO", *lines[1:]], "line 1: text '0' has 1 tags that BIO forbids", id="illegal"
        ),
        pytest.param(
            lambda lines: [*lines[:4], *lines[5:]], "line 1: text '0' has 5 tokens, got 4", id="token gone"
        ),
        pytest.param(lambda lines: lines[:8], "wanted 3 texts, got 2", id="text gone"),
        pytest.param(lambda lines: [*lines, "", "多\tO"], "wanted 3 texts, got 4", id="text too many"),
    ],
)
def test_broken_columns_are_named_by_line(submit, change, problem):
    (found,) = submit("columns", change)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("example", "spans", "why"),
    [
        (Example("0", "王明在北京", []), [Span(0, 3, "PER"), Span(2, 5, "LOC")], "spans overlap"),
        (
            Example("0", "New York", [], [(0, 3), (4, 8)]),
            [Span(0, 5, "LOC")],
            "a span begins or ends inside a token",
        ),
        (Example("0", "a\tb", []), [], "a token is a tab or a line end"),
    ],
)
def test_what_columns_can_not_say_is_refused(tmp_path, example, spans, why):
    with pytest.raises(SubmissionError, match=rf"text '0' can't be written as columns: {why}") as error:
        write(tmp_path / "out", [example], [spans], "columns")
    assert error.value.exit_code == 6
    assert list(tmp_path.iterdir()) == []  # nothing half-written stays behind


def test_overlaps_are_fine_where_the_format_can_say_them(submit):
    predicted = [[Span(0, 3, "PER"), Span(2, 5, "LOC")], [], []]
    assert submit("spans", predicted=predicted) == submit("cluener", predicted=predicted) == []


def test_word_texts_are_compared_word_by_word(submit):
    examples = [Example("0", "New York is big", [], [(0, 3), (4, 8), (9, 11), (12, 15)])]
    assert submit("columns", examples=examples, predicted=[[Span(0, 8, "LOC")]]) == []


def test_predictions_are_written_as_they_come(tmp_path):
    def examples():
        for number in range(3):
            assert len(list(tmp_path.iterdir())) == 1  # the file is open while examples still come
            yield Example(str(number), "王", [])

    write(tmp_path / "out", examples(), ([] for _ in range(3)), "spans")
    assert len((tmp_path / "out").read_text(encoding="utf-8").splitlines()) == 3


def test_unknown_formats_and_missing_files(tmp_path):
    with pytest.raises(UsageError, match="Known formats: spans, cluener, columns"):
        write(tmp_path / "out", [], [], "xml")
    with pytest.raises(SubmissionError, match=r"out: can't be read \(No such file"):
        check(tmp_path / "out", "spans", [], LABELS)
