"""The peer of `benchmarks/pretrained.py`: BERT of Hugging Face transformers, as `transformers` runs it by default.

The argument is the folder that it writes its random weights to. A line in is {"job": "forward" | "step", "precision":
"float32" | "bfloat16", "size": [batch, length], "steps": n}; a line out is {"seconds": per step, "value": mean absolute
state or first loss}.
"""

import json
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import torch
import transformers
from torch.nn import functional

TAGS = 9
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def config(**options: int) -> transformers.BertConfig:
    return transformers.BertConfig(vocab_size=21128, **options)


def write(folder: str, options: dict[str, int]) -> None:
    """Random weights for both sides."""
    torch.manual_seed(0)
    transformers.BertModel(config(**options)).save_pretrained(folder)
    words = ["[PAD]", *(f"[unused{i}]" for i in range(1, 100)), "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words += [chr(0x4E00 + i) for i in range(21128 - len(words))]
    Path(folder, "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")


@cache
def batch(rows: int, length: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, tags and mask; the same numbers as in `benchmarks/pretrained.py`."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(length // 2, length + 1, rows)
    lengths[0] = length
    mask = np.arange(length)[None] < lengths[:, None]
    ids = np.where(mask, rng.integers(104, 21128, (rows, length)), 0)
    tags = rng.integers(0, TAGS, (rows, length))
    ids, tags, mask = (torch.from_numpy(array).to(DEVICE) for array in (ids, tags, mask))
    return ids, tags, mask


class Tagger(torch.nn.Module):
    def __init__(self, folder: str) -> None:
        super().__init__()
        self.bert = transformers.BertModel.from_pretrained(folder)
        self.tags = torch.nn.Linear(self.bert.config.hidden_size, TAGS)


@cache
def tagger(folder: str) -> tuple[Tagger, torch.optim.Optimizer]:
    model = Tagger(folder).to(DEVICE)
    return model, torch.optim.AdamW(model.parameters(), 1e-5, weight_decay=0.01, fused=True)


def run(folder: str, job: str, precision: str, size: tuple[int, int]) -> float:
    ids, tags, mask = batch(*size)
    model, optimizer = tagger(folder)
    half = torch.autocast(DEVICE, torch.bfloat16, enabled=precision == "bfloat16")
    if job == "forward":
        model.eval()
        with torch.inference_mode(), half:
            states = model.bert(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        return float(states[mask].float().abs().mean())
    model.train()
    optimizer.zero_grad(set_to_none=True)
    with half:
        logits = model.tags(model.bert(input_ids=ids, attention_mask=mask.long()).last_hidden_state)
    losses = functional.cross_entropy(logits.float().transpose(1, 2), tags, reduction="none")
    loss = (losses * mask).sum() / mask.sum()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss)


def main() -> None:
    folder, options = sys.argv[1], json.loads(sys.argv[2])
    write(folder, options)
    for line in sys.stdin:
        order = json.loads(line)
        arguments = (folder, order["job"], order["precision"], tuple(order["size"]))
        value = run(*arguments)
        start = time.perf_counter()
        for _ in range(order["steps"]):
            run(*arguments)
        seconds = (time.perf_counter() - start) / max(order["steps"], 1)
        print(json.dumps({"seconds": seconds, "value": value}), flush=True)


if __name__ == "__main__":
    main()
