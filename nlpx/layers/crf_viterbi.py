"""The best path of a linear chain.

    alpha_t(j) = max_i(alpha_{t-1}(i) + T(i, j)) + h_t(j),  less its maximum, which is summed apart

The way back asks again where each maximum came from, one row of tags per position, so that the way there needs
no argmax over (batch, tags, tags); that is several times faster than stored back-pointers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from keras import ops

from nlpx.layers.crf_backend import scan
from nlpx.layers.crf_partition import FORBIDDEN, make_chain
from nlpx.layers.crf_scaled import Chain

_GROUPS = 10


def viterbi(emissions: Any, transitions: Any, start: Any, end: Any, mask: Any) -> tuple[Any, Any]:
    """Tags (batch, length) int32, 0 at padding, and the score of each path (batch,), 0 for an empty one."""
    chain = make_chain(emissions, transitions, start, end, mask)
    alphas, tops = _forward(chain)
    final = alphas[-1] + end
    last = ops.cast(ops.argmax(final, -1), "int32")
    score = ops.sum(tops, 0)[:, 0] + ops.max(final, -1)
    tags = ops.where(chain.real[..., 0], _back(chain, alphas, last), 0)
    return ops.transpose(tags), ops.where(ops.any(chain.real, (0, 2)), score, 0.0)


def _forward(chain: Chain) -> tuple[Any, Any]:
    """Alphas (length, batch, tags) with maximum 0, and what was subtracted (length, batch, 1)."""
    best_into = _max_plus(chain.transitions)

    def step(carry: Any, x: Any) -> Any:
        alpha, _ = carry
        h, real, first = x
        score = ops.where(first, chain.start, best_into(alpha)) + h
        top = ops.max(score, -1, keepdims=True)
        return ops.where(real, score - top, alpha), ops.where(real, top, 0.0)

    zero = ops.zeros_like(chain.emissions[0])
    _, stacked = scan(step, (zero, zero[:, :1]), (chain.emissions, chain.real, chain.first))
    return stacked


def _max_plus(transitions: Any) -> Callable[[Any], Any]:
    """The function alpha (batch, tags) -> max_i(alpha(i) + T(i, j)), (batch, tags).

    The maximum goes over groups of source tags, unrolled: a compiler keeps those in registers, where one reduction
    over (batch, from, to) would go through memory; a third faster at 60 tags.
    """
    tags = transitions.shape[0]
    groups = min(tags, _GROUPS)
    size = -(-tags // groups)
    spare = groups * size - tags
    padded = ops.pad(transitions, [(0, spare), (0, 0)])

    def best_into(alpha: Any) -> Any:
        alpha = ops.pad(alpha, [(0, 0), (0, spare)], constant_values=2 * FORBIDDEN)
        sources = [slice(g * size, (g + 1) * size) for g in range(groups)]
        reached = [alpha[:, group, None] + padded[group] for group in sources]  # (batch, from, to) each
        return ops.max(functools.reduce(ops.maximum, reached), 1)

    return best_into


def _back(chain: Chain, alphas: Any, last: Any) -> Any:
    """Tags (length, batch) int32; at padding, the tag of some position nearby."""
    into = ops.transpose(chain.transitions)  # row = to
    linked = ops.logical_and(chain.real, ops.logical_not(chain.first))[..., 0]
    before = ops.concatenate([alphas[:1], alphas[:-1]], 0)

    def step(carry: Any, x: Any) -> Any:
        (tag,) = carry
        alpha, linked = x
        source = ops.cast(ops.argmax(alpha + ops.take(into, tag, 0), -1), "int32")
        return (ops.where(linked, source, tag),)

    _, (tags,) = scan(step, (last,), (before, linked), reverse=True)
    return ops.concatenate([tags[1:], last[None]], 0)
