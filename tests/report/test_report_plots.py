"""Plots follow the page: no colour, date or random id of their own."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nlpx.report.plots import curves, reliability

PLOTS = {
    "curves": lambda: curves("a", "Scores", {"f1": [0.1, None, 0.5], "准确率": [0.2, 0.3, 0.4]}, best=True),
    "reliability": lambda: reliability("a", np.array([[10, 0.55, 0.4], [0, 0, 0], [90, 0.95, 0.9]])),
}


@pytest.mark.parametrize("name", PLOTS)
def test_colours_come_from_the_page(name):
    svg = PLOTS[name]()
    assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) == set()
    assert "currentColor" in svg
    assert "var(--s1)" in svg


@pytest.mark.parametrize("name", PLOTS)
def test_the_same_plot_is_the_same_bytes(name):
    assert PLOTS[name]() == PLOTS[name]()
    assert "<metadata" not in PLOTS[name]()


@pytest.mark.parametrize("name", PLOTS)
def test_ids_are_unique_and_references_lead_somewhere(name):
    svg = PLOTS[name]()
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', svg)) <= set(ids)


def test_text_stays_text():
    svg = PLOTS["curves"]()
    assert ">准确率</text>" in svg
    assert ">0.50</text>" in svg
