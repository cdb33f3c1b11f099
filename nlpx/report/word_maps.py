"""The maps that words are counted in: by words, of decisions from all over a split."""

from __future__ import annotations

from collections.abc import Sequence

from nlpx.explain.choice import AUTO, choose
from nlpx.explain.explain import cases_of, saliency
from nlpx.explain.explainer import Explainer
from nlpx.explain.method import Method
from nlpx.explain.saliency import Saliency
from nlpx.report.content import Judged
from nlpx.report.saliency import LONGEST, MAPS, budget

EXAMPLES, CHARACTERS = 300, 6_000
"""Texts whose words are counted, and how many characters those of all maps have together at most."""


def word_maps(explainer: Explainer, judged: Judged) -> list[Saliency]:
    """Maps by words of decisions from all over the split, and of as many texts as the budget allows."""
    most = budget(explainer, CHARACTERS)
    able = [one for one in judged.examples if 0 < len(one.text) <= LONGEST]
    texts = [able[row] for row in spread([len(one.text) for one in able], most, EXAMPLES)]
    found = [one for own in explainer.decisions(texts) for one in own[:MAPS]] if texts else []
    used = [found[row] for row in spread([len(one.text) for one in found], most, len(found))]
    cases = [case for one in used for case in cases_of(explainer, [one], "word")]
    method = word_method(explainer)
    scores = method.score(explainer, cases)
    return [saliency(case, method, own) for case, own in zip(cases, scores, strict=True)]


def spread(lengths: Sequence[int], characters: float, most: int) -> list[int]:
    """The numbers of texts from all over a list: as many as have so many characters together, evenly spaced.

    Args:
        lengths: of all texts.
        most: texts that are wanted at most.
    """
    for count in range(min(most, len(lengths)), 0, -1):
        rows = [number * len(lengths) // count for number in range(count)]
        if sum(lengths[row] for row in rows) <= characters:
            return rows
    return []


def word_method(explainer: Explainer) -> Method:
    """One gradient a text where there are gradients, because there are many texts; else the best there is."""
    return choose(explainer, AUTO if explainer.network is None else "gradient_x_input")[0]
