"""Entity-level precision, recall and F1: an entity counts where start, end and label all agree.

Where nothing was predicted precision is 0, where nothing is to be found recall is 0, and F1 is 0 where both
are (the convention of seqeval with `zero_division=0`). Macro is the plain mean over all labels that occur in
the gold or in the predicted entities; F1 macro is the mean of the F1s. The same entity twice in a text counts
once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nlpx.stats.bootstrap import intervals
from nlpx.stats.scores import SCORES, scores
from nlpx.text.spans import Span
from nlpx.text.tags import tags_to_spans


def evaluate(
    gold: Sequence[Sequence[Span]],
    predicted: Sequence[Sequence[Span]],
    *,
    bootstrap: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """All scores of one split.

    Args:
        gold, predicted: the entities of each text.
        bootstrap: resamples of the texts for the 95 % intervals; 0 for none.

    Returns:
        `precision`, `recall`, `f1` (micro), `macro` with the same three, `per_label` with the same three and
        `support` for each label, `counts`, and beside all scores an `interval` with `[low, high]` for each.
    """
    labels, counts = count(gold, predicted)
    total = counts.sum(axis=0)  # (labels, 3)
    metrics: dict[str, Any] = _named(scores(total.sum(axis=0)))
    metrics["macro"] = _named(macro(total))
    metrics["per_label"] = {
        label: {**_named(scores(total[row])), "support": int(total[row, 2])}
        for row, label in enumerate(labels)
    }
    correct, found, wanted = (int(number) for number in total.sum(axis=0))
    metrics["counts"] = {"texts": len(gold), "gold": wanted, "predicted": found, "correct": correct}
    if bootstrap:
        _add_intervals(metrics, labels, counts, bootstrap, seed)
    return metrics


def evaluate_tags(
    gold: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    scheme: str = "BIO",
    *,
    strict: bool = False,
    bootstrap: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """`evaluate` for tags; `strict` leaves out what the scheme doesn't spell completely."""
    gold_spans = [tags_to_spans(tags, None, scheme, strict=strict) for tags in gold]
    predicted_spans = [tags_to_spans(tags, None, scheme, strict=strict) for tags in predicted]
    return evaluate(gold_spans, predicted_spans, bootstrap=bootstrap, seed=seed)


def count(
    gold: Sequence[Sequence[Span]], predicted: Sequence[Sequence[Span]]
) -> tuple[list[str], np.ndarray]:
    """The sorted labels, and the correct, predicted and gold entities of each text: (texts, labels, 3)."""
    pairs = [(set(there), set(said)) for there, said in zip(gold, predicted, strict=True)]
    labels = sorted({span[2] for there, said in pairs for span in there | said})
    column = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((len(pairs), len(labels), 3))
    for row, (there, said) in enumerate(pairs):
        for kind, spans in enumerate((there & said, said, there)):
            for span in spans:
                counts[row, column[span[2]], kind] += 1
    return labels, counts


def macro(counts: np.ndarray) -> np.ndarray:
    """The mean scores (..., 3) over the labels of counts (..., labels, 3); 0 where there are no labels."""
    return scores(counts).mean(axis=-2) if counts.shape[-2] else np.zeros((*counts.shape[:-2], 3))


def rows(metrics: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The table of `nlpx evaluate`, header first: micro, macro, then every label."""
    named = [("micro", metrics), ("macro", metrics["macro"]), *metrics["per_label"].items()]
    table: list[tuple[str, ...]] = [("label", *SCORES, "support")]
    for name, part in named:
        support = part.get("support", metrics["counts"]["gold"] if name == "micro" else "")
        table.append((name, *(_cell(part, score) for score in SCORES), str(support)))
    return table


def _cell(part: Mapping[str, Any], score: str) -> str:
    """A score in percent, with its interval where there is one; three of them fit into 80 columns."""
    interval = part.get("interval", {}).get(score)
    value = f"{100 * part[score]:.2f}"
    return f"{value} [{100 * interval[0]:.1f},{100 * interval[1]:.1f}]" if interval else value


def _add_intervals(
    metrics: dict[str, Any], labels: list[str], counts: np.ndarray, resamples: int, seed: int
) -> None:
    micro, means, per_label = intervals(
        counts,
        (lambda total: scores(total.sum(axis=-2)), macro, scores),  # total (resamples, labels, 3)
        resamples,
        seed,
    )
    metrics["interval"] = _named(micro)
    metrics["macro"]["interval"] = _named(means)
    for row, label in enumerate(labels):
        metrics["per_label"][label]["interval"] = _named(per_label[:, row])


def _named(values: np.ndarray) -> dict[str, Any]:
    """The three scores, or their intervals, by name; values (3,) or (2, 3)."""
    return dict(zip(SCORES, values.T.tolist(), strict=True))
