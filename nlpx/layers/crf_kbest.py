"""The k best paths of a linear chain: Viterbi with k alphas per tag and stored back-pointers."""

from __future__ import annotations

from typing import Any

from keras import ops

from nlpx.layers.crf_backend import scan
from nlpx.layers.crf_partition import FORBIDDEN, make_chain
from nlpx.layers.crf_scaled import Chain


def k_best_paths(
    emissions: Any, transitions: Any, start: Any, end: Any, mask: Any, *, k: int
) -> tuple[Any, Any]:
    """Tags (batch, k, length) int32, best first, 0 at padding, and their scores (batch, k).

    Where a chain has fewer than k paths, the missing ones have the score -inf and tags 0. An empty chain has one
    path, of score 0.
    """
    chain = make_chain(emissions, transitions, start, end, mask)
    alphas, tops, sources = _forward(chain, k)
    tags_count = transitions.shape[0]
    final = ops.reshape(alphas[-1] + end[:, None], (-1, tags_count * k))
    best, last = ops.top_k(final, k)  # (batch, k), last = tag * k + rank
    scores = best + ops.sum(tops, 0)[:, :, 0]
    states = _back(chain, sources, ops.cast(last, "int32"), k)  # (length, batch, k)
    filled = ops.any(chain.real, (0, 2))[:, None]
    scores = ops.where(filled, scores, ops.where(ops.arange(k)[None] == 0, 0.0, FORBIDDEN))
    exists = scores > FORBIDDEN / 2
    tags = ops.where(ops.logical_and(chain.real, exists[None]), states // k, 0)
    return ops.transpose(tags, (1, 2, 0)), ops.where(exists, scores, -float("inf"))


def _forward(chain: Chain, k: int) -> tuple[Any, Any, Any]:
    """Alphas (length, batch, tags, k) with maximum 0, what was subtracted (length, batch, 1, 1), and for each
    state the state before it (length, batch, tags, k) int32; a state is tag * k + rank.
    """
    count = chain.transitions.shape[0]
    into = ops.repeat(ops.transpose(chain.transitions), k, 1)  # (to, from * k)
    rank_0 = ops.arange(k) == 0

    def step(carry: Any, x: Any) -> Any:
        alpha, _, source = carry
        h, real, first = (t[..., None] for t in x)  # (batch, tags, 1), (batch, 1, 1), (batch, 1, 1)
        candidates = ops.reshape(alpha, (-1, 1, count * k)) + into  # (batch, to, from * k)
        reached, source_here = ops.top_k(candidates, k)  # (batch, to, k)
        begun = ops.where(rank_0, chain.start[:, None], FORBIDDEN)  # (tags, k): one path into each tag
        score = ops.where(first, begun, reached) + h
        top = ops.max(score, (1, 2), keepdims=True)
        alpha = ops.where(real, score - top, alpha)
        return alpha, ops.where(real, top, 0.0), ops.where(real, ops.cast(source_here, "int32"), source)

    zero = ops.repeat(ops.zeros_like(chain.emissions[0])[..., None], k, 2)
    init = zero, zero[:, :1, :1], ops.cast(zero, "int32")
    _, stacked = scan(step, init, (chain.emissions, chain.real, chain.first))
    return stacked


def _back(chain: Chain, sources: Any, last: Any, k: int) -> Any:
    """States (length, batch, k) int32."""
    linked = ops.logical_and(chain.real, ops.logical_not(chain.first))[..., 0]  # (length, batch)
    flat = ops.reshape(sources, (ops.shape(sources)[0], -1, sources.shape[2] * k))

    def step(carry: Any, x: Any) -> Any:
        (state,) = carry
        source, linked = x
        return (ops.where(linked[:, None], ops.take_along_axis(source, state, 1), state),)

    _, (states,) = scan(step, (last,), (flat, linked), reverse=True)
    return ops.concatenate([states[1:], last[None]], 0)
