"""The files of one run folder: where they are, and what may still be written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from nlpx.errors import RunError
from nlpx.runs.atomic import atomic_json, atomic_write, disk_error, plain
from nlpx.runs.reading import read_config, read_json, read_object, read_text
from nlpx.runs.status import Status, read_status

FOLDER_NAME = re.compile(r"v(\d{4,})(?:-(.+))?")
"""Name of a run folder: the version, and the name the user gave, if any."""

CONFIG_FILE, METRICS_FILE, HISTORY_FILE = "config.yaml", "metrics.json", "history.csv"
MODEL, PREDICTIONS, SUBMISSION = "model", "predictions", "submission"
REPORT_FILE = "report.html"

PRETRAINING = "pretraining"
"""Where the runs of `nlpx pretrain` are; they predict nothing."""
ADDABLE = frozenset({PREDICTIONS, SUBMISSION, REPORT_FILE, "explanations"})
"""What may still be added to a finished run."""


class RunFolder:
    """Paths, reading and writing of a run folder ``<runs>/<task>/v0007-<name>``."""

    def __init__(self, path: Path) -> None:
        match = FOLDER_NAME.fullmatch(path.name)
        if match is None:
            raise RunError(
                f"{path} is not a run folder", "run folders are called v0001 or v0001-name; see: nlpx runs"
            )
        self.path = path
        self.task = path.absolute().parent.name
        self.version = int(match[1])
        self.name = match[2] or ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    @property
    def ref(self) -> str:
        """What every command understands as this run: ``sequence_labeling/v7``."""
        return f"{self.task}/v{self.version}"

    def status(self) -> Status:
        """The state now; a "running" run whose process has died is interrupted."""
        return read_status(self.path)

    @property
    def finished(self) -> bool:
        """Whether the run has ended well, which is final."""
        return self.status().state == "finished"

    # === Writing ===

    def write_text(self, name: str, text: str) -> Path:
        """Write a file of the run, whole or not at all.

        Raises:
            RunError: the run is finished, and this is nothing that may be added to it; or the disk refuses.
        """
        path = self._writable(name)
        atomic_write(path, text)
        return path

    def write_json(self, name: str, value: Any) -> Path:
        """The same for a value as JSON."""
        path = self._writable(name)
        atomic_json(path, value)
        return path

    def write_history(self, rows: Sequence[Mapping[str, Any]]) -> Path:
        """Write history.csv: a row per epoch, a column per key, empty where a row has no such key."""
        import csv
        import io

        out = io.StringIO()
        columns = list(dict.fromkeys(key for row in rows for key in row))
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(plain(row) for row in rows)
        return self.write_text(HISTORY_FILE, out.getvalue())

    @property
    def model_dir(self) -> Path:
        """Weights, vocabularies, label set, statistics. Made on use, but not in a finished run."""
        path = self.path / MODEL
        return path if self.finished else _make(path)

    @property
    def predictions_dir(self) -> Path:
        """``<split>.jsonl`` files; made on use."""
        return _make(self.path / PREDICTIONS)

    @property
    def submission_dir(self) -> Path:
        """The file to upload and its check report; made on use."""
        return _make(self.path / SUBMISSION)

    def _writable(self, name: str) -> Path:
        parts = PurePosixPath(name).parts
        if not parts or ".." in parts or PurePosixPath(name).is_absolute():
            raise ValueError(f"not a path inside a run folder: {name!r}")
        if parts[0] not in ADDABLE:
            self._refuse_finished(name)
        _make((self.path / name).parent)
        return self.path / name

    def _refuse_finished(self, name: str) -> None:
        if self.finished:
            raise RunError(
                f"{self.ref} is finished, so its {name} is not written again",
                f"start a new run; only {', '.join(sorted(ADDABLE))} can be added to this one",
            )

    # === Reading ===

    def read_json(self, name: str) -> Any:
        """A JSON file of the run.

        Raises:
            RunError: it is missing or damaged; names it.
        """
        return read_json(self.path / name)

    def read_text(self, name: str) -> str:
        """A text file of the run; raises RunError like `read_json`."""
        return read_text(self.path / name)

    def config(self) -> dict[str, Any]:
        """The resolved config as plain values; raises RunError like `read_json`."""
        return read_config(self.path / CONFIG_FILE)

    def metrics(self) -> dict[str, Any]:
        """metrics.json; raises RunError like `read_json`."""
        return read_object(self.path / METRICS_FILE)

    @property
    def seed(self) -> int:
        """The config's seed; 0 where it names none."""
        return int(self.config().get("seed") or 0)


def _make(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(path, error, 0) from error
    return path
