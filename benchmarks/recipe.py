"""A BiLSTM-CRF as it is trained and used: nlpx against torch + pytorch-crf, in one run, the two sides taking turns.

    python benchmarks/recipe.py [--rounds 5] [--texts 4000] [FILE ...]

The same architecture and data on both sides (characters of size 256, BiLSTM of 256 units per direction, batch 32, Adam,
BIOES tags). The peer works as usual: batches are shuffled and padded to their longest text. nlpx works as it always
does: length-bucketed batches of few shapes, which are larger in prediction. Files default to Resume and MSRA under
NLPX_DATA. The peer's Python is named by NLPX_PEER_PYTHON (default .venv-bench/bin/python). Prints a Markdown table of
medians.
"""

import argparse
import os
import tempfile
import time
from itertools import chain, cycle
from pathlib import Path

import numpy as np
from peer import Peer

GOALS = {"train": 1.3, "predict": 1.5}
BATCH = 32
SECONDS = 4.0


class Ours:
    """The layers, batches and step that `nlpx train` uses, without reading and scoring."""

    def __init__(
        self, texts: list[np.ndarray], tags: list[np.ndarray], num_tokens: int, num_tags: int
    ) -> None:
        from nlpx.backend import load_backend

        load_backend()
        import keras

        from nlpx.config.training import TrainingConfig
        from nlpx.encoders.bilstm import BiLSTMConfig
        from nlpx.layers import CRF
        from nlpx.layers.feature_encoder import FeatureEncoder
        from nlpx.layers.token_embedding import TokenEmbedding
        from nlpx.tagging.network import Decoder, Tagger
        from nlpx.tagging.tagger import PREDICT_BATCH, PREDICT_BUCKETS
        from nlpx.training.average import WeightAverage
        from nlpx.training.batching import Batches
        from nlpx.training.forward import compile_forward
        from nlpx.training.optimizer import build_optimizer
        from nlpx.training.step import make_step

        keras.utils.set_random_seed(0)
        config = BiLSTMConfig(units=256, dropout=0.0)
        embedding = TokenEmbedding(num_tokens, 256, name="tokens")
        encoder = FeatureEncoder({"tokens": embedding}, config.make_stack(), name="encoder")
        model = Tagger(encoder, CRF(num_tags, name="head"), num_tags, name="tagger")
        rows = [{"tokens": a, "tags": b} for a, b in zip(texts, tags, strict=True)]
        learned = Batches(rows, batch_size=BATCH, buckets=4)
        asked = Batches(rows, batch_size=PREDICT_BATCH, buckets=PREDICT_BUCKETS)
        first, _ = next(learned.ordered())
        model(first)
        training = TrainingConfig(clip_norm=None)
        optimizer = build_optimizer(training, model, 1)
        average = WeightAverage(model.trainable_variables, None, debias=False)
        jit = config.jit_compile
        self.step = make_step(model, optimizer, average, jit_compile=jit)
        self.forward = compile_forward(Decoder(model, name="decoder"), jit_compile=jit)
        self.work = {
            "train": chain.from_iterable(learned.epoch(i) for i in cycle(range(1000))),
            "predict": chain.from_iterable(asked.ordered() for _ in cycle([0])),
        }
        for batches, call in ((learned, self.step), (asked, self.forward)):
            for batch, _ in batches.ordered():  # compile every shape before anything is timed
                call(batch)

    def run(self, job: str, seconds: float) -> float:
        call = self.step if job == "train" else self.forward
        texts, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < seconds:
            batch, rows = next(self.work[job])
            call(batch)
            texts += len(rows)
        return texts / spent


def load(path: Path, most: int) -> tuple[list[np.ndarray], list[np.ndarray], int, int]:
    """Ids of characters and BIOES tags of a labelled file."""
    from nlpx.tagging.tag_set import TagSet
    from nlpx.tasks.sequence_labeling.data import read

    examples = [example for example in read(path)[0] if 0 < len(example.text) <= 256][:most]
    characters = {c: i for i, c in enumerate(sorted({c for e in examples for c in e.text}), 2)}
    tags = TagSet.fit((span.label for example in examples for span in example.spans), "BIOES")
    texts = [np.array([characters[c] for c in example.text], np.int32) for example in examples]
    gold = [tags.encode(example.spans, len(example.text)) for example in examples]
    return texts, gold, len(characters) + 2, len(tags.names)


def compare(path: Path, most: int, rounds: int) -> None:
    texts, tags, num_tokens, num_tags = load(path, most)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.npz"
        lengths = [len(text) for text in texts]
        sizes = np.array([num_tokens, num_tags])
        np.savez(data, lengths=lengths, texts=np.concatenate(texts), tags=np.concatenate(tags), sizes=sizes)
        peer = Peer("recipe_peer.py", str(data))
        ours = Ours(texts, tags, num_tokens, num_tags)
        for job, goal in GOALS.items():
            peer.ask(job=job, seconds=1.0)
            speeds = np.array(
                [
                    [ours.run(job, SECONDS), peer.ask(job=job, seconds=SECONDS)["texts_per_second"]]
                    for _ in range(rounds)
                ]
            )
            mine, theirs = np.median(speeds, axis=0)
            ratio = float(np.median(speeds[:, 0] / speeds[:, 1]))
            cells = (path.parent.name, job, f"{theirs:.0f}", f"{mine:.0f}", f"{ratio:.2f}", str(goal))
            print(f"| {' | '.join(cells)} |", flush=True)
        peer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--texts", type=int, default=4000)
    options = parser.parse_args()
    data = Path(os.environ.get("NLPX_DATA", "data"))
    files = options.files or [data / "ner/resume/train.char.bmes", data / "ner/msra/train.bio"]
    print("| data | job | torch texts/s | nlpx texts/s | ratio | goal |")
    print("|---|---|---|---|---|---|", flush=True)
    for path in files:
        if path.is_file():
            compare(path, options.texts, options.rounds)
        else:
            print(f"| {path} | not there: skipped | | | | |", flush=True)


if __name__ == "__main__":
    main()
