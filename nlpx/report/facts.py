"""What a run says about how it came to be, as cells of tables."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nlpx.report.content import Judged
from nlpx.runs import Run
from nlpx.runs.atomic import human_size
from nlpx.runs.folder import MODEL, PRETRAINING
from nlpx.runs.provenance import MAIN_LIBRARIES, code, libraries
from nlpx.runs.render import duration

LIBRARIES = (*MAIN_LIBRARIES, "scikit-learn", "sklearn-crfsuite", "tokenizers")
LATER = ("report",)
"""Stages that end after the page is made."""

NO_COUNTS = ("path", "labelled")


def files(facts: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Every input file: key, path, size, the beginning of its sha256."""
    return [
        (key, str(file.get("path", "")), human_size(file.get("size") or 0), str(file.get("sha256", ""))[:12])
        for key, file in facts["inputs"].items()
    ]


def counts(facts: Mapping[str, Any], judged: Judged | None) -> list[tuple[str, str]]:
    """What the readers counted in each file, and the size of a split that was held out of one."""
    data = facts.get("data")
    splits = data.items() if isinstance(data, Mapping) else ()
    rows = {split: "; ".join(_counted(found)) for split, found in splits if isinstance(found, Mapping)}
    if judged is not None:
        rows.setdefault(judged.split, f"examples {len(judged.examples):,}, held out of train")
    return list(rows.items())


def _counted(found: Mapping[str, Any]) -> Iterator[str]:
    for key, value in found.items():
        if isinstance(value, Mapping) and value:
            yield f"{key}: {', '.join(f'{name} {_number(one)}' for name, one in value.items())}"
        elif value and not isinstance(value, bool | Mapping) and key not in NO_COUNTS:
            yield f"{key} {_number(value)}"


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def stages(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Wall time of each stage, and of all."""
    known = {name: seconds for name, seconds in facts["stages"].items() if name not in LATER}
    total = sum(seconds for name, seconds in known.items() if "/" not in name)
    return [
        *((name, duration(seconds)) for name, seconds in known.items()),
        ("together, without this page", duration(total)),
    ]


def model(run: Run, facts: Mapping[str, Any], config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Which model it is, how large, and why its training ended."""
    found = facts.get("fit")
    fit: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    # A resolved config names an encoder even where the model has none.
    parts = ("model", "encoder", "head") if any((run.path / MODEL).rglob("encoder")) else ("model",)
    rows = [(key, _type(config[key])) for key in parts if _type(config.get(key))]
    if fit.get("parameters"):
        rows.append(("parameters", f"{fit['parameters']:,}"))
    if fit.get("stopped"):
        rows.append(("training ended by", str(fit["stopped"])))
    return [*rows, ("seed", str(config.get("seed", 0)))]


def _type(part: Any) -> str:
    if isinstance(part, Mapping):
        return str(part.get("type", ""))
    return str(part or "")


def versions(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Code, libraries and machine."""
    rows = [
        ("started", str(facts.get("created", "-"))),
        ("code", code(facts)),
        ("Python", str(facts.get("python", "?"))),
        ("libraries", ", ".join(libraries(facts, LIBRARIES))),
        (
            "machine",
            f"{facts.get('host', '?')}, {facts.get('cores', '?')} cores, {facts.get('platform', '')}",
        ),
    ]
    return [row for row in rows if row[1]]


def commands(run: Run, facts: Mapping[str, Any], *, smoke: bool) -> str:
    """How to get this run again, and what to do with it."""
    folder = str(facts.get("folder") or Path.cwd())
    path = run.path.absolute()
    place = path.relative_to(folder) if path.is_relative_to(folder) else path
    where = shlex.quote(str(place))
    if run.task == PRETRAINING:
        again = f"nlpx pretrain --config {shlex.quote(str(place / 'config.yaml'))}"
        return f"cd {shlex.quote(folder)}\n{again}{' --smoke' if smoke else ''}"
    train = f"nlpx train {run.task} --config {shlex.quote(str(place / 'config.yaml'))}"
    return "\n".join(
        [
            f"cd {shlex.quote(folder)}",
            f"{train} --smoke" if smoke else train,
            f"nlpx predict --run {where} --input texts.txt --output predictions.jsonl",
            f"nlpx submit --run {where}",
        ]
    )
