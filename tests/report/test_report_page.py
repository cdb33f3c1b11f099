"""The page as HTML: everything wrong is on it, nothing in it runs, and it stays small."""

from __future__ import annotations

import re

import pytest

from nlpx.report.build import build
from nlpx.report.confusion import LARGEST, confusion
from nlpx.report.ranking import SHOWN
from nlpx.tasks.classification.example import Example
from tests.report.made import NASTY, Page, classified, made, texts
from tests.tasks.classification.cls_samples import said


def test_every_wrong_example_is_there_the_surest_first(tmp_path):
    examples, predictions = texts(40)
    page = Page(build(classified(tmp_path, examples, predictions)))
    wrong = [row for row in range(40) if examples[row].labels != predictions[row].labels]
    assert [row for row, verdict in page.verdicts.items() if verdict == "wrong"] == wrong[::-1]
    assert list(page.verdicts)[: len(wrong)] == wrong[::-1]
    assert sorted(page.verdicts) == list(range(40))


def test_the_counts_of_the_confusion_matrix_add_up_to_the_split(tmp_path):
    html = made(tmp_path, 40)
    matrix = html[html.index('class="matrix"') : html.index("</table>", html.index('class="matrix"'))]
    cells = [int(number) for number in re.findall(r">(\d+)<", matrix)]
    assert sum(cells) == 2 * 40  # every count, and the sum of each row
    assert "40 of 40 examples are shown: 10 wrong and 30 right in all" in " ".join(Page(html).text.split())


def test_numbers_and_sides_are_named(tmp_path):
    text = " ".join(Page(made(tmp_path, 40)).text.split())
    assert "pos (gold: neg)" in text
    assert "The number at the right: probability of the predicted class." in text
    assert "a point for each of 15 bins of equal width that has texts" in text
    assert "together, without this page" in text


def test_no_text_can_run_or_turn_the_page_around(tmp_path):
    examples = [Example(NASTY, NASTY, (NASTY,), pair=NASTY), Example("2", "ok", ("pos",))]
    html = build(classified(tmp_path, examples, [said("pos"), said("pos")]))
    page = Page(html)
    assert len(page.all("script")) == 1
    assert not set("\u202e\u202c\ud800") & set(html)
    assert "<script>alert('run')</script>" in page.text
    assert "RLO" in page.text
    html.encode()


def test_only_the_page_s_own_script_may_run(tmp_path):
    page = Page(made(tmp_path, 4))
    policy = next(
        one["content"] for one in page.all("meta") if "content" in one and "src" in (one["content"] or "")
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "'unsafe-inline'" not in policy[policy.index("script-src") :].partition(";")[0]
    loads = [one for _, one in page.elements for name in ("src", "href") if (one.get(name) or "#")[0] != "#"]
    assert loads == []


def test_the_same_run_gives_the_same_page(tmp_path):
    source = classified(tmp_path, *texts(30))
    assert build(source) == build(source)


@pytest.mark.parametrize("length", [30, 6000])
def test_two_thousand_examples_stay_below_five_megabytes(tmp_path, length):
    html = made(tmp_path, 2000, length)
    assert len(html.encode()) < 5_000_000
    assert len(Page(html).verdicts) == 2000


def test_of_more_examples_those_that_matter_are_shown_and_the_page_says_so(tmp_path):
    html = made(tmp_path, SHOWN + 500)
    page = Page(html)
    assert len(page.verdicts) == SHOWN
    assert sum(verdict == "wrong" for verdict in page.verdicts.values()) == (SHOWN + 500) // 4
    assert "2,000 of 2,500 examples are shown" in " ".join(page.text.split())


def test_a_split_without_labels_has_examples_but_no_verdicts(tmp_path):
    examples, predictions = texts(8)
    bare = [Example(one.id, one.text) for one in examples]
    page = Page(build(classified(tmp_path, bare, predictions)))
    assert set(page.verdicts.values()) == {""}
    assert "No score" in page.text
    assert "Confusion" not in page.text


def test_several_classes_have_no_matrix_but_kinds(tmp_path):
    source = classified(tmp_path, [Example("1", "好", ("a", "b"))], [said("a", "c", of="abc")])
    page = Page(build(source))
    names = {one.get("data-name") for one in page.all("option")}
    assert {"missed b", "wrongly said c", "gold: a"} <= names
    assert "missed b (in 1 text)" in page.text


def test_a_smoke_run_says_that_it_is_one(tmp_path):
    sample = texts(4)
    assert "Smoke run" not in build(classified(tmp_path / "real", *sample))
    html = build(classified(tmp_path / "smoke", *sample, smoke=True))
    assert "Smoke run" in html
    assert "--smoke" in html


def test_of_many_classes_the_frequent_ones_have_rows_and_no_count_is_lost():
    size = LARGEST + 6
    counts = [[1 + (row == column) * row for column in range(size)] for row in range(size)]
    html = confusion([f"c{number}" for number in range(size)], counts)
    cells = [int(number) for number in re.findall(r">(\d+)<", html)]
    assert sum(cells) == 2 * sum(map(sum, counts))
    assert f"{LARGEST} of {size} classes" in html
    assert "all others taken for" not in html
    assert "c0 taken" not in html
    assert f"c{size - 1} taken for c{size - 2}" in html
