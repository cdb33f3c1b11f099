"""The words that speak for each class and against it: their mean score over the maps of a split."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from nlpx.explain.saliency import Saliency
from nlpx.report.templating import render

TARGETS, WORDS = 12, 12
"""Classes and words of each that are shown."""

LEAST, ENOUGH = (10, 5, 3), 6
"""How often a word must occur: as often as leaves a class so many words; a mean over fewer says little."""

TEXTS = 2
"""With fewer maps for each target, as in linking, a target is no class."""


@dataclass(frozen=True)
class Word:
    """A word, how often it occurs where the class is predicted, and its mean share of a map, in [-1, 1]."""

    word: str
    count: int
    score: float


def words_of(maps: Iterable[Saliency], least: int | None = None) -> tuple[dict[str, list[Word]], int]:
    """The words of each target, those that speak for it first, and how often they occur at least; frequent targets
    first.

    Scores of a map are divided by the sum of their sizes, so that every text weighs the same. Where targets are no
    classes, there is nothing.

    Args:
        least: how often a word must occur; None for the first of `LEAST` that leaves enough words.
    """
    sums, counts, texts = _added_up(maps)
    if sum(texts.values()) < TEXTS * len(texts):
        return {}, 0
    found = {}
    for wanted in LEAST if least is None else (least,):
        found = {target: _sorted(sums[target], counts[target], wanted) for target, _ in texts.most_common()}
        if any(len(words) >= ENOUGH for words in found.values()):
            break
    return found, wanted


def _added_up(
    maps: Iterable[Saliency],
) -> tuple[dict[str, defaultdict[str, float]], dict[str, Counter[str]], Counter[str]]:
    """Of each target: the sum of each word's shares, how often it occurs, and how many maps there are."""
    sums: dict[str, defaultdict[str, float]] = {}
    counts: dict[str, Counter[str]] = {}
    texts: Counter[str] = Counter()
    for one in maps:
        whole = float(abs(one.scores).sum())
        if not whole > 0:
            continue
        texts[one.target] += 1
        total, seen = (
            sums.setdefault(one.target, defaultdict(float)),
            counts.setdefault(one.target, Counter()),
        )
        for (start, end), score in zip(one.offsets, one.scores.tolist(), strict=True):
            word = one.text[start:end].strip().lower()
            total[word] += score / whole
            seen[word] += 1
    return sums, counts, texts


def _sorted(sums: dict[str, float], counts: Counter[str], least: int) -> list[Word]:
    found = [
        Word(word, count, sums[word] / count)
        for word, count in counts.items()
        if count >= least and any(character.isalnum() for character in word)
    ]
    return sorted(found, key=lambda one: (-one.score, one.word))


def importance(words: dict[str, list[Word]]) -> Markup:
    """A table per class; nothing where there are no words."""
    told = {target: found for target, found in words.items() if found}
    if not told:
        return Markup()
    top = max(abs(word.score) for found in told.values() for word in found) or 1.0
    shown = [(target, _ends(found)) for target, found in list(told.items())[:TARGETS]]
    return render("words.html", targets=shown, top=top, total=len(told))


def _ends(found: Sequence[Word], most: int = WORDS) -> list[Word]:
    """The words that speak most for the class and most against it, most of them for it."""
    against = [word for word in found if word.score < 0][-most // 3 :]
    return [*(word for word in found if word.score > 0)][: most - len(against)] + against
