"""The classes a model knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlpx.errors import DataError, RunError
from nlpx.runs.atomic import atomic_json
from nlpx.runs.reading import read_object
from nlpx.tasks.classification.example import Example, Prediction


@dataclass(frozen=True)
class LabelSet:
    """Classes in a fixed order, the columns of logits and probabilities; and what they are given to.

    Args:
        several: a text may have any number of them.
        paired: they are given to pairs of texts.
    """

    names: tuple[str, ...] = ()
    several: bool = False
    paired: bool = False

    @classmethod
    def fit(cls, examples: Iterable[Example], *, several: bool) -> LabelSet:
        """The classes of the training texts, sorted.

        Raises:
            DataError: there are fewer than two, or a text has none or more than one where it must have one.
        """
        examples = list(examples)
        names = tuple(sorted({label for example in examples for label in example.labels}))
        if len(names) < (1 if several else 2):
            raise DataError(
                f"data.train holds {len(examples)} texts and {len(names)} classes; wanted at least two classes",
                "check data.label and data.format",
            )
        wrong = next((one for one in examples if len(one.labels) != 1), None)
        if wrong is not None and not several:
            raise DataError(
                f"{wrong.source}: has {len(wrong.labels)} classes, wanted one",
                "set labels: several, or correct data.label",
            )
        return cls(names, several, examples[0].pair is not None)

    def encode(self, examples: Sequence[Example]) -> np.ndarray:
        """Targets of 0 and 1, float32 `(texts, labels)`; unknown classes have no column."""
        place = {name: column for column, name in enumerate(self.names)}
        targets = np.zeros((len(examples), len(self.names)), np.float32)
        for row, example in enumerate(examples):
            for label in example.labels:
                if label in place:
                    targets[row, place[label]] = 1
        return targets

    def decode(self, logits: np.ndarray) -> list[Prediction]:
        """Predictions from logits `(texts, labels)`: the best class, or where several all above 0."""
        table = probabilities(logits, several=self.several)
        if self.several:
            chosen = [tuple(np.flatnonzero(row > 0)) for row in logits]
        else:
            chosen = [(best,) for best in logits.argmax(axis=1)]
        return [
            Prediction(
                tuple(self.names[i] for i in picked), dict(zip(self.names, map(float, row), strict=True))
            )
            for picked, row in zip(chosen, table, strict=True)
        ]

    def save(self, path: Path) -> None:
        """Write the classes as JSON."""
        facts = {"labels": list(self.names), "several": self.several, "paired": self.paired}
        atomic_json(path, facts)

    @classmethod
    def load(cls, path: Path) -> LabelSet:
        """Read what `save` wrote.

        Raises:
            RunError: the file is missing or damaged.
        """
        facts = read_object(path)
        names = facts.get("labels")
        flags = facts.get("several"), facts.get("paired")
        if not isinstance(names, list) or not names or not all(isinstance(flag, bool) for flag in flags):
            raise RunError(f"{path} holds no classes", "the run folder is damaged; train again")
        return cls(tuple(map(str, names)), bool(flags[0]), bool(flags[1]))


def probabilities(logits: np.ndarray, *, several: bool) -> np.ndarray:
    """Softmax over the classes, or a sigmoid for each where a text may have several; `(texts, labels)` float64."""
    logits = np.asarray(logits, np.float64)
    if several:
        return 0.5 * (1 + np.tanh(0.5 * logits))
    return np.exp(log_softmax(logits))


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Log-probabilities of logits `(texts, labels)`."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
