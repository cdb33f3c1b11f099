"""Every variable of a file and every variable of the model, accounted for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from nlpx.encoders.pretrained.architecture import Architecture
from nlpx.encoders.pretrained.files import Shapes
from nlpx.encoders.pretrained.names import Kind, Weight, dropped, weights
from nlpx.errors import DataError

SHOWN = 12

_OLD_NORM = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}


@dataclass(frozen=True)
class Match:
    """Which tensor of the file becomes which variable.

    Attributes:
        architecture: without a pooler where the file has none.
        found: the model's weights by the full name in the file.
        dropped: names that are left aside, and why.
    """

    architecture: Architecture
    found: Mapping[str, Weight]
    dropped: Mapping[str, str]


def match(shapes: Shapes, architecture: Architecture, kind: Kind, source: str) -> Match:
    """Account for all tensors.

    Raises:
        DataError: variables are missing, there twice, misshaped or left over; all are listed with their shapes.
    """
    names = _by_plain_name(shapes, architecture.model_type, kind)
    pooler = any(name.startswith("pooler") for name in names)
    architecture = replace(architecture, pooler=pooler)
    wanted = {weight.name: weight for weight in weights(architecture, kind)}
    expected = expected_shapes(architecture)
    problems = [
        f"missing: {name} {expected[weight.path]}" for name, weight in wanted.items() if name not in names
    ]
    for name in sorted(wanted.keys() & names.keys()):
        shape, first = expected[wanted[name].path], names[name][0]
        if len(names[name]) > 1:
            problems.append(f"several are {name}: {', '.join(names[name])}")
        elif (shapes[first][::-1] if wanted[name].transposed else shapes[first]) != shape:
            problems.append(f"shape of {first}: {shapes[first]} in the file, {shape} by the config")
    extra = [full for name, same in names.items() if name not in wanted for full in same]
    reasons = {full: dropped(full) or dropped(_plain(full, architecture.model_type, kind)) for full in extra}
    problems += [f"left over: {full} {shapes[full]}" for full, reason in reasons.items() if reason is None]
    if problems:
        more = [f"… and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        raise DataError(
            f"{source}: its weights do not fit a {architecture.model_type} of its config",
            "is it a model of this type, and are config and weights of the same model?",
            [*problems[:SHOWN], *more],
        )
    found = {names[name][0]: weight for name, weight in wanted.items()}
    assert found.keys() | reasons.keys() == shapes.keys(), "every tensor is found or left aside"
    return Match(architecture, found, {name: reason or "" for name, reason in sorted(reasons.items())})


def _by_plain_name(shapes: Shapes, model_type: str, kind: Kind) -> dict[str, list[str]]:
    """The full names in the file by their plain one, which two tensors of a badly merged file can share."""
    names: dict[str, list[str]] = {}
    for full in shapes:
        names.setdefault(_plain(full, model_type, kind), []).append(full)
    return names


def _plain(name: str, model_type: str, kind: Kind) -> str:
    """A name without the model's prefix, and norms by their newer names."""
    if kind == "google":
        return re.sub(r"^(bert|albert|electra|nezha|roformer)/", "", name)
    name = name.removeprefix(f"{model_type}.").removeprefix("bert.")
    for old, new in _OLD_NORM.items():
        name = name.replace(old, new)
    return name


def expected_shapes(one: Architecture) -> dict[str, tuple[int, ...]]:
    """Shape of every variable by its path, as the layers build it."""
    size = one.embedding_size or one.units
    tables = {name: getattr(one, name) for name in ("tokens", "positions", "segments", "tasks")}
    wide = {f"embeddings/{name}": (rows, size) for name, rows in tables.items() if rows}
    sizes = {
        "embeddings/norm": (size,),
        "embeddings/project": (size, one.units),
        "hidden": (one.units, one.hidden),
        "output": (one.hidden, one.units),
    }
    found: dict[str, tuple[int, ...]] = {}
    for weight in weights(one, "google"):
        path = weight.path
        if path in wide:
            found[path] = wide[path]
            continue
        layer, _, part = path.rpartition("/")
        inner = layer.partition("/")[2] if layer.startswith("block_") else layer
        shape = sizes.get(inner, (one.units,) if inner.endswith("norm") else (one.units, one.units))
        found[path] = shape if part == "kernel" or len(shape) == 1 else shape[-1:]
    return found
