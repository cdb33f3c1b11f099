"""The texts of a linker's report page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from nlpx.report.content import Item
from nlpx.tasks.entity_linking.example import Example, Prediction
from nlpx.tasks.entity_linking.page_links import RIGHTS, Entities, Seen, opened


def kind_name(side: str, kind: str) -> str:
    """What the list of examples calls a kind of error: wanted or answered, and the kind."""
    return f"{side}: {kind}"


def text_item(row: int, example: Example, prediction: Prediction, entities: Entities) -> Item:
    """A text of the list."""
    seen = Seen(example, prediction)
    return Item(
        row=row,
        id=example.id,
        text=example.text,
        answer=_answer(seen),
        verdict=("wrong" if seen.wrong else "right") if example.labelled else "",
        confidence=_confidence(seen),
        kinds=tuple(_kinds(seen)),
        body=partial(opened, seen, entities),
        focus=tuple((link.start, link.end) for link, kind in seen.said if kind not in RIGHTS),
    )


def _answer(seen: Seen) -> str:
    if not seen.example.labelled:
        return f"{len(seen.said)} links"
    counts = Counter(kind for _, kind in seen.said)
    counts["missed"] = sum(kind in ("span missed", "no candidate") for _, kind in seen.gold)
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "no link, rightly"


def _confidence(seen: Seen) -> float | None:
    """Of the wrong link the model is surest of, else of the surest of those it dropped; of a right text the least."""
    if not seen.wrong:
        return min((link.score for link, _ in seen.said), default=None)
    wrong = [link.score for link, kind in seen.said if kind not in RIGHTS]
    if wrong:
        return max(wrong)
    dropped = seen.dropped
    lost = (dropped.get(mention.place) for mention, kind in seen.gold if kind != "correct")
    return max((1 - link.score for link in lost if link is not None), default=None)


def _kinds(seen: Seen) -> Iterator[str]:
    yield from (kind_name("wanted", kind) for _, kind in seen.gold if kind != "correct")
    yield from (kind_name("answered", kind) for _, kind in seen.said if kind not in RIGHTS)
