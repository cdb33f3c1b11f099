"""What an epoch looks at: of each text one mention, and one of its candidates, right or wrong."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from nlpx.tasks.entity_linking.example import Place
from nlpx.training.seeds import generator


class Sampled(NamedTuple):
    """A mention of a text, an entity, and whether it is the one that is meant."""

    mention: Place
    entity: int
    right: bool


class Choice(NamedTuple):
    """A mention with what it means and what it may mean, as indices of entities.

    `right` has several where the mention means several, all of them right; it may have none that is a candidate.
    """

    mention: Place
    right: Container[int]
    candidates: Sequence[int]

    def pool(self, *, right: bool) -> list[int]:
        """The candidates that are meant, or those that are not."""
        return [entity for entity in self.candidates if (entity in self.right) == right]


class Sampler:
    """Draws from (seed, epoch), so that a resumed training sees what it would have seen.

    Args:
        choices: the mentions of each text that have candidates.
        positives: share of right ones among what is drawn, where there is a choice; None draws from the candidates
            evenly.
    """

    def __init__(self, choices: Sequence[Sequence[Choice]], seed: int, positives: float | None) -> None:
        self._choices, self._seed, self._positives = choices, seed, positives

    def draw(self, epoch: int) -> list[Sampled | None]:
        """One sample per text; None where it has no mention."""
        numbers = generator(self._seed, epoch, "mention and candidate").random((len(self._choices), 3))
        return [
            self._draw(*row) if row[0] else None for row in zip(self._choices, numbers.tolist(), strict=True)
        ]

    def _draw(self, choices: Sequence[Choice], numbers: Sequence[float]) -> Sampled:
        which, coin, other = numbers
        choice = choices[int(which * len(choices))]
        pool = choice.candidates
        if self._positives is not None:
            right, wrong = choice.pool(right=True), choice.pool(right=False)
            if right and wrong:
                pool = right if coin < self._positives else wrong
        entity = pool[int(other * len(pool))]
        return Sampled(choice.mention, entity, entity in choice.right)
