"""The page of a linker: stages, errors by kind, candidates."""

from __future__ import annotations

import re

import pytest

from nlpx.report.content import Judged
from nlpx.runs import RunStore
from nlpx.tasks.entity_linking.metrics import evaluate
from nlpx.tasks.entity_linking.page import page
from tests.pipeline.tiny import nlpx
from tests.report.made import NASTY, Page
from tests.tasks.entity_linking.el_samples import said, text, write_task

GOLD = [
    text("李娜爱苹果", ("李娜", "1"), ("苹果", "2"), id="0"),
    text("天使和高原", ("天使", None), ("高原", "7"), id="1"),
    text("没有", id="2"),
]
SAID = [
    said(GOLD[0], ("李娜", "9"), ("苹果", "2")),
    said(GOLD[1], ("天使", "8")),
    said(GOLD[2]),
]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))


def made(examples=GOLD, predictions=SAID):
    return page(
        Judged("dev", examples, predictions, evaluate(examples, predictions, bootstrap=0), None), None
    )


def test_each_text_has_the_kinds_of_its_errors():
    found = {item.id: (item.verdict, set(item.kinds)) for item in made().items}
    assert found == {
        "0": ("wrong", {"wanted: wrong entity", "answered: wrong entity"}),
        "1": ("wrong", {"wanted: span missed", "answered: linked NIL"}),
        "2": ("right", set()),
    }


def test_counts_of_errors_add_up_and_lead_to_texts():
    made_page = made()
    [errors] = [section for section in made_page.sections if section.id == "errors"]
    kinds = {kind for item in made_page.items for kind in item.kinds}
    assert set(re.findall(r'data-kind="([^"]+)"', errors.body)) == kinds
    assert [int(one) for one in re.findall(r"together.*?>(\d+)<", errors.body)] == [3, 3]


def test_the_stages_never_rise():
    assert "funnel" not in {section.id for section in made().sections}  # nobody was asked about gold places
    asked = [said(one, *[(m.surface, m.entity_id) for m in one.mentions if m.entity_id]) for one in GOLD]
    for one in asked:
        one.on_gold = one.links
    [funnel] = [section for section in made(predictions=asked).sections if section.id == "funnel"]
    shares = [float(one) for one in re.findall(r"width:([\d.]+)%", funnel.body)]
    assert shares[0] == 100
    assert shares[1] >= shares[2] >= shares[3]


def test_names_of_strangers_are_shown_not_run():
    example = text(f"{NASTY}李娜", ("李娜", NASTY))
    [item] = made([example], [said(example, (NASTY, NASTY))]).items
    html = item.body()
    assert "<script" not in html
    assert "\u202e" not in html


def test_the_page_of_a_dictionary_has_stages_and_candidates_with_names(tmp_path):
    result = nlpx("train", "entity_linking", "--config", write_task(tmp_path / "work"))
    assert result.exit_code == 0, result.output
    run = RunStore().find("latest")
    html = (run.path / "report.html").read_text("utf-8")
    text_of_page = Page(html).text
    assert "Stage by stage" in text_of_page
    assert "Learning curves" not in text_of_page
    assert "苹果公司" in text_of_page
    assert sorted(Page(html).verdicts) == [0, 1]
    assert nlpx("report").exit_code == 0
    assert (run.path / "report.html").read_text("utf-8") == html


def test_without_its_knowledge_base_a_linker_still_has_a_page(tmp_path):
    assert nlpx("train", "entity_linking", "--config", write_task(tmp_path / "work")).exit_code == 0
    (tmp_path / "work" / "kb_data").unlink()
    result = nlpx("report")
    assert result.exit_code == 0, result.output
    page = Page((RunStore().find("latest").path / "report.html").read_text("utf-8"))
    assert "There are no examples on this page" in page.text
    assert "links, script of 2020" in page.text
