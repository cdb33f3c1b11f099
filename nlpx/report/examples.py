"""The list of examples: those that matter most, as many as the page can carry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from nlpx.report.content import Item, Judged, Section, TaskPage
from nlpx.report.marks import drawn
from nlpx.report.ranking import kinds, verdicts
from nlpx.report.saliency import Maps
from nlpx.report.shown import excerpt
from nlpx.report.templating import render
from nlpx.task import Task

LIST = 4_300_000
"""Bytes of the list. Every row shows its first line; as many can be opened as fit."""

FRAME = 150
"""Bytes that make a row one that can be opened."""


def example_list(
    items: Sequence[Item], shown: Sequence[Item], judged: Judged, page: TaskPage, maps: Maps
) -> Section:
    """The section with the examples.

    Args:
        items: all there are.
        shown: those on the page, in its order.
        page: says how to read their colours and numbers.
        maps: which words made the decisions.
    """
    narrowed = kinds(items)
    place = {kind: number for number, (kind, _) in enumerate(narrowed)}
    rows, opened = _rows(shown, place, maps.by_row)
    body = render(
        "examples.html",
        rows=rows,
        shown=len(shown),
        opened=opened,
        total=len(items),
        verdicts=verdicts(items),
        kinds=narrowed,
        legend=page.legend,
        sure=page.sure,
        maps=maps,
        confident=any(item.confidence is not None for item in shown),
    )
    return Section("examples", f"Examples of {judged.split}", body)


def _rows(shown: Sequence[Item], place: dict[str, int], maps: dict[int, Markup]) -> tuple[list[Markup], int]:
    """The rows, and how many of them can be opened."""
    rows = [_row(item, place, Markup()) for item in shown]
    left, opened = LIST - sum(map(_bytes, rows)), 0
    for number, item in enumerate(shown):
        body = item.body() + maps.get(item.row, Markup())
        left -= _bytes(body) + FRAME
        if left < 0:
            break
        rows[number] = _row(item, place, body)
        opened += 1
    return rows, opened


def _row(item: Item, place: dict[str, int], body: Markup) -> Markup:
    numbers = sorted({place[kind] for kind in item.kinds if kind in place})
    return render("item.html", item=item, text=excerpt(item.text), kinds=numbers, body=body)


def _bytes(html: str) -> int:
    return len(html.encode("utf-8", "replace"))


def plain_items(task: Task[Any, Any], judged: Judged) -> list[Item]:
    """Examples of a task that says nothing about them: the lines of its predictions file."""
    items = []
    for row, pair in enumerate(zip(judged.examples, judged.predictions, strict=True)):
        record = task.record(*pair)
        text = str(record.get("text", ""))
        items.append(Item(row, str(record.get("id", row)), text, "", "", None, (), _record(record)))
    return items


def _record(record: dict[str, Any]) -> Any:
    def body() -> Markup:
        lines = json.dumps(record, ensure_ascii=False, indent=2, default=str)
        return Markup("<div class='record'>{}</div>").format(drawn(lines, ()))

    return body
