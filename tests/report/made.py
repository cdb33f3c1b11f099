"""Pages made from synthetic texts, without training anything."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from nlpx.config.load import load
from nlpx.report.build import Source, build
from nlpx.report.content import Judged
from nlpx.runs import Run, RunStore
from nlpx.tasks.classification.example import Example, Prediction
from nlpx.tasks.classification.task import Classification
from tests.runs.sample_runs import finished
from tests.tasks.classification.cls_samples import TFIDF, said, write_experiment

NASTY = "<script>alert('run')</script> \"quoted\" & 'single' \u202eright-to-left\u202c עברית \ud800"


def texts(number: int, length: int = 20) -> tuple[list[Example], list[Prediction]]:
    """Texts of two classes; every fourth is taken for the other, and the later the surer."""
    examples, predictions = [], []
    for row in range(number):
        true, other = ("pos", "neg") if row % 2 else ("neg", "pos")
        examples.append(Example(f"s{row}", f"第{row}条" + "很长的评论，" * (length // 6), (true,)))
        predictions.append(said(other if row % 4 == 0 else true, sure=0.5 + row / number / 2.1))
    return examples, predictions


def classified(
    folder: Path, examples: Sequence[Example], predictions: Sequence[Prediction], **changes: Any
) -> Source:
    """What the page of a classifier is made from."""
    config = load(write_experiment(folder / "work", TFIDF), Classification.Config).config
    task = Classification(config)
    run: Run = finished(RunStore(folder / "made"), "made", task="classification", **changes)
    metrics: dict[str, Any] = {"main": None, "splits": {}}
    if task.labelled(examples):
        metrics["splits"]["dev"] = task.evaluate(examples, predictions)
        metrics["main"] = {
            "split": "dev",
            "metric": "accuracy",
            "value": metrics["splits"]["dev"]["accuracy"],
        }
    judged = Judged("dev", examples, predictions, metrics["splits"].get("dev", {}), None)
    return Source(run, task, metrics, judged)


def made(folder: Path, number: int, length: int = 20) -> str:
    """The page of a classifier."""
    return build(classified(folder, *texts(number, length)))


class Page(HTMLParser):
    """What a browser would find: elements with their attributes, and what is written in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(html))  # Markup would escape what is added to it

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each such element."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def verdicts(self) -> dict[int, str]:
        """The verdict of each example by its row, in the order of the page."""
        return {int((one["id"] or "e0")[1:]): one["data-v"] or "" for one in self.all("article")}
