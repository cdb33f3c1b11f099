"""manifest.json: what a run was made from, where, by what, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nlpx.errors import RunError
from nlpx.runs.artefacts import input_digest
from nlpx.runs.atomic import DiskError, atomic_json
from nlpx.runs.environment import backend, device, environment, peak_memory_mb
from nlpx.runs.reading import damaged, read_object
from nlpx.runs.status import now

MANIFEST_FILE = "manifest.json"
PARTS: dict[str, tuple[type, Any]] = {
    "inputs": (dict, dict),
    "stages": (dict, int | float),
    "artefacts": (dict, dict),
    "resumed": (list, dict),
}
"""Keys that code relies on, with their type and that of their items."""


class Manifest:
    """The facts of one run, kept on disk as they are learnt, so that a killed run has them too."""

    def __init__(self, path: Path, facts: dict[str, Any]) -> None:
        self.path = path
        self.facts = facts
        self._stage = ""

    @classmethod
    def create(cls, folder: Path) -> Manifest:
        """A new manifest for a run that starts in this process; writes it."""
        facts: dict[str, Any] = {"created": now(), "seed": None, **environment()}
        facts |= {
            "inputs": {},
            "stages": {},
            "peak_memory_mb": peak_memory_mb(),
            "resumed": [],
            "artefacts": {},
        }
        manifest = cls(folder / MANIFEST_FILE, facts)
        manifest.save()
        return manifest

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of an existing run.

        Raises:
            RunError: it is missing, cut off or edited by mistake.
        """
        path = folder / MANIFEST_FILE
        facts = read_object(path)
        for key, (kind, items) in PARTS.items():
            part = facts.setdefault(key, kind())
            if not isinstance(part, kind) or not all(isinstance(item, items) for item in _items(part)):
                raise damaged(path, f"{key} is not what nlpx writes there")
        return cls(path, facts)

    def save(self) -> None:
        """Write the facts, with the memory used so far.

        Raises:
            DiskError: the disk refuses.
        """
        self.facts["peak_memory_mb"] = max(peak_memory_mb(), self.facts.get("peak_memory_mb") or 0.0)
        atomic_json(self.path, self.facts)

    def note(self, key: str, value: Any) -> None:
        """Set a fact by its dotted key: ``note("data.train", {"repaired": 3})``."""
        *folders, last = key.split(".")
        place = self.facts
        for name in folders:
            place = place.setdefault(name, {})
        place[last] = value
        self.save()

    def note_resume(self) -> None:
        """Remember that this process goes on with the run, and what is different about it now."""
        here = environment()
        changed = {key: value for key, value in here.items() if value != self.facts.get(key)}
        self.facts["resumed"].append({"time": now(), "command": here["command"], **changed})
        self.save()

    def add_input(self, path: Path, key: str = "") -> None:
        """Remember size and sha256 of a file the outcome depends on.

        Raises:
            DataError: the file cannot be read.
            RunError: the run has started with other content under this key.
        """
        found = {"path": str(path), **input_digest(path)}
        known = self.facts["inputs"].setdefault(key or str(path), found)
        if known.get("sha256") != found["sha256"]:
            raise RunError(
                f"{path} has changed since the run started", "bring back the old file, or start a new run"
            )
        self.save()

    def changed_inputs(self, paths: Mapping[str, Path]) -> list[str]:
        """One line per input file that is not what the run was started with; [] if all are."""
        lines = []
        for key, path in paths.items():
            known = self.facts["inputs"].get(key)
            if known is not None and known.get("sha256") != input_digest(path)["sha256"]:
                lines.append(f"{key}: {path} has other content")
        return lines

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage in seconds of wall time.

        A stage that is gone through again adds up; one inside another is named ``outer/inner``.
        """
        outer = self._stage
        self._stage = f"{outer}/{name}" if outer else name
        started, stage = time.monotonic(), self._stage
        try:
            yield
        except BaseException:
            self._add_time(stage, started)
            self._save_if_possible()
            raise
        else:
            self._add_time(stage, started)
            self.save()
        finally:
            self._stage = outer

    def finish(self, artefacts: dict[str, Any], seed: int | None) -> None:
        """Complete the facts when all else is written."""
        self.facts |= {"seed": seed, "device": device(), "backend": backend()}
        self.facts |= {"artefacts": artefacts, "finished": now()}
        self.save()

    def seconds(self) -> float | None:
        """Wall time of all stages together; None before the first has ended."""
        times = [value for name, value in self.facts["stages"].items() if "/" not in name]
        return round(sum(times), 3) if times else None

    def _add_time(self, stage: str, started: float) -> None:
        stages = self.facts["stages"]
        stages[stage] = round(stages.get(stage, 0.0) + time.monotonic() - started, 3)

    def _save_if_possible(self) -> None:
        try:
            self.save()
        except DiskError:
            return  # the error on its way out says more


def _items(part: Any) -> Iterable[Any]:
    return part.values() if isinstance(part, dict) else part
