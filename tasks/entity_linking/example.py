"""A text with its mentions, and what a model says about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Place = tuple[int, int]

UNNAMED = ""
"""The id of a mention that is linked, but the file does not say to what."""


class Mention(NamedTuple):
    """A stretch of a text that means an entity; several with the same place where it means several.

    Attributes:
        start, end: characters of the raw text, 0-based and half-open, as the file has them.
        entity_id: None where it means nothing in the knowledge base (NIL); see also `UNNAMED`.
        surface: as the file has it; not always ``text[start:end]``, see `tidy`.
    """

    start: int
    end: int
    entity_id: str | None
    surface: str

    @property
    def place(self) -> Place:
        return self.start, self.end


@dataclass(slots=True)
class Example:
    """One text with its mentions.

    Attributes:
        id: as the file has it, else the 0-based number of the text in its file.
        text: raw, never changed.
        mentions: as the file has them, wrong offsets included, because that is what is scored.
        labelled: whether the file says what is linked to what.
        source: "file:line", for messages.
    """

    id: str
    text: str
    mentions: list[Mention] = field(default_factory=list)
    labelled: bool = True
    source: str = ""

    def tidy(self) -> list[Mention]:
        """The mentions to learn from: each once, at a place where its surface really is, in reading order.

        A surface that is not where its offset points moves to its nearest occurrence; one that does not
        occur is left out.
        """
        moved = (mend(mention, self.text) for mention in self.mentions)
        kept = {mention for mention in moved if mention is not None}
        return sorted(kept, key=lambda mention: (mention.place, mention.entity_id or ""))

    @property
    def places(self) -> list[Place]:
        """Where the mentions are, each place once, in reading order."""
        return sorted({mention.place for mention in self.tidy()})


def mend(mention: Mention, text: str) -> Mention | None:
    """The mention at the occurrence of its surface that is nearest to its offset; None where there is none."""
    start, surface = mention.start, mention.surface
    if text[start : start + len(surface)] == surface and surface:
        return mention
    before, after = text.rfind(surface, 0, max(0, start) + len(surface)), text.find(surface, max(0, start))
    found = [place for place in (before, after) if place >= 0]
    if not found or not surface:
        return None
    start = min(found, key=lambda place: abs(place - mention.start))
    return mention._replace(start=start, end=start + len(surface))


class Candidate(NamedTuple):
    """An entity that a mention may mean; `parts` are what its score is made of."""

    entity_id: str
    score: float
    parts: dict[str, float] = {}  # noqa: RUF012 - never changed


@dataclass(slots=True)
class Link:
    """What a model says about one stretch of a text.

    Attributes:
        start, end: characters of the raw text, 0-based and half-open.
        entity_id: None for NIL.
        score: in [0, 1].
        candidates: best first; a model may keep the best ones only.
        found: how many candidates there were.
        reason: why it is not part of the answer: "nil", "no candidate", "below threshold", "overlap", …; "" where
            it is.
    """

    start: int
    end: int
    entity_id: str | None
    score: float = 1.0
    candidates: Sequence[Candidate] = ()
    found: int = 0
    reason: str = ""

    @property
    def kept(self) -> bool:
        """Whether it is part of the answer."""
        return self.entity_id is not None and not self.reason


@dataclass(slots=True)
class Prediction:
    """What a model says about one text.

    Attributes:
        links: the answer and what was considered and dropped, in reading order.
        on_gold: what it would say about each place of the example's mentions, were it given them; for the scores
            of single stages. Never looked at for `links`.
    """

    links: list[Link] = field(default_factory=list)
    on_gold: list[Link] = field(default_factory=list)

    @property
    def kept(self) -> list[Link]:
        """The answer."""
        return [link for link in self.links if link.kept]
