"""What a run says about itself while it is made: its STATUS and its log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nlpx.errors import NlpxError
from nlpx.pipeline.resume import resume_command
from nlpx.runs import Run
from nlpx.runs.atomic import disk_error
from nlpx.runs.folder import CONFIG_FILE

LONGEST = 200
"""Characters of the reason that STATUS gives for a failure."""

log = logging.getLogger("nlpx")


@contextmanager
def status_kept(run: Run) -> Iterator[None]:
    """Keep STATUS honest whatever happens inside, and tell whoever catches the error how to go on."""
    run.set_status("running")
    try:
        yield
    except KeyboardInterrupt as error:
        _end(run, "interrupted", str(error))
        if not run.finished and (run.path / CONFIG_FILE).exists():
            error.add_note(f"go on with: {resume_command(run)}")
        raise
    except BaseException as error:
        _end(run, "failed", _reason(error))
        raise


def _end(run: Run, state: str, detail: str) -> None:
    # What comes after the end, such as clearing up, cannot make a finished run unfinished.
    try:
        if not run.finished:
            run.set_status(state, detail)
    except NlpxError as error:  # a full disk, or the folder is gone: the first error says more
        log.warning("cannot write that the run has %s: %s", state, error)


def _reason(error: BaseException) -> str:
    text = error.what if isinstance(error, NlpxError) else f"{type(error).__name__}: {error}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0][:LONGEST] if lines else type(error).__name__


class _LogFile(logging.FileHandler):
    """A log must not be the reason why a run fails: what cannot be written is left out."""

    def handleError(self, record: logging.LogRecord) -> None:
        return


@contextmanager
def log_kept(path: Path) -> Iterator[None]:
    """Write what nlpx logs to a file too, and errors with their traceback.

    Raises:
        DiskError: the file cannot be opened.
    """
    try:
        handler = _LogFile(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise disk_error(path, error, 0) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    except NlpxError as error:
        log.error("%s", error)
        raise
    except Exception as error:
        log.exception("unexpected error")
        error.add_note(f"the traceback is in {path}")
        raise
    finally:
        log.removeHandler(handler)
        _close(handler)


def _close(handler: logging.Handler) -> None:
    try:
        handler.close()
    except OSError as error:  # the last lines did not fit on the disk
        log.warning("the log is not complete: %s", error.strerror)
