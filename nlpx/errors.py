"""Every error a user can cause: what was wanted, what came, what to do next.

A class per kind; the kind decides the exit code of the command line. Raise these from anywhere; only
`nlpx.cli.failures` prints them.
"""

from __future__ import annotations


class NlpxError(Exception):
    """An error a user can act on.

    Args:
        what: one sentence that says what was wanted and what came instead.
        todo: what to do next; empty where nothing can be advised.
        details: further lines, such as the first bad lines of a file.
    """

    exit_code = 1

    def __init__(self, what: str, todo: str = "", details: tuple[str, ...] | list[str] = ()) -> None:
        self.what = what
        self.todo = todo
        self.details = tuple(details)
        super().__init__(what)

    def __str__(self) -> str:
        return "\n".join(
            [self.what, *(f"  {line}" for line in self.details), *([self.todo] if self.todo else [])]
        )


class UsageError(NlpxError):
    """The command line itself is wrong."""

    exit_code = 2


class ConfigError(NlpxError):
    """The YAML file or an override is wrong."""

    exit_code = 3


class DataError(NlpxError):
    """A data file is missing, unreadable or says something impossible."""

    exit_code = 4


class RunError(NlpxError):
    """A run is missing, busy, unfinished or damaged."""

    exit_code = 5


class SubmissionError(NlpxError):
    """The submission file would be refused by the competition."""

    exit_code = 6
