"""Tiny random models with the outputs that Hugging Face transformers gives for them.

    python tests/pretrained/make_golden.py make [NAME ...]   # writes golden/; wants torch and transformers
    python tests/pretrained/make_golden.py check FOLDER ...  # prints the largest difference from its outputs

NEZHA left transformers with version 5; its outputs were made with 4.57.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

GOLDEN = Path(__file__).parent / "golden"
OUTPUTS = "outputs.npz"

SIZES = {
    "vocab_size": 40,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "max_position_embeddings": 20,
    "initializer_range": 0.3,
}
OWN: dict[str, dict[str, Any]] = {
    "bert": {},
    "roberta": {
        "pad_token_id": 1,
        "type_vocab_size": 1,
        "layer_norm_eps": 1e-5,
        "max_position_embeddings": 22,
    },
    "ernie": {"use_task_id": True, "task_type_vocab_size": 3, "hidden_act": "relu"},
    "albert": {"embedding_size": 8, "hidden_act": "gelu_new", "num_hidden_layers": 3},
    "electra": {"embedding_size": 8},
    "nezha": {"max_relative_position": 4, "max_position_embeddings": 64},
    "roformer": {"embedding_size": 8},
}


def config_of(name: str) -> Any:
    """The class is looked up by hand, because NEZHA's is not among the automatic ones."""
    import transformers

    if name == "nezha":
        from transformers.models.deprecated.nezha import NezhaConfig

        return NezhaConfig(**SIZES | OWN[name])
    return transformers.AutoConfig.for_model(name, **SIZES | OWN[name])


def model_class(name: str) -> Any:
    import transformers

    if name == "nezha":
        from transformers.models.deprecated.nezha import NezhaModel

        return NezhaModel
    return transformers.AutoModel


def make(name: str) -> None:
    import torch

    torch.manual_seed(0)
    folder = GOLDEN / name
    config = config_of(name)
    kind = model_class(name)
    model = kind(config) if name == "nezha" else kind.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:  # norms and biases start as ones and zeros, which would hide mistakes
                parameter.add_(torch.randn_like(parameter) * 0.2)
    model.half().save_pretrained(folder)  # half: so that the files are small
    for extra in folder.glob("generation_config.json"):
        extra.unlink()
    facts = json.loads((folder / "config.json").read_text("utf-8"))
    random = np.random.default_rng(1)
    lengths = np.array([9, 5, 1])
    mask = np.arange(9) < lengths[:, None]
    ids = np.where(mask, random.integers(2, 40, (3, 9)), facts.get("pad_token_id") or 0)
    segments = random.integers(0, facts.get("type_vocab_size", 2), (3, 9)) * mask
    arrays = {"ids": ids, "mask": mask, "segments": segments}
    np.savez(folder / OUTPUTS, **arrays, **outputs(folder, arrays))


def outputs(folder: Path, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """All states `(blocks + 1, batch, length, units)`, and the pooled vectors where there is a pooler."""
    import torch

    name = json.loads((folder / "config.json").read_text("utf-8"))["model_type"]
    model = model_class(name).from_pretrained(folder, attn_implementation="eager").float().eval()
    for module in model.modules():
        if hasattr(module, "create_weight"):  # RoFormer's sines, which half precision has spoilt
            module.weight.data = module.create_weight()
    with torch.no_grad():
        found = model(
            input_ids=torch.tensor(arrays["ids"]),
            attention_mask=torch.tensor(arrays["mask"].astype(np.int64)),
            token_type_ids=torch.tensor(arrays["segments"]),
            output_hidden_states=True,
        )
    states = list(found.hidden_states)
    made = {"states": torch.stack(states[:]).numpy()}
    pooled = getattr(found, "pooler_output", None)
    return made if pooled is None else made | {"pooled": pooled.numpy()}


def check(folder: Path) -> None:
    golden = dict(np.load(folder / OUTPUTS))
    mask = golden["mask"]
    found = outputs(folder, golden)
    worst = max(
        float(
            np.abs(found[key] - golden[key])[..., mask, :].max()
            if key == "states"
            else np.abs(found[key] - golden[key]).max()
        )
        for key in found
    )
    sys.stdout.write(f"{folder.name} {worst:.2e}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["make", "check"])
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    for name in given.names or list(OWN):
        make(name) if given.what == "make" else check(Path(name) if Path(name).is_dir() else GOLDEN / name)


if __name__ == "__main__":
    main()
