"""One text with its classes, what is predicted for it, and what a reader has to report about a file of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple


@dataclass(slots=True)
class Example:
    """One text, or a pair of them, with its classes.

    Attributes:
        id: as the file has it, else the 0-based number of the text in its file.
        text: raw, never changed.
        labels: the gold classes: one, or any number where the task has several; empty where the file has none.
        pair: the second text of a pair.
        rationale: spans of `text` that people marked as the reason, half-open characters; None where nobody did.
        source: "file:line", for messages.
        whole: False for a phrase taken out of a text.
    """

    id: str
    text: str
    labels: tuple[str, ...] = ()
    pair: str | None = None
    rationale: list[tuple[int, int]] | None = None
    source: str = ""
    whole: bool = True


class Prediction(NamedTuple):
    """The classes of one text, and the probability of every class by its name."""

    labels: tuple[str, ...]
    probabilities: Mapping[str, float]


@dataclass(slots=True)
class ReadReport:
    """What was found in a file; goes to the manifest.

    Attributes:
        format, encoding: as named or detected.
        columns: which column was taken for what.
        labelled: whether the file says what the classes are.
        examples, labels: how many were kept, and of each class.
        neutral: texts or phrases between the two classes, left out (trees).
        bad_lines, dropped: lines that could not be understood, and the texts left out because of them.
    """

    path: str = ""
    format: str = ""
    encoding: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    labelled: bool = True
    examples: int = 0
    labels: dict[str, int] = field(default_factory=dict)
    neutral: int = 0
    phrases: int = 0
    bad_lines: int = 0
    dropped: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
