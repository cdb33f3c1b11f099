"""Write a model as a Hugging Face folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nlpx.encoders.pretrained.architecture import Architecture, write_architecture
from nlpx.encoders.pretrained.checkpoint import CONFIG, Checkpoint
from nlpx.encoders.pretrained.names import weights
from nlpx.encoders.pretrained.token_head import WITH_HEAD, head_names, named_head, read_head
from nlpx.encoders.pretrained.tokenizer import Tokenizer
from nlpx.encoders.pretrained.vocabulary import open_tokenizer
from nlpx.errors import UsageError
from nlpx.runs.atomic import atomic_json, atomic_write, atomic_writer


def write_huggingface(
    folder: Path,
    architecture: Architecture,
    arrays: Mapping[str, np.ndarray],
    tokenizer: Tokenizer,
    *,
    head: Mapping[str, np.ndarray] | None = None,
    float16: bool = False,
) -> None:
    """Write `config.json`, `model.safetensors`, the vocabulary and `tokenizer_config.json`, which transformers reads.

    Args:
        folder: created where it is missing.
        arrays: every weight by its path below the model.
        head: those of the output layer of pretraining, of a type in `token_head.WITH_HEAD`; None for none.
        float16: write the weights in 16 bits.
    """
    from safetensors.numpy import save

    folder.mkdir(parents=True, exist_ok=True)
    named = {
        weight.name: np.ascontiguousarray(arrays[weight.path].T if weight.transposed else arrays[weight.path])
        for weight in weights(architecture, "huggingface")
    }
    config = write_architecture(architecture)
    if head is not None:  # a file with a head names the model, too
        named = {f"{architecture.model_type}.{name}": array for name, array in named.items()} | named_head(
            head
        )
        config["architectures"] = [WITH_HEAD[architecture.model_type]]
    if float16:
        named = {name: array.astype(np.float16) for name, array in named.items()}
        config["torch_dtype"] = "float16"
    with atomic_writer(folder / "model.safetensors", "wb") as file:
        file.write(save(named, {"format": "pt"}))
    files, settings = tokenizer.for_transformers()
    for name, text in files.items():
        atomic_write(folder / name, text)
    limit = {} if architecture.longest is None else {"model_max_length": architecture.longest}
    names = {f"{role}_token": tokenizer.vocabulary[index] for role, index in tokenizer.special.items()}
    atomic_json(folder / "tokenizer_config.json", {**settings, **limit, **names})
    # The config comes last, so that a folder that has one is whole.
    atomic_json(folder / CONFIG, config)


def check_target(folder: Path) -> None:
    """Make the folder of a conversion, where it is missing. Raises UsageError where it is not empty, or cannot be."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: is there already and not empty", "name a folder that does not exist yet")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UsageError(f"{folder}: cannot make this folder: {why}", "name another folder") from error


def convert(source: Checkpoint, folder: Path) -> dict[str, str]:
    """Write any checkpoint as a Hugging Face folder, with the output layer of pretraining if it has one that fits, and
    in 16 bits where it is.

    Returns:
        why each tensor that is not written was left behind, by its name.

    Raises:
        UsageError: the target is not empty, or cannot be made.
        DataError: the source is damaged or incomplete.
    """
    check_target(folder)
    tokenizer = open_tokenizer(source.folder, source.architecture.tokens)
    head = read_head(source) if source.architecture.model_type in WITH_HEAD else None
    kept = set(head_names(source).values()) if head is not None else set()
    half = "float16" in (source.config.get("torch_dtype"), source.config.get("dtype"))
    write_huggingface(folder, source.architecture, source.load(), tokenizer, head=head, float16=half)
    return {name: why for name, why in source.match.dropped.items() if name not in kept}
