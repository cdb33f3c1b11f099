"""The peer of `benchmarks/crf.py`: pytorch-crf, driven over stdin and stdout so that both sides can take turns.

A line in is a JSON object {"job": "loss" | "decode", "size": [batch, length, tags], "calls": n}; a line out is
{"seconds": per call, "value": mean loss or number of tags}.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from torchcrf import CRF


def problem(batch: int, length: int, tags: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Emissions, gold tags, mask and transitions; the same numbers as in `benchmarks/crf.py`."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(length // 2, length + 1, batch)
    lengths[0] = length
    emissions = rng.normal(size=(batch, length, tags)).astype("float32")
    gold = rng.integers(0, tags, (batch, length))
    transitions = (rng.normal(size=(tags, tags)) * 0.1).astype("float32")
    return emissions, gold, np.arange(length)[None] < lengths[:, None], transitions


@cache
def jobs(size: tuple[int, int, int]) -> dict[str, Callable[[], float]]:
    emissions, gold, mask, transitions = (torch.from_numpy(a) for a in problem(*size))
    emissions.requires_grad_()
    crf = CRF(size[2], batch_first=True)
    with torch.no_grad():
        crf.transitions.copy_(transitions)
        crf.start_transitions.zero_()
        crf.end_transitions.zero_()

    def loss() -> float:
        emissions.grad = None
        crf.zero_grad()
        value = -crf(emissions, gold, mask, reduction="mean")
        value.backward()
        return value.item()

    def decode() -> float:
        with torch.no_grad():
            return float(sum(map(sum, crf.decode(emissions, mask))))

    return {"loss": loss, "decode": decode}


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        job = jobs(tuple(order["size"]))[order["job"]]
        value = job()
        start = time.perf_counter()
        for _ in range(order["calls"]):
            job()
        seconds = (time.perf_counter() - start) / order["calls"]
        print(json.dumps({"seconds": seconds, "value": value}), flush=True)


if __name__ == "__main__":
    main()
