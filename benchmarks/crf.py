"""CRF loss with gradient and Viterbi against pytorch-crf, in one run, the two sides taking turns.

    python benchmarks/crf.py [--rounds 9] [--only loss|decode]

The peer runs in a Python of its own, named by NLPX_PEER_PYTHON (default .venv-bench/bin/python), which needs
torch, pytorch-crf and numpy. Prints a Markdown table of medians; the ratio is the median of the rounds' ratios.
"""

import argparse
import sys
import time
from collections.abc import Callable
from functools import cache

import numpy as np
from peer import Peer

SIZES = [(64, 50, 9), (256, 128, 9), (64, 50, 60), (256, 128, 60)]
JOBS = {"loss": "loss + gradient", "decode": "Viterbi"}
GOALS = {"loss": (8, 8, 8, 8), "decode": (15, 30, 5, 5)}
BLOCK_SECONDS = 0.25


def problem(batch: int, length: int, tags: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Emissions, gold tags, mask and transitions; the same numbers as in `benchmarks/crf_peer.py`."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(length // 2, length + 1, batch)
    lengths[0] = length
    emissions = rng.normal(size=(batch, length, tags)).astype("float32")
    gold = rng.integers(0, tags, (batch, length))
    transitions = (rng.normal(size=(tags, tags)) * 0.1).astype("float32")
    return emissions, gold, np.arange(length)[None] < lengths[:, None], transitions


class Ours:
    """`nlpx.layers.CRF` on TensorFlow."""

    def run(self, job: str, size: tuple[int, int, int], calls: int) -> tuple[float, float]:
        function = jobs(size)[job]
        value = function()
        start = time.perf_counter()
        for _ in range(calls):
            function()
        return (time.perf_counter() - start) / calls, value


@cache
def jobs(size: tuple[int, int, int]) -> dict[str, Callable[[], float]]:
    from nlpx.backend import load_backend

    load_backend()
    import tensorflow as tf

    from nlpx.layers import CRF

    emissions, gold, mask, transitions = (tf.constant(a) for a in problem(*size))
    crf = CRF(size[2])
    crf.build((None, None, size[2]))
    crf.transitions.assign(transitions)
    weights = [crf.transitions, crf.start, crf.end]

    @tf.function(autograph=False)
    def gradient() -> tuple[tf.Tensor, list[tf.Tensor]]:
        with tf.GradientTape() as tape:
            tape.watch(emissions)
            loss = tf.reduce_mean(crf.loss(emissions, gold, mask))
        return loss, tape.gradient(loss, [emissions, *(w.value for w in weights)])

    @tf.function(autograph=False)
    def decode() -> tf.Tensor:
        return crf.decode(emissions, mask)[0]

    return {"loss": lambda: float(gradient()[0]), "decode": lambda: float(decode().numpy().sum())}


def compare(job: str, size: tuple[int, int, int], rounds: int, peer: Peer) -> tuple[float, float, float]:
    """Median seconds of ours and of the peer, and the median ratio."""

    def theirs_of(job: str, size: tuple[int, int, int], calls: int) -> tuple[float, float]:
        answer = peer.ask(job=job, size=size, calls=calls)
        return answer["seconds"], answer["value"]

    sides = [Ours().run, theirs_of]
    calls = [max(1, int(BLOCK_SECONDS / run(job, size, 3)[0])) for run in sides]
    values = [run(job, size, 1)[1] for run in sides]
    if not np.isclose(*values, rtol=1e-4):
        sys.exit(f"{job} {size}: the two sides disagree, {values}")
    turns = [[run(job, size, n)[0] for run, n in zip(sides, calls, strict=True)] for _ in range(rounds)]
    seconds = np.array(turns)
    ours, theirs = np.median(seconds, 0)
    return ours, theirs, float(np.median(seconds[:, 1] / seconds[:, 0]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", choices=JOBS, action="append")
    options = parser.parse_args()
    peer = Peer("crf_peer.py")
    print("| job | batch, length, tags | pytorch-crf µs | nlpx µs | ratio | goal |")
    print("|---|---|---|---|---|---|", flush=True)
    for job in options.only or JOBS:
        for size, goal in zip(SIZES, GOALS[job], strict=True):
            ours, theirs, ratio = compare(job, size, options.rounds, peer)
            sizes = ", ".join(map(str, size))
            print(
                f"| {JOBS[job]} | {sizes} | {theirs * 1e6:.0f} | {ours * 1e6:.0f} | {ratio:.1f} | {goal} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
