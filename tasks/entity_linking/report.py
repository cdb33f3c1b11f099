"""What a reader has to report about a file of texts; goes to the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from unicodedata import category

from nlpx.tasks.entity_linking.example import UNNAMED, Example, mend
from nlpx.text.holdout import fingerprint
from nlpx.text.lines import BadLines


@dataclass(slots=True)
class ReadReport:
    """What was found in a file.

    Attributes:
        format: as named or detected.
        texts, mentions, nil, unnamed: how many were kept; mentions include the other two.
        unlabelled: texts without labels.
        odd: what is odd, and how often; see `oddities`.
        bad_lines, dropped: lines that could not be understood, and the texts left out because of them.
    """

    path: str = ""
    format: str = ""
    texts: int = 0
    mentions: int = 0
    nil: int = 0
    unnamed: int = 0
    unlabelled: int = 0
    odd: dict[str, int] = field(default_factory=dict)
    bad_lines: int = 0
    dropped: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def count(self, examples: Iterable[Example]) -> None:
        """Fill the counts from what was kept."""
        seen: set[str] = set()
        for example in examples:
            self.texts += 1
            self.unlabelled += not example.labelled
            self.mentions += len(example.mentions)
            self.nil += sum(mention.entity_id is None for mention in example.mentions)
            self.unnamed += sum(mention.entity_id == UNNAMED for mention in example.mentions)
            for what in oddities(example, seen):
                self.odd[what] = self.odd.get(what, 0) + 1


@dataclass
class Source:
    """One file as its reader sees it: lines in, report and bad lines out."""

    path: str
    lines: list[str]
    report: ReadReport = field(default_factory=ReadReport)
    bad: BadLines = field(default_factory=BadLines)

    def drop(self, line: int, why: str) -> None:
        """Leave out the text of a line, counted from 1."""
        self.report.dropped += 1
        self.bad.add(line, why)

    def place(self, line: int) -> str:
        return f"{self.path}:{line}"


def oddities(example: Example, seen: set[str]) -> Iterator[str]:
    """What is odd about a text and its mentions, one item per occurrence.

    Args:
        seen: fingerprints of the texts before; this one's is added.
    """
    print_ = fingerprint(example.text)
    if print_ in seen:
        yield "repeated text"
    seen.add(print_)
    if not example.text:
        yield "empty text"
    if any(category(character) == "Cc" for character in example.text):
        yield "control character"
    if not example.mentions and example.labelled:
        yield "text without a mention"
    if len(set(example.mentions)) < len(example.mentions):
        yield "mention twice"
    yield from _wrong_offsets(example)
    yield from _overlaps(example)


def _wrong_offsets(example: Example) -> Iterator[str]:
    for mention in example.mentions:
        mended = mend(mention, example.text)
        if mended is None:
            yield "mention that is not in its text"
        elif mended is not mention:
            yield "offset that points elsewhere"


def _overlaps(example: Example) -> Iterator[str]:
    reach = 0
    for start, end in sorted({mention.place for mention in example.mentions}):
        if start < reach:
            yield "overlapping mentions"
        reach = max(reach, end)
