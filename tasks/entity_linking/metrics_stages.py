"""Scores of the single stages, on the places of the gold mentions: candidates, disambiguation, NIL, slices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlpx.stats.calibration import equally_full_bins, gap
from nlpx.tasks.entity_linking.example import UNNAMED, Example, Link, Place, Prediction
from nlpx.tasks.entity_linking.statistics import LinkStatistics

DEPTHS = (1, 2, 5, 10, 30)


@dataclass(slots=True)
class Gold:
    """One place that the gold links or calls NIL, and what the model says about it.

    Attributes:
        ids: what it means; empty for NIL.
        said: what the model says were it given the place; None where it was not asked.
        found: the ids that the model links there by itself, among all it may have linked.
        nested: whether it lies inside another gold mention.
    """

    surface: str
    ids: set[str]
    said: Link | None
    found: set[str | None]
    nested: bool

    @property
    def right(self) -> bool:
        """Whether the model picks one of the ids, given the place."""
        return self.said is not None and self.said.entity_id in self.ids

    @property
    def rank(self) -> int | None:
        """0-based rank of the best-ranked right candidate; None where there is none."""
        candidates = () if self.said is None else self.said.candidates
        ranks = (rank for rank, candidate in enumerate(candidates) if candidate.entity_id in self.ids)
        return next(ranks, None)


def golds(examples: Sequence[Example], predictions: Sequence[Prediction]) -> list[Gold]:
    """Every place of the gold whose meaning the file tells."""
    return [
        gold
        for example, prediction in zip(examples, predictions, strict=True)
        for gold in _golds(example, prediction)
    ]


def _golds(example: Example, prediction: Prediction) -> Iterator[Gold]:
    ids: dict[Place, set[str]] = {}
    for mention in example.tidy():
        if mention.entity_id != UNNAMED:
            ids.setdefault(mention.place, set()).update([mention.entity_id] if mention.entity_id else [])
    said = {(link.start, link.end): link for link in prediction.on_gold}
    found: dict[Place, set[str | None]] = {}
    for link in prediction.kept:
        found.setdefault((link.start, link.end), set()).add(link.entity_id)
    inside = nested(ids)
    for place, wanted in ids.items():
        surface = example.text[place[0] : place[1]]
        yield Gold(surface, wanted, said.get(place), found.get(place, set()), place in inside)


def nested(places: Iterable[Place]) -> set[Place]:
    """The places that lie inside another one."""
    inside, reach = set(), -1
    for start, end in sorted(set(places), key=lambda place: (place[0], -place[1])):
        if end <= reach:
            inside.add((start, end))
        reach = max(reach, end)
    return inside


def candidate_scores(linked: Sequence[Gold]) -> dict[str, Any]:
    """How often the right entity is among the first k candidates; the ceiling is among all."""
    asked = [gold for gold in linked if gold.said is not None]
    ranks = [gold.rank for gold in asked]
    scores: dict[str, Any] = {
        f"recall@{k}": share(sum(rank is not None and rank < k for rank in ranks), len(asked)) for k in DEPTHS
    }
    scores["ceiling"] = share(sum(rank is not None for rank in ranks), len(asked))
    scores["candidates"] = share(sum(gold.said.found for gold in asked if gold.said), len(asked))
    return scores | {"golds": len(asked)}


def disambiguation_scores(linked: Sequence[Gold]) -> dict[str, Any]:
    """Accuracy of the first choice, given the place; `reachable` counts golds among the candidates only."""
    asked = [gold for gold in linked if gold.said is not None]
    reachable = [gold for gold in asked if gold.rank is not None]
    return {
        "accuracy": share(sum(gold.right for gold in asked), len(asked)),
        "accuracy_reachable": share(sum(gold.right for gold in reachable), len(reachable)),
        "golds": len(asked),
        "reachable": len(reachable),
    }


def calibration_scores(
    examples: Sequence[Example], predictions: Sequence[Prediction], bins: int = 10
) -> dict[str, Any]:
    """Whether scores are probabilities: the mean score of the answers, the share that is right, and how far the two are
    apart on average over equally full bins of answers (the expected calibration error)."""
    found: list[tuple[float, bool]] = []
    for example, prediction in zip(examples, predictions, strict=True):
        gold = {(mention.place, mention.entity_id) for mention in example.mentions}
        found += [(link.score, ((link.start, link.end), link.entity_id) in gold) for link in prediction.kept]
    sure, right = np.array(found, float).reshape(-1, 2).T
    return {
        "score": share(sum(score for score, _ in found), len(found)),
        "right": share(sum(right for _, right in found), len(found)),
        "error": gap(equally_full_bins(sure, right, bins)),
        "answers": len(found),
    }


def nil_scores(all_golds: Sequence[Gold]) -> dict[str, Any]:
    """How well a model tells, given the place, that a mention means nothing in the knowledge base."""
    asked = [gold for gold in all_golds if gold.said is not None]
    said = [gold for gold in asked if gold.said and not gold.said.kept]
    nil = [gold for gold in asked if not gold.ids]
    both = sum(not gold.ids for gold in said)
    return {
        "precision": share(both, len(said)),
        "recall": share(both, len(nil)),
        "golds": len(nil),
        "predicted": len(said),
    }


def slice_scores(linked: Sequence[Gold], known: LinkStatistics | None) -> dict[str, dict[str, Any]]:
    """End-to-end recall and disambiguation accuracy of kinds of mentions; what is in none of them is left out.

    Args:
        known: the links of the training texts; None leaves out the slices that need them.
    """
    parts: dict[str, list[Gold]] = {}
    for gold in linked:
        for name in _slices(gold, known):
            parts.setdefault(name, []).append(gold)
    return {name: _slice(parts[name]) for name in sorted(parts)}


def _slices(gold: Gold, known: LinkStatistics | None) -> Iterator[str]:
    if gold.said is not None:
        yield ("no candidate", "single candidate")[gold.said.found] if gold.said.found < 2 else "ambiguous"
    if gold.nested:
        yield "nested"
    if len(gold.surface) == 1:
        yield "one character"
    if known is None:
        return
    usual = known.most_linked(gold.surface)
    yield "unseen surface" if usual is None else "seen surface"
    if usual is not None:
        yield "prior right" if usual in gold.ids else "prior wrong"


def _slice(part: Sequence[Gold]) -> dict[str, Any]:
    wanted = sum(len(gold.ids) for gold in part)
    return {
        "golds": len(part),
        "recall": share(sum(len(gold.ids & gold.found) for gold in part), wanted),
        "disambiguation": share(sum(gold.right for gold in part), len(part)),
    }


def share(part: float, whole: float) -> float:
    """part / whole, 0 where whole is 0."""
    return part / whole if whole else 0.0
