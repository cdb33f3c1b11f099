"""One text with its labels, and what a reader has to report about a file of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from nlpx.text.spans import Span


@dataclass(slots=True)
class Example:
    """One text with its entities.

    Attributes:
        id: as the file has it, else the 0-based number of the text in its file.
        text: raw, never changed.
        spans: the gold entities; empty where the file has no labels.
        tokens: offsets of the file's tokens; None = every character is one.
        source: "file:line", for messages.
        doc: 0-based number of the document, where the file marks documents.
    """

    id: str
    text: str
    spans: list[Span]
    tokens: list[tuple[int, int]] | None = None
    source: str = ""
    doc: int | None = None

    @property
    def length(self) -> int:
        """The number of tokens."""
        return len(self.text) if self.tokens is None else len(self.tokens)


@dataclass(slots=True)
class ReadReport:
    """What was found in a file; goes to the manifest.

    Attributes:
        format, scheme, unit: as named or detected; scheme is "" where the format has no tags.
        labelled: whether the file says where entities are.
        examples, entities, labels: how many were kept; labels counts the entities of each label.
        repairs: neighbouring tags that the scheme forbids and the lenient reading repaired.
        misaligned: entities that begin or end inside a token.
        overlapping: texts whose entities overlap; tags can't say that, so training flattens them.
        bad_lines, dropped: lines that could not be understood, and the texts left out because of them.
    """

    path: str = ""
    format: str = ""
    scheme: str = ""
    unit: str = "char"
    labelled: bool = True
    examples: int = 0
    entities: int = 0
    labels: dict[str, int] = field(default_factory=dict)
    repairs: int = 0
    misaligned: int = 0
    overlapping: int = 0
    bad_lines: int = 0
    dropped: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
