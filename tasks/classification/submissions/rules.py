"""What a submission has to keep to, besides its format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nlpx.text.lines import shorten


@dataclass(frozen=True)
class Rules:
    """The known classes, how many a text has, and what the file calls them.

    Args:
        labels: the classes, in the order of the columns of probabilities.
        several: a text may have any number of classes.
        codes: what the file has instead of each class; empty for the class itself.
    """

    labels: Sequence[str]
    several: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)

    def code(self, label: str) -> str:
        """What the file calls a class; KeyError where codes are named and it has none."""
        return self.codes[label] if self.codes else label

    @property
    def names(self) -> list[str]:
        """What the file may call the classes, in their order."""
        return [self.codes.get(label, label) if self.codes else label for label in self.labels]

    def problems(self, given: Sequence[str]) -> Iterator[str]:
        """What is wrong with the classes of one text."""
        unknown = [name for name in given if name not in self.names]
        if unknown:
            yield f"unknown label {shorten(unknown[0])}"
        elif len(given) != 1 and not self.several:
            yield f"wanted one label, got {len(given)}"
        elif len(set(given)) < len(given):
            yield "a label is there twice"
