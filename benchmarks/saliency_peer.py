"""The peer of `benchmarks/saliency.py`: captum, driven over stdin and stdout so that both sides can take turns.

A line in is a JSON object {"size": [texts, length], "batch": texts in a call or null, "internal": rows or null,
"steps"}; a line out is {"seconds": for all texts}.
"""

import json
import sys
import time

import torch
from captum.attr import LayerIntegratedGradients
from torch import nn

VOCABULARY, UNITS = 6000, 128


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, UNITS)
        self.encoder = nn.LSTM(UNITS, UNITS, batch_first=True, bidirectional=True)
        self.classes = nn.Linear(2 * UNITS, 2)

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        return self.classes(self.encoder(self.embedding(vectors))[0].max(1).values)


def main() -> None:
    torch.manual_seed(0)
    model = Classifier().eval()
    method = LayerIntegratedGradients(model, model.embedding)
    with torch.no_grad():
        model.embedding.weight[0] = 0  # the baseline
    for line in sys.stdin:
        order = json.loads(line)
        texts, length = order["size"]
        characters = torch.randint(1, VOCABULARY, (texts, length))
        began = time.perf_counter()
        for batch in characters.split(order["batch"] or texts):
            found = method.attribute(
                batch,
                torch.zeros_like(batch),
                target=1,
                n_steps=order["steps"],
                internal_batch_size=order["internal"],
            )
            found.sum(-1).tolist()
        print(json.dumps({"seconds": time.perf_counter() - began}), flush=True)


if __name__ == "__main__":
    main()
