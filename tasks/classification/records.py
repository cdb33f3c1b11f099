"""The lines of a predictions file."""

from __future__ import annotations

from typing import Any

from nlpx.tasks.classification.example import Example, Prediction

DIGITS = 6


def record(example: Example, prediction: Prediction, *, several: bool) -> dict[str, Any]:
    """Id, text, predicted class or classes, and the probability of each class."""
    texts = {"text": example.text} if example.pair is None else {"text": example.text, "pair": example.pair}
    said = {"labels": list(prediction.labels)} if several else {"label": prediction.labels[0]}
    probabilities = {name: round(value, DIGITS) for name, value in prediction.probabilities.items()}
    return {"id": example.id, **texts, **said, "probabilities": probabilities}
