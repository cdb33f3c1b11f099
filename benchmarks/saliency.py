"""Integrated gradients against captum, 50 steps, in one run, the two sides taking turns.

    python benchmarks/saliency.py [--rounds 5] [--texts 64] [--length 45]

Both sides explain texts of one length with the same classifier (Embedding 6000 x 128, BiLSTM of 128 units a direction,
maximum over the positions, two classes), position by position, from zero vectors, with Gauss-Legendre steps. captum is
asked in its default way (8 texts in a call, no internal batch size) and in every batch setting of a list, of which the
best counts. nlpx reads characters, looks them up and adds scores up per unit, too. The peer's Python
is named by NLPX_PEER_PYTHON (default .venv-bench/bin/python) and needs torch and captum. Prints a Markdown table of
medians; a ratio is the median of the rounds' ratios.
"""

import argparse
import os
import time
from functools import cache

import numpy as np
from peer import Peer

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

VOCABULARY, UNITS, STEPS = 6000, 128, 50
DEFAULT = "captum, default call"
SETTINGS = {  # texts in a call (None: all), internal batch size
    DEFAULT: (8, None),
    "captum, text by text": (1, None),
    "captum, 8 texts, 64 rows": (8, 64),
    "captum, 16 texts, 64 rows": (16, 64),
    "captum, all texts, 64 rows": (None, 64),
    "captum, all texts, 128 rows": (None, 128),
    "captum, all texts": (None, None),
}
GOALS = {"default": 1.6, "best": 1.1}


@cache
def explained(texts: int, length: int) -> tuple:
    """An explainer of a network with its initial weights, and the cases to explain."""
    from nlpx.backend import load_backend

    load_backend()
    from nlpx.explain.explain import cases_of
    from nlpx.tasks.classification.classifier import NetworkPredictor
    from nlpx.tasks.classification.config import ClassificationConfig
    from nlpx.tasks.classification.example import Example
    from nlpx.tasks.classification.task import Classification

    rng = np.random.default_rng(0)
    characters = rng.integers(0x4E00, 0x4E00 + VOCABULARY, (texts, length))
    examples = [Example(str(i), "".join(map(chr, row)), (str(i % 2),)) for i, row in enumerate(characters)]
    encoder = {"type": "bilstm", "units": UNITS, "inputs": {"tokens": {"size": UNITS}}}
    config = ClassificationConfig.model_validate({"data": {"train": "-"}, "encoder": encoder})
    predictor = NetworkPredictor(config)
    predictor.learn_inventories(examples)
    predictor.build(0)
    explainer = Classification(config).explainer(predictor)
    return explainer, [case for own in explainer.decisions(examples) for case in cases_of(explainer, own)]


def ours(texts: int, length: int) -> float:
    """Seconds for all texts."""
    from nlpx.explain.methods.integrated_gradients import IntegratedGradients

    explainer, cases = explained(texts, length)
    began = time.perf_counter()
    IntegratedGradients(STEPS).score(explainer, cases)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--texts", type=int, default=64)
    parser.add_argument("--length", type=int, default=45)
    options = parser.parse_args()
    size = (options.texts, options.length)
    peer = Peer("saliency_peer.py")

    def captum(setting: str) -> float:
        batch, internal = SETTINGS[setting]
        return peer.ask(size=size, batch=batch, internal=internal, steps=STEPS)["seconds"]

    sides = {"nlpx": lambda: ours(*size)}
    sides |= {setting: lambda setting=setting: captum(setting) for setting in SETTINGS}
    for run in sides.values():
        run()
    seconds = np.array([[run() for run in sides.values()] for _ in range(options.rounds)])  # (rounds, sides)
    print("| integrated gradients, 50 steps | texts/s | nlpx is faster by |\n|---|---|---|")
    for name, own in zip(sides, seconds.T, strict=True):
        ratio = float(np.median(own / seconds[:, 0]))
        print(f"| {name} | {options.texts / np.median(own):.1f} | {ratio:.2f} |")
    default = float(np.median(seconds[:, 1] / seconds[:, 0]))
    best = float(np.median(seconds[:, 1:].min(axis=1) / seconds[:, 0]))
    print(f"\ndefault call: {default:.2f} x (goal {GOALS['default']}); its best setting of each round: {best:.2f} x "
          f"(goal {GOALS['best']})")  # fmt: skip


if __name__ == "__main__":
    main()
