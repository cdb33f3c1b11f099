"""The peer of `benchmarks/encoders.py`: plain torch, driven over stdin and stdout so that both sides can take turns.

A line in is a JSON object {"encoder": name, "size": [batch, length], "steps": n}; a line out is {"seconds": per step}.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional

VOCABULARY, TAGS, UNITS = 6000, 9, 256
Batch = tuple[torch.Tensor, torch.Tensor]


@cache
def batches(batch: int, length: int) -> list[Batch]:
    """Characters (0 = padding) and tags; the same numbers as in `benchmarks/encoders.py`."""
    rng = np.random.default_rng(0)
    made = []
    for _ in range(4):
        lengths = rng.integers(length // 2, length + 1, batch)
        lengths[0] = length
        mask = np.arange(length)[None] < lengths[:, None]
        characters = np.where(mask, rng.integers(1, VOCABULARY, (batch, length)), 0)
        tags = rng.integers(0, TAGS, (batch, length))
        made.append((torch.from_numpy(characters), torch.from_numpy(tags)))
    return made


class Gated(nn.Module):
    """Gated dilated residual convolution."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(UNITS, 2 * UNITS, 3, padding=dilation, dilation=dilation)

    def forward(self, x: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        x = x * real
        candidate, gate = self.conv(x).chunk(2, 1)
        gate = torch.sigmoid(gate)
        return x * (1 - gate) + candidate * gate


class Tagger(nn.Module):
    def __init__(self, encoder: str) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, UNITS, padding_idx=0)
        self.kind = encoder.split()[0].rstrip(",")
        layers = 2 if encoder.endswith("x 2") else 1
        width = UNITS
        if self.kind in ("bilstm", "bigru"):
            module = nn.LSTM if self.kind == "bilstm" else nn.GRU
            self.encoder = module(UNITS, UNITS, layers, batch_first=True, bidirectional=True)
            width = 2 * UNITS
        elif self.kind == "dgcnn":
            self.encoder = nn.ModuleList(Gated(rate) for rate in (1, 2, 5, 1, 2, 5))
        else:
            layer = nn.TransformerEncoderLayer(
                UNITS, 4, 4 * UNITS, 0.0, "gelu", batch_first=True, norm_first=True
            )
            self.encoder = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
        self.tags = nn.Linear(width, TAGS)

    def forward(self, characters: torch.Tensor) -> torch.Tensor:
        x, padding = self.embedding(characters), characters == 0
        if self.kind in ("bilstm", "bigru"):
            x, _ = self.encoder(x)  # packing would leave oneDNN: a third of the speed
        elif self.kind == "dgcnn":
            x, real = x.transpose(1, 2), (~padding).unsqueeze(1).float()
            for block in self.encoder:
                x = block(x, real)
            x = x.transpose(1, 2)
        else:
            x = self.encoder(x, src_key_padding_mask=padding)
        return self.tags(x)


@cache
def trainer(encoder: str) -> Callable[[Batch], float]:
    torch.manual_seed(0)
    model = Tagger(encoder)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, fused=True)
    bfloat16 = encoder.endswith("bfloat16")

    def step(batch: Batch) -> float:
        characters, tags = batch
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            logits = model(characters)
        real = (characters != 0).float()
        losses = functional.cross_entropy(logits.float().transpose(1, 2), tags, reduction="none")
        loss = (losses * real).sum() / real.sum()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        step, data = trainer(order["encoder"]), batches(*order["size"])
        step(data[0])
        start = time.perf_counter()
        for k in range(order["steps"]):
            step(data[k % len(data)])
        print(json.dumps({"seconds": (time.perf_counter() - start) / order["steps"]}), flush=True)


if __name__ == "__main__":
    main()
