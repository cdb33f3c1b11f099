"""The page in a real browser: it filters, sorts and opens, asks for nothing, and fits on a phone."""

from __future__ import annotations

import pytest

from nlpx.report.build import build
from nlpx.tasks.classification.example import Example
from tests.report.browser import chromium, opened
from tests.report.made import NASTY, classified, texts
from tests.tasks.classification.cls_samples import said

TEXTS = 60


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    examples, predictions = texts(TEXTS)
    examples.append(Example("nasty", f"<img src=x onerror=alert(1)> {NASTY} https://example.org", ("pos",)))
    source = classified(folder, examples, [*predictions, said("neg", sure=0.99)])
    (folder / "page.html").write_text(build(source), encoding="utf-8")
    return folder / "page.html"


@pytest.fixture
def page(browser, file):
    with opened(browser, file) as (page, heard):
        yield page
        assert heard == []  # no complaint, and no request


def shown(page):
    """Verdict and confidence of each example that is to be seen."""
    return page.eval_on_selector_all(
        "article", "all => all.filter(one => !one.hidden).map(one => [one.dataset.v, +one.dataset.c])"
    )


def test_it_begins_with_the_surest_mistakes(page):
    everything = shown(page)
    wrong = [sure for verdict, sure in everything if verdict == "wrong"]
    assert [verdict for verdict, _ in everything[: len(wrong)]] == ["wrong"] * len(wrong)
    assert wrong == sorted(wrong, reverse=True)
    assert page.inner_text("#count") == f"{TEXTS + 1} of {TEXTS + 1}"


def test_a_verdict_narrows_the_list(page):
    page.check("input[value=wrong]")
    wrong = shown(page)
    assert {verdict for verdict, _ in wrong} == {"wrong"}
    assert page.inner_text("#count") == f"{len(wrong)} of {TEXTS + 1}"
    page.check("input[value='']")
    assert len(shown(page)) == TEXTS + 1


@pytest.mark.parametrize(("order", "falling"), [("sure", True), ("unsure", False)])
def test_the_list_is_sorted(page, order, falling):
    page.select_option("#order", order)
    sure = [confidence for _, confidence in shown(page)]
    assert sure == sorted(sure, reverse=falling)
    page.select_option("#order", "file")
    rows = page.eval_on_selector_all("article", "all => all.map(one => +one.id.slice(1))")
    assert rows == list(range(TEXTS + 1))


def test_an_example_opens_and_tells_why(page):
    first = page.locator("article").first
    assert not first.locator(".body").is_visible()
    first.locator("summary").click()
    assert first.locator(".body").is_visible()
    assert "neg" in first.locator(".bars").inner_text()


def test_a_count_of_mistakes_leads_to_them(page):
    link = page.locator(".matrix a").first
    count = int(link.inner_text())
    link.click()
    assert len(shown(page)) == count
    assert {verdict for verdict, _ in shown(page)} == {"wrong"}


def test_words_are_found_in_texts(page):
    page.fill("#search", "第7条")
    assert len(shown(page)) == 1
    page.fill("#search", "nowhere")
    assert shown(page) == []
    assert page.inner_text("#count") == f"0 of {TEXTS + 1}"


def test_what_a_text_says_is_not_done(page):
    first = page.locator("article").first  # the model was surest of it
    first.locator("summary").click()
    assert "<img src=x onerror=alert(1)>" in first.inner_text()
    assert "alert('run')" in first.inner_text()
    assert page.locator("article img, article script, article a").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_the_screen_in_either_light(browser, file, width, scheme):
    with opened(browser, file, width=width, scheme=scheme) as (page, heard):
        page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert "gradient" in page.evaluate(
            "getComputedStyle(document.querySelector('.wide')).backgroundImage"
        )
        ink, ground = page.evaluate(
            "['color', 'backgroundColor'].map(name => getComputedStyle(document.body)[name])"
            ".map(color => color.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + +part, 0))"
        )
        assert (ink < ground) == (scheme == "light")
        assert abs(ink - ground) > 450  # of 765
        assert heard == []
