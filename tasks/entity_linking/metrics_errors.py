"""What went wrong, by kind: every gold link and every answer is exactly one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from nlpx.tasks.entity_linking.example import Example, Link, Mention, Place, Prediction

OF_GOLD = ("correct", "wrong entity", "no candidate", "wrong span", "span missed")
OF_ANSWERS = ("correct", "wrong entity", "linked NIL", "wrong span", "spurious")


def error_counts(examples: Sequence[Example], predictions: Sequence[Prediction]) -> dict[str, dict[str, int]]:
    """Counts of each kind.

    ``gold`` sorts what was wanted: `no candidate` where the right entity was no candidate there, which no model
    could mend, `wrong span` where an answer overlaps it, `span missed` where none does. ``answers`` sorts what was
    said: `linked NIL` where the gold says NIL there, `spurious` where the gold has nothing.
    """
    gold, answers = Counter(dict.fromkeys(OF_GOLD, 0)), Counter(dict.fromkeys(OF_ANSWERS, 0))
    for example, prediction in zip(examples, predictions, strict=True):
        mentions = example.tidy()
        gold.update(kind for _, kind in gold_kinds(mentions, prediction))
        answers.update(answer_kind(link, mentions) for link in prediction.kept)
    return {"gold": dict(gold), "answers": dict(answers)}


def gold_kinds(mentions: Iterable[Mention], prediction: Prediction) -> list[tuple[Mention, str]]:
    """Each linked mention with its kind."""
    kept = prediction.kept
    said: dict[Place, set[str | None]] = {}
    for link in kept:
        said.setdefault((link.start, link.end), set()).add(link.entity_id)
    asked = {(link.start, link.end): link for link in prediction.on_gold}
    return [
        (mention, _kind(mention, said, asked.get(mention.place), kept))
        for mention in mentions
        if mention.entity_id is not None
    ]


def _kind(
    mention: Mention, said: dict[Place, set[str | None]], asked: Link | None, kept: Sequence[Link]
) -> str:
    if mention.entity_id in said.get(mention.place, ()):
        return "correct"
    if asked is not None and all(one.entity_id != mention.entity_id for one in asked.candidates):
        return "no candidate"
    if mention.place in said:
        return "wrong entity"
    overlapping = any(link.start < mention.end and mention.start < link.end for link in kept)
    return "wrong span" if overlapping else "span missed"


def answer_kind(link: Link, mentions: Sequence[Mention]) -> str:
    """The kind of an answer."""
    here = {mention.entity_id for mention in mentions if mention.place == (link.start, link.end)}
    if link.entity_id in here:
        return "correct"
    if here:
        return "wrong entity" if here - {None} else "linked NIL"
    linked = (mention for mention in mentions if mention.entity_id is not None)
    overlapping = any(link.start < mention.end and mention.start < link.end for mention in linked)
    return "wrong span" if overlapping else "spurious"
