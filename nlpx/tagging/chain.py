"""Linear chains in NumPy: log Z, marginals, best paths and the probability of whole spans, for many texts at once.

The layers of `nlpx.layers` do this inside a Keras graph. Here it is for models that are none, and for questions that
are asked once a text is tagged. Scores of one position may differ by some 600: more than that is taken for never.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

FORBIDDEN = -1e4
"""Score of what a tag scheme does not allow."""


@dataclass(frozen=True)
class Chain:
    """Scores of a linear-chain CRF over a batch of texts.

    Attributes:
        emissions: (batch, length, tags).
        lengths: (batch,), at least 1; what lies beyond is ignored.
        transitions: (tags, tags), from the tag before to the tag after; FORBIDDEN where the scheme says so.
        start, end: (tags,).
    """

    emissions: Array
    lengths: Array
    transitions: Array
    start: Array
    end: Array


@dataclass(frozen=True)
class Sums:
    """What forward-backward finds out.

    Attributes:
        forward: (batch, length, tags), log of the summed scores of all beginnings up to and with a position's tag.
        backward: (batch, length, tags), the same of all endings after it.
        log_z: (batch,).
    """

    forward: Array
    backward: Array
    log_z: Array


def legal(
    constraints: tuple[Array, Array, Array], transitions: Array, start: Array, end: Array
) -> tuple[Array, Array, Array]:
    """The scores with everything that a scheme does not allow at FORBIDDEN."""
    scores = (transitions, start, end)
    parts = [np.where(c, s, FORBIDDEN) for c, s in zip(constraints, scores, strict=True)]
    return parts[0], parts[1], parts[2]


def sums(chain: Chain) -> Sums:
    """Forward-backward, with every step scaled so that a matrix product replaces logarithms of sums."""
    forward, log_z = _forward(chain)
    return Sums(forward, _backward(chain), log_z)


def _forward(chain: Chain) -> tuple[Array, Array]:
    steps = np.exp(chain.transitions)  # 0 where forbidden
    forward = np.empty(chain.emissions.shape)
    last = forward[:, 0] = chain.start + chain.emissions[:, 0]
    for t in range(1, chain.emissions.shape[1]):
        top = last.max(-1, keepdims=True)
        last = forward[:, t] = top + _log(np.exp(last - top) @ steps) + chain.emissions[:, t]
    final = forward[np.arange(len(forward)), chain.lengths - 1] + chain.end
    top = final.max(-1, keepdims=True)
    return forward, top[:, 0] + np.log(np.exp(final - top).sum(-1))


def _backward(chain: Chain) -> Array:
    steps = np.exp(chain.transitions).T
    backward = np.empty(chain.emissions.shape)
    length = chain.emissions.shape[1]
    after = np.broadcast_to(chain.end, chain.emissions[:, 0].shape)
    backward[:, length - 1] = after
    for t in range(length - 2, -1, -1):
        inner = after + chain.emissions[:, t + 1]
        top = inner.max(-1, keepdims=True)
        step = top + _log(np.exp(inner - top) @ steps)
        after = np.where((t + 1 < chain.lengths)[:, None], step, chain.end)
        backward[:, t] = after
    return backward


def marginals(chain: Chain, found: Sums) -> Array:
    """Probability of each tag at each position (batch, length, tags); 0 beyond the lengths."""
    inside = np.arange(chain.emissions.shape[1]) < chain.lengths[:, None]
    scores = np.where(inside[..., None], found.forward + found.backward - found.log_z[:, None, None], -np.inf)
    return np.exp(scores)


@dataclass(frozen=True)
class SpanTags:
    """Ids of one label's tags in the scheme BIOES."""

    begin: int
    inside: int
    end: int
    single: int


@dataclass(frozen=True)
class ScoredSpans:
    """Spans of a batch, all arrays (spans,); start and end are positions, half-open."""

    row: Array
    start: Array
    end: Array
    probability: Array


def span_probabilities(chain: Chain, found: Sums, tags: SpanTags, least: float, longest: int) -> ScoredSpans:
    """All spans whose exact posterior probability is at least `least`.

    In BIOES a span fixes the tags in it, so its probability is one beginning times one inner path times one ending:
    alpha_B(i) exp(...) beta_E(j) / Z, found for all starts of one length at once.

    Args:
        longest: positions of a span at most.
    """
    length = chain.emissions.shape[1]
    left = found.forward[..., tags.begin] - found.log_z[:, None]
    right = found.backward[..., tags.end] + chain.emissions[..., tags.end]
    inner = np.cumsum(chain.emissions[..., tags.inside], axis=1)
    into, stay, out = (
        chain.transitions[tags.begin, tags.inside],
        chain.transitions[tags.inside, tags.inside],
        chain.transitions[tags.inside, tags.end],
    )
    single = found.forward[..., tags.single] + found.backward[..., tags.single] - found.log_z[:, None]
    logs = [(1, single)]
    if length > 1:
        logs.append((2, left[:, :-1] + chain.transitions[tags.begin, tags.end] + right[:, 1:]))
    for size in range(3, min(longest, length) + 1):
        between = inner[:, size - 2 : length - 1] - inner[:, : length - size + 1]
        path = left[:, : length - size + 1] + into + (size - 3) * stay + between + out + right[:, size - 1 :]
        logs.append((size, path))
    return _at_least(logs, chain.lengths, np.log(least))


def _at_least(logs: list[tuple[int, Array]], lengths: Array, least: float) -> ScoredSpans:
    rows, starts, ends, scores = [], [], [], []
    for size, log in logs:
        row, start = np.nonzero(log >= least)
        fits = start + size <= lengths[row]
        row, start = row[fits], start[fits]
        rows.append(row)
        starts.append(start)
        ends.append(start + size)
        scores.append(np.exp(np.minimum(log[row, start], 0.0)))
    order = np.lexsort((np.concatenate(ends), np.concatenate(starts), np.concatenate(rows)))
    arrays = [np.concatenate(parts)[order] for parts in (rows, starts, ends, scores)]
    return ScoredSpans(*arrays)


def _log(values: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.log(values)
