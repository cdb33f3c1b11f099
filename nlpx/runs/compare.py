"""One run in full, and two runs side by side, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nlpx.errors import RunError
from nlpx.runs.diff import MISSING, config_diff, flatten
from nlpx.runs.run import Run
from nlpx.runs.scores import main_score

Difference = tuple[str, Any, Any]

ORIGIN = ("nlpx", "python", "platform", "backend", "libraries", "git", "host", "cores", "device")
"""Parts of the manifest that can explain why two equal configs score differently; so can `inputs`."""
NOT_SCORES = ("interval", "counts")


def summary(run: Run) -> dict[str, Any]:
    """Everything known of a run; None for a part that is missing or damaged, and `problems` names those."""
    problems: list[str] = []
    status = run.status()
    parts: dict[str, Any] = {
        "ref": run.ref,
        "path": str(run.path),
        "status": status.state,
        "detail": status.detail,
        "manifest": _try(lambda: run.manifest.facts, problems),
        "metrics": _try(run.metrics, problems) if run.finished else _or_nothing(run.metrics),
        "config": _try(run.config, problems),
    }
    if run.finished:
        _try(run.verify, problems)
    return {**parts, "problems": list(dict.fromkeys(problems))}


def compare(a: Run, b: Run) -> dict[str, list[Difference]]:
    """``{"config": …, "origin": …, "files": …, "metrics": …}``: lists of (key, value in a, value in b) that differ.

    A part that a run does not have yet counts as empty. Metrics are listed even where they are equal. Files that were
    read go by their content, whatever their names and wherever they lie.
    """
    return {
        "config": _set_in_one(config_diff(_or_nothing(a.config), _or_nothing(b.config))),
        "origin": _set_in_one(config_diff(_origin(a), _origin(b))),
        "files": _files_of(a, b),
        "metrics": _scores_of(a, b),
    }


def scores(run: Run) -> dict[str, float]:
    """All numbers in metrics.json by dotted key, the main metric first; of each label only the main metric."""
    splits = _or_nothing(run.metrics).get("splits")
    main = main_score(run)
    flat = flatten(splits) if isinstance(splits, Mapping) else {}
    numbers = {
        key: value for key, value in flat.items() if _is_score(key, value, main.metric if main else "")
    }
    name = f"{main.split}.{main.metric}" if main else ""
    return dict(
        sorted(
            numbers.items(), key=lambda item: (item[0] != name, "per_label" in item[0], item[0].count("."))
        )
    )


def is_of_split(key: str) -> bool:
    """Whether a score is one of a whole split: ``dev.f1``, not one of a label or a stage."""
    return key.count(".") == 1


def _is_score(key: str, value: Any, metric: str) -> bool:
    parts = key.split(".")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and not set(parts) & set(NOT_SCORES) and ("per_label" not in parts or parts[-1] == metric)


def _scores_of(a: Run, b: Run) -> list[Difference]:
    left, right = scores(a), scores(b)
    return [(key, left.get(key), right.get(key)) for key in dict.fromkeys((*left, *right))]


def _set_in_one(pairs: list[Difference]) -> list[Difference]:
    """Without keys that one run does not have and that say nothing in the other."""
    unset = (MISSING, None)
    return [pair for pair in pairs if pair[1] not in unset or pair[2] not in unset]


def _files_of(a: Run, b: Run) -> list[Difference]:
    left, right = _inputs(a), _inputs(b)
    both = [(key, left[key], right[key]) for key in left if key in right]
    old = {key: file for key, file in left.items() if key not in right}
    new = {key: file for key, file in right.items() if key not in left}
    # The same file may have another key in the other run: a checkpoint as the encoder, or as one of its inputs.
    for key, file in list(old.items()):
        if twin := next((other for other, its in new.items() if _same_content(file, its)), None):
            del old[key], new[twin]
    return [
        *(pair for pair in both if not _same_content(pair[1], pair[2])),
        *((key, file, MISSING) for key, file in old.items()),
        *((key, MISSING, file) for key, file in new.items()),
    ]


def _same_content(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.get("sha256") is not None and one.get("sha256") == other.get("sha256")


def _inputs(run: Run) -> dict[str, dict[str, Any]]:
    return dict(_or_nothing(lambda: run.manifest.facts).get("inputs") or {})


def _origin(run: Run) -> dict[str, Any]:
    facts = _or_nothing(lambda: run.manifest.facts)
    return {key: facts[key] for key in ORIGIN if key in facts}


def _or_nothing(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return _try(read, []) or {}


def _try(read: Callable[[], Any], problems: list[str]) -> Any:
    try:
        return read()
    except RunError as error:
        problems += [error.what, *(f"  {line}" for line in error.details)]
        return None
