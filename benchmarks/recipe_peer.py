"""The peer of `benchmarks/recipe.py`: torch's LSTM with pytorch-crf, driven over stdin and stdout.

A line in is a JSON object {"job": "train" | "predict", "seconds": s}; a line out is {"texts_per_second": x}.
"""

import json
import sys
import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn
from torchcrf import CRF

BATCH = 32


class Tagger(nn.Module):
    def __init__(self, num_tokens: int, num_tags: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(num_tokens, 256, padding_idx=0)
        self.lstm = nn.LSTM(256, 256, batch_first=True, bidirectional=True)
        self.emissions = nn.Linear(512, num_tags)
        self.crf = CRF(num_tags, batch_first=True)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.emissions(self.lstm(self.embedding(tokens))[0])


def load(path: str) -> tuple[list[torch.Tensor], list[torch.Tensor], int, int]:
    data = np.load(path)
    cuts = np.cumsum(data["lengths"])[:-1]
    texts, tags = (
        [torch.from_numpy(part.astype(np.int64)) for part in np.split(data[name], cuts)]
        for name in ("texts", "tags")
    )
    return texts, tags, int(data["sizes"][0]), int(data["sizes"][1])


def batches(texts: list[torch.Tensor], tags: list[torch.Tensor]) -> Iterator[tuple[torch.Tensor, ...]]:
    """Shuffled batches padded to their longest text, for ever."""
    rng = np.random.default_rng(0)
    while True:
        order = rng.permutation(len(texts))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            tokens = nn.utils.rnn.pad_sequence([texts[i] for i in rows], batch_first=True)
            gold = nn.utils.rnn.pad_sequence([tags[i] for i in rows], batch_first=True)
            yield tokens, gold, tokens > 0


def main() -> None:
    torch.manual_seed(0)
    texts, tags, num_tokens, num_tags = load(sys.argv[1])
    model = Tagger(num_tokens, num_tags)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    work = batches(texts, tags)

    def train(tokens: torch.Tensor, gold: torch.Tensor, mask: torch.Tensor) -> None:
        optimizer.zero_grad()
        loss = -model.crf(model(tokens), gold, mask, reduction="mean")
        loss.backward()
        optimizer.step()
        loss.item()

    def predict(tokens: torch.Tensor, gold: torch.Tensor, mask: torch.Tensor) -> None:
        with torch.no_grad():
            model.crf.decode(model(tokens), mask)

    jobs = {"train": train, "predict": predict}
    for line in sys.stdin:
        order = json.loads(line)
        count, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < order["seconds"]:
            batch = next(work)
            jobs[order["job"]](*batch)
            count += len(batch[0])
        print(json.dumps({"texts_per_second": count / spent}), flush=True)


if __name__ == "__main__":
    main()
