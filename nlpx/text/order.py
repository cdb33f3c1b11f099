"""Whether the texts of a submission are complete and in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from nlpx.text.lines import shorten


class HasId(Protocol):
    """An example of any task."""

    id: str


ExampleT = TypeVar("ExampleT", bound=HasId)


class Order(Generic[ExampleT]):
    """Follows a file's ids along those of the examples.

    After a wrong id the file goes on behind it, so that one missing text is one problem and not one per line.
    """

    def __init__(self, examples: Sequence[ExampleT]) -> None:
        self._examples = examples
        self._places = {example.id: place for place, example in enumerate(examples)}
        self._seen: dict[str, int] = {}
        self._next = 0

    def take(self, id: str, line: int) -> tuple[ExampleT | None, str]:
        """The example of an id, None for an unknown or repeated one, and what is wrong with the id or ""."""
        place = self._places.get(id)
        if place is None:
            return None, f"id {shorten(id)} is no text of this split"
        if id in self._seen:
            return None, f"id {shorten(id)} is already on line {self._seen[id]}"
        self._seen[id] = line
        expected, self._next = self._next, place + 1
        return self._examples[place], "" if place == expected else self._out_of_order(id, expected)

    def _out_of_order(self, id: str, expected: int) -> str:
        if expected == len(self._examples):
            return f"id {shorten(id)} is out of order"
        return f"wanted id {shorten(self._examples[expected].id)}, got {shorten(id)}"

    def missing(self) -> Iterator[str]:
        """One problem for all texts that never came."""
        gone = [example.id for example in self._examples if example.id not in self._seen]
        if gone:
            more = f" and {len(gone) - 3:,} more" if len(gone) > 3 else ""
            ids = ", ".join(map(shorten, gone[:3]))
            yield f"missing: {len(gone):,} of {len(self._examples):,} texts, ids {ids}{more}"
