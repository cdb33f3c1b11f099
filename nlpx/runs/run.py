"""One run: its state, its lock, and what it remembers of how it came to be."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from nlpx.errors import RunError
from nlpx.runs.artefacts import digest, fingerprint, verify
from nlpx.runs.atomic import disk_error, sweep
from nlpx.runs.folder import CONFIG_FILE, METRICS_FILE, MODEL, RunFolder
from nlpx.runs.lock import FolderLock
from nlpx.runs.manifest import MANIFEST_FILE, Manifest
from nlpx.runs.reading import damaged
from nlpx.runs.status import write_status


class Run(RunFolder):
    """A run of an experiment. `RunStore` makes and finds them; runs/README.md says what the folder holds."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._lock = FolderLock(path)

    # === State ===

    def set_status(self, state: str, detail: str = "") -> None:
        """Write STATUS in the name of this process: running, failed or interrupted; `finish` writes finished.

        Going on with a run that another process left is noted in the manifest.

        Raises:
            RunError: the run is finished, which is final.
        """
        self._refuse_finished("STATUS")
        if state == "running" and self.status().pid not in (0, os.getpid()):
            self.manifest.note_resume()
        write_status(self.path, state, detail)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only writer. The lock ends with the block, or with the process, however that dies.

        Raises:
            RunError: another process, or another object of this one, is writing.
        """
        if self._lock.held:
            yield
            return
        try:
            free = self._lock.acquire()
        except OSError as error:
            raise disk_error(self._lock.path, error, 0) from error
        if not free:
            raise self._busy()
        try:
            sweep(self.path)
            yield
        finally:
            self._lock.release()

    def _busy(self) -> RunError:
        status = self.status()
        who = f" by {status.writer}" if status.state == "running" else ""
        return RunError(
            f"{self.ref} is busy: it is being written{who}", "wait for it to end, or start a new run"
        )

    # === Manifest ===

    @cached_property
    def manifest(self) -> Manifest:
        """What the run was made from; raises RunError if manifest.json is missing or damaged."""
        return Manifest.read(self.path)

    def note(self, key: str, value: Any) -> None:
        """Set a fact in the manifest by its dotted key, such as ``data.train``."""
        self._refuse_finished(MANIFEST_FILE)
        self.manifest.note(key, value)

    def add_input(self, path: Path, key: str = "") -> None:
        """Remember a file the outcome depends on; see `Manifest.add_input`."""
        self._refuse_finished(MANIFEST_FILE)
        self.manifest.add_input(path, key)

    def changed_inputs(self, paths: Mapping[str, Path]) -> list[str]:
        """See `Manifest.changed_inputs`."""
        return self.manifest.changed_inputs(paths)

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Time a stage of the work; see `Manifest.stage`."""
        self._refuse_finished(MANIFEST_FILE)
        return self.manifest.stage(name)

    # === The end ===

    def finish(self, metrics: Mapping[str, Any]) -> None:
        """Write metrics.json and the fingerprints of what was made, and last of all that the run is finished.

        Args:
            metrics: ``main``: ``{"split", "metric", "value", "interval", "higher_is_better"}`` or None;
                ``splits``: ``{split: metrics}``.
        """
        self.write_json(METRICS_FILE, metrics)
        seed = self.seed if (self.path / CONFIG_FILE).exists() else None
        self.manifest.finish(fingerprint(self.path), seed)
        write_status(self.path, "finished", manifest=digest(self.manifest.path)["sha256"])

    def verify(self) -> None:
        """Check every fingerprinted file of a finished run.

        Raises:
            RunError: files are missing, cut off or changed; the details name every one.
        """
        verify(self.path, self._vouched())

    def verify_model(self) -> None:
        """The same for the files that predicting needs: the model and the config it is rebuilt from."""
        verify(
            self.path,
            {
                name: was
                for name, was in self._vouched().items()
                if name.startswith((f"{MODEL}/", CONFIG_FILE))
            },
        )

    def _vouched(self) -> dict[str, Any]:
        # STATUS vouches for the manifest, and the manifest for everything else.
        manifest, was = Manifest.read(self.path), self.status().manifest
        if was and digest(manifest.path)["sha256"] != was:
            raise damaged(manifest.path, "its content changed since the run finished")
        return dict(manifest.facts["artefacts"])
