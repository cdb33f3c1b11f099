"""The rules by which answers are counted: each gives (correct, answered, wanted) of one text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nlpx.tasks.entity_linking.example import UNNAMED, Example, Place, Prediction

Counts = tuple[int, int, int]


def links(example: Example, prediction: Prediction) -> Counts:
    """The rule of CCKS 2019 as all its participants scored: sets of (offset, mention, id) without NIL.

    The text's id is part of the item, so counts of texts add up. Boundaries are exact, there is no partial credit,
    and gold mentions count as the file has them, those with wrong offsets too.
    """
    gold = {(m.start, m.surface, m.entity_id) for m in example.mentions if m.entity_id is not None}
    said = {(k.start, example.text[k.start : k.end], k.entity_id) for k in prediction.kept}
    return len(gold & said), len(said), len(gold)


def official_2020(example: Example, prediction: Prediction) -> Counts:
    """Baidu's script for CCKS 2020 without its entity types.

    Each gold place counts once, NIL in the gold counts as wanted but is never found, an answer at a place that is
    taken or not in the gold is wrong.
    """
    gold = {(m.start, m.surface): m.entity_id for m in example.mentions}
    correct = said = 0
    taken = set()
    for link in prediction.kept:
        key = (link.start, example.text[link.start : link.end])
        said += 1
        correct += key not in taken and gold.get(key) == link.entity_id
        taken.add(key)
    return correct, said, len(example.mentions)


def concepts(example: Example, prediction: Prediction) -> Counts:
    """The rule of DNorm and TaggerOne: the set of ids of a document, wherever they are."""
    gold = {mention.entity_id for mention in example.mentions if mention.entity_id is not None}
    said = {link.entity_id for link in prediction.kept}
    return len(gold & said), len(said), len(gold)


def mentions(example: Example, prediction: Prediction) -> Counts:
    """Places that are linked, whatever to; NIL is left out."""
    gold = {(m.start, m.surface) for m in example.mentions if m.entity_id is not None}
    said = {(k.start, example.text[k.start : k.end]) for k in prediction.kept}
    return len(gold & said), len(said), len(gold)


def accuracy(example: Example, prediction: Prediction) -> Counts:
    """Given places whose ids are all found and no other; as all of them are answered, P = R = F1 = accuracy."""
    gold: dict[Place, set[str | None]] = {}
    for mention in example.mentions:
        gold.setdefault(mention.place, set()).add(mention.entity_id)
    said: dict[Place, set[str | None]] = {}
    for link in prediction.kept:
        said.setdefault((link.start, link.end), set()).add(link.entity_id)
    right = sum(ids - {None} == said.get(place, set()) for place, ids in gold.items())
    return right, len(gold), len(gold)


RULES: dict[str, Callable[[Example, Prediction], Counts]] = {
    "links": links,
    "official_2020": official_2020,
    "concepts": concepts,
    "mentions": mentions,
    "accuracy": accuracy,
}

MAIN = {
    "links": "f1",
    "official_2020": "official_2020_f1",
    "concepts": "concept_f1",
    "mentions": "mention_f1",
    "accuracy": "accuracy",
}
"""What the main score of each rule is called."""


OF_DETECTED = ("links", "mentions", "concepts", "official_2020")
OF_GIVEN = ("links", "concepts", "accuracy")
"""The rules that say something where mentions are detected, and where they are given."""


def fitting_rules(examples: Sequence[Example]) -> list[str]:
    """The rules that the labels of the examples allow: without ids only mentions can be scored."""
    ids = any(m.entity_id not in (UNNAMED, None) for example in examples for m in example.mentions)
    return [*RULES] if ids else ["mentions"]
