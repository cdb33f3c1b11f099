from __future__ import annotations

import itertools

import numpy as np
import pytest

from nlpx.tagging.chain import Chain, SpanTags, legal, marginals, span_probabilities, sums
from nlpx.text.tags import transitions

NAMES = ["O", "B-X", "I-X", "E-X", "S-X"]
TAGS = SpanTags(begin=1, inside=2, end=3, single=4)
CONSTRAINTS = transitions(NAMES, "BIOES")


def random_chain(seed: int, lengths: list[int]) -> Chain:
    random = np.random.default_rng(seed)
    emissions = random.normal(0, 2, (len(lengths), max(lengths), 5))
    scores = random.normal(size=(5, 5)), random.normal(size=5), random.normal(size=5)
    return Chain(emissions, np.array(lengths), *legal(CONSTRAINTS, *scores))


def paths(chain: Chain, row: int) -> dict[tuple[int, ...], float]:
    """exp(score) of every legal path of a text."""
    length = int(chain.lengths[row])
    found = {}
    for path in itertools.product(range(5), repeat=length):
        score = chain.start[path[0]] + chain.end[path[-1]]
        score += sum(chain.emissions[row, at, tag] for at, tag in enumerate(path))
        score += sum(chain.transitions[a, b] for a, b in itertools.pairwise(path))
        if score > -1000:
            found[path] = float(np.exp(score))
    return found


def spans_of(path: tuple[int, ...]) -> list[tuple[int, int]]:
    found, start = [], 0
    for at, tag in enumerate(path):
        start = at if tag in (TAGS.begin, TAGS.single) else start
        found += [(start, at + 1)] if tag in (TAGS.end, TAGS.single) else []
    return found


@pytest.mark.parametrize("lengths", [[1], [2, 1], [5, 3], [4, 4]])
def test_everything_is_what_adding_up_all_paths_gives(lengths: list[int]) -> None:
    chain = random_chain(len(lengths), lengths)
    found = sums(chain)
    shares = marginals(chain, found)
    spans = span_probabilities(chain, found, TAGS, least=1e-12, longest=9)
    for row, length in enumerate(lengths):
        all_paths = paths(chain, row)
        total = sum(all_paths.values())
        assert found.log_z[row] == pytest.approx(np.log(total))
        one_hot = sum(weight * np.eye(5)[list(path)] for path, weight in all_paths.items())
        np.testing.assert_allclose(shares[row, :length], one_hot / total, atol=1e-9)
        mine = spans.row == row
        said = zip(spans.start[mine], spans.end[mine], strict=True)
        wanted: dict[tuple[int, int], float] = {}
        for path, weight in all_paths.items():
            for span in spans_of(path):
                wanted[span] = wanted.get(span, 0.0) + weight / total
        assert dict(zip(said, spans.probability[mine], strict=True)) == pytest.approx(wanted)


def test_only_likely_and_short_spans_are_given_in_reading_order() -> None:
    chain = random_chain(3, [30, 20])
    spans = span_probabilities(chain, sums(chain), TAGS, least=0.1, longest=2)
    assert np.all(spans.probability >= 0.1)
    assert np.all(spans.end - spans.start <= 2)
    places = list(zip(spans.row, spans.start, spans.end, strict=True))
    assert places == sorted(places)


def test_very_large_scores_do_not_overflow() -> None:
    chain = random_chain(0, [40])
    chain.emissions[:] *= 50
    assert np.all(np.isfinite(sums(chain).log_z))
    assert np.all(marginals(chain, sums(chain)).sum(-1) == pytest.approx(1))
