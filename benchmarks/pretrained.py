"""BERT against Hugging Face transformers: forward pass and training step of a tagger, in one run, taking turns.

    python benchmarks/pretrained.py [--rounds 5] [--rows 8] [--length 128] [--blocks 12] [--precision float32 bfloat16]

Both sides load the same random weights of the size of BERT-base (12 blocks of 768 units, 21,128 tokens) and read the
same padded batches. The forward pass is the model's alone; the training step has a linear map to 9 tags, dropout of
.1, gradients clipped to norm 1 and AdamW. The peer runs as transformers does by default, with scaled-dot-product
attention of torch; its Python is named by NLPX_PEER_PYTHON (default .venv-bench/bin/python) and needs torch and
transformers. Prints a Markdown table of medians; a ratio is the median of the rounds' ratios. The last column is the
mean absolute state, which shows that both sides compute the same, or the loss of a head that each side draws anew.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from peer import Peer

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

TAGS = 9
GOAL = 1.0
JOBS = ("forward", "step")


@cache
def batch(rows: int, length: int) -> dict[str, np.ndarray]:
    """The same numbers as in `benchmarks/pretrained_peer.py`."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(length // 2, length + 1, rows)
    lengths[0] = length
    mask = np.arange(length)[None] < lengths[:, None]
    ids = np.where(mask, rng.integers(104, 21128, (rows, length)), 0).astype("int32")
    tags = rng.integers(0, TAGS, (rows, length)).astype("int32")
    return {"ids": ids, "tags": tags, "mask": mask}


@cache
def model(folder: str, precision: str, tags: bool) -> "keras.Model":  # noqa: F821 - imported when it is needed
    import keras
    from keras import ops

    from nlpx.encoders.pretrained.checkpoint import open_checkpoint
    from nlpx.layers.bert.unit_encoder import assign_all

    class Tagger(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.bert = checkpoint.architecture.layer(name="bert")
            self.tags = keras.layers.Dense(TAGS, dtype="float32") if tags else None

        def call(self, batch: dict, training: bool = False) -> object:
            states, _ = self.bert(batch["ids"], mask=batch["mask"], training=training)
            return self.tags(states[-1]) if self.tags else states[-1]

        def compute_loss(self, x: dict, y_pred: object, **_: object) -> object:
            losses = keras.losses.sparse_categorical_crossentropy(x["tags"], y_pred, from_logits=True)
            real = ops.cast(x["mask"], "float32")
            return ops.sum(losses * real) / ops.sum(real)

    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bfloat16" else "float32")
    checkpoint = open_checkpoint(Path(folder))
    made = Tagger()
    made({name: array[:1] for name, array in batch(8, 16).items()})
    assign_all(made.bert, checkpoint.load())
    return made


@cache
def work(folder: str, job: str, precision: str, size: tuple[int, int], jit: bool) -> Callable[[], float]:
    from nlpx.training.average import WeightAverage
    from nlpx.training.forward import compile_forward
    from nlpx.training.step import make_step

    data = batch(*size)
    network = model(folder, precision, job == "step")
    if job == "forward":
        run = compile_forward(network, jit_compile=jit)
        return lambda: float(np.abs(run(data).astype("float32")[data["mask"]]).mean())
    import keras

    optimizer = keras.optimizers.AdamW(1e-5, weight_decay=0.01, global_clipnorm=1.0)
    optimizer.build(network.trainable_variables)
    average = WeightAverage(network.trainable_variables, None, debias=False)
    step = make_step(network, optimizer, average, jit_compile=jit)
    return lambda: step(data)


def ours(run: Callable[[], float], steps: int) -> tuple[float, float]:
    value = run()
    start = time.perf_counter()
    for _ in range(steps):
        run()
    return (time.perf_counter() - start) / max(steps, 1), value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--blocks", type=int, default=12)
    parser.add_argument("--precision", nargs="+", default=["float32", "bfloat16"])
    parser.add_argument("--jit", type=int, nargs="+", default=[0])
    options = parser.parse_args()
    size, tokens = (options.rows, options.length), int(batch(options.rows, options.length)["mask"].sum())
    print(
        "| job | transformers tokens/s | nlpx tokens/s | ratio | goal | value there, here |\n|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        peer = Peer("pretrained_peer.py", folder, json.dumps({"num_hidden_layers": options.blocks}))
        for precision in options.precision:
            for job in JOBS:
                order = {"job": job, "precision": precision, "size": size}
                there = peer.ask(**order, steps=0)["value"]
                for jit in options.jit:
                    run = work(folder, job, precision, size, bool(jit))
                    here = run()
                    pairs = np.array([
                        (peer.ask(**order, steps=options.steps)["seconds"], ours(run, options.steps)[0])
                        for _ in range(options.rounds)
                    ])  # fmt: skip
                    rates = tokens / np.median(pairs, 0)
                    ratio = float(np.median(pairs[:, 0] / pairs[:, 1]))
                    name = f"{job}, {precision}{', XLA' if jit else ''}"
                    print(f"| {name} | {rates[0]:.0f} | {rates[1]:.0f} | {ratio:.2f} | {GOAL} "
                          f"| {there:.4f}, {here:.4f} |", flush=True)  # fmt: skip
        peer.close()


if __name__ == "__main__":
    main()
