"""A training step through each encoder against plain torch, in one run, the two sides taking turns.

    python benchmarks/encoders.py [--rounds 7] [--only bilstm ...] [--batch 64] [--length 60]

Both sides train on the same padded batches (Embedding 6000 x 256, encoder, linear map to 9 tags, cross-entropy over the
real positions, Adam). nlpx runs its own training step. The peer's Python is named by NLPX_PEER_PYTHON (default
.venv-bench/bin/python) and needs torch and numpy. Prints a Markdown table of medians; a ratio is the median of the
rounds' ratios.
"""

import argparse
import os
import time
from collections.abc import Callable
from functools import cache

import numpy as np
from peer import Peer

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

VOCABULARY, TAGS, UNITS = 6000, 9, 256
GOALS = {
    "bilstm": 0.9,
    "bilstm x 2": 0.9,
    "bigru": 1.3,
    "dgcnn x 6": 1.15,
    "transformer x 4": 1.4,
    "bilstm, bfloat16": 1.3,  # against float32
}
BLOCK_SECONDS = 0.6


def batches(batch: int, length: int) -> list[dict[str, np.ndarray]]:
    """Four batches, padded; the same numbers as in `benchmarks/encoders_peer.py`."""
    rng = np.random.default_rng(0)
    made = []
    for _ in range(4):
        lengths = rng.integers(length // 2, length + 1, batch)
        lengths[0] = length
        mask = np.arange(length)[None] < lengths[:, None]
        characters = np.where(mask, rng.integers(1, VOCABULARY, (batch, length)), 0).astype("int32")
        tags = rng.integers(0, TAGS, (batch, length)).astype("int32")
        made.append({"characters": characters, "tags": tags, "mask": mask})
    return made


class Ours:
    """nlpx's layers and training step on TensorFlow."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size

    def run(self, encoder: str, steps: int) -> float:
        step, data = trainer(encoder, self.size), batches(*self.size)
        step(data[0])
        start = time.perf_counter()
        for k in range(steps):
            step(data[k % len(data)])
        return (time.perf_counter() - start) / steps


@cache
def trainer(encoder: str, size: tuple[int, int]) -> Callable[[dict[str, np.ndarray]], float]:
    import keras

    from nlpx.training.average import WeightAverage
    from nlpx.training.step import make_step

    keras.config.set_dtype_policy("mixed_bfloat16" if encoder.endswith("bfloat16") else "float32")
    model = tagger(encoder)
    model(batches(*size)[0])
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(model.trainable_variables)
    average = WeightAverage(model.trainable_variables, None, debias=False)
    # XLA pays for the transformer; recurrent layers compile their own loop.
    return make_step(model, optimizer, average, jit_compile=encoder.startswith("transformer"))


def tagger(encoder: str) -> "keras.Model":  # noqa: F821 - Keras is imported when it is needed
    import keras
    from keras import ops

    class Tagger(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = keras.layers.Embedding(VOCABULARY, UNITS)
            self.blocks = blocks(encoder)
            self.tags = keras.layers.Dense(TAGS, dtype="float32")

        def call(self, batch: dict, training: bool = False) -> object:
            x = self.embedding(batch["characters"])
            for block in self.blocks:
                x = block(x, mask=batch["mask"], training=training)
            return self.tags(x)

        def compute_loss(self, x: dict, y_pred: object, **_: object) -> object:
            losses = keras.losses.sparse_categorical_crossentropy(x["tags"], y_pred, from_logits=True)
            real = ops.cast(x["mask"], "float32")
            return ops.sum(losses * real) / ops.sum(real)

    return Tagger()


def blocks(encoder: str) -> list:
    from nlpx.layers import BiGRU, BiLSTM, GatedDilatedConv, TransformerBlock

    if encoder == "bigru":
        return [BiGRU(UNITS)]
    if encoder.startswith("bilstm"):
        return [BiLSTM(UNITS) for _ in range(2 if encoder.endswith("x 2") else 1)]
    if encoder.startswith("dgcnn"):
        return [GatedDilatedConv(dilation_rate=rate) for rate in (1, 2, 5, 1, 2, 5)]
    return [TransformerBlock(heads=4, feed_forward=4) for _ in range(4)]


def compare(encoder: str, rounds: int, ours: Ours, peer: Peer) -> tuple[list[str], list[float], float]:
    """What is compared, the median seconds of a step of each, and the median ratio of the last to the first."""
    sides = {
        "nlpx": lambda n: ours.run(encoder, n),
        "torch": lambda n: peer.ask(encoder=encoder, size=ours.size, steps=n)["seconds"],
    }
    if encoder.endswith("bfloat16"):
        sides["nlpx float32"] = lambda n: ours.run(encoder.partition(",")[0], n)
    steps = {name: max(1, int(BLOCK_SECONDS / run(2))) for name, run in sides.items()}
    seconds = np.array([[run(steps[name]) for name, run in sides.items()] for _ in range(rounds)])
    return list(sides), list(np.median(seconds, 0)), float(np.median(seconds[:, -1] / seconds[:, 0]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=GOALS, action="append")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--length", type=int, default=60)
    options = parser.parse_args()
    size = (options.batch, options.length)
    ours, peer = Ours(size), Peer("encoders_peer.py")
    print(
        "| encoder | torch sentences/s | nlpx sentences/s | ratio | goal |\n|---|---|---|---|---|", flush=True
    )
    for encoder in options.only or GOALS:
        names, seconds, ratio = compare(encoder, options.rounds, ours, peer)
        rates = dict(zip(names, (options.batch / s for s in seconds), strict=True))
        against = f" (float32 {rates['nlpx float32']:.0f})" if "nlpx float32" in rates else ""
        cells = [
            encoder,
            f"{rates['torch']:.0f}",
            f"{rates['nlpx']:.0f}{against}",
            f"{ratio:.2f}",
            GOALS[encoder],
        ]
        print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
