"""What saliency says about a split: a section of words, and maps of examples; a failure costs no more than these."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from nlpx.explain.explainer import Explainer
from nlpx.report.content import Item, Judged, Section
from nlpx.report.saliency import Maps, explainer_of, maps_of
from nlpx.report.word_maps import word_maps, word_method
from nlpx.report.words import importance, words_of
from nlpx.task import Task

log = logging.getLogger("nlpx")


def explained(
    task: Task[Any, Any], judged: Judged, shown: Sequence[Item], target: Callable[[str], str] = str
) -> tuple[list[Section], Maps]:
    """The words that decide, and the maps of examples."""
    explainer = explainer_of(task, judged)
    if isinstance(explainer, str):
        return [], Maps(why_none=explainer)
    try:
        return list(_words(explainer, judged)), maps_of(explainer, judged, shown, target)
    except Exception as error:  # noqa: BLE001 - the rest of the page stands without
        log.warning("no saliency in the report: %s: %s", type(error).__name__, error)
        return [], Maps(why_none=f"they ended in {type(error).__name__}: {error}")


def _words(explainer: Explainer, judged: Judged) -> Iterator[Section]:
    found = word_maps(explainer, judged)
    words, least = words_of(found)
    if not (body := importance(words)):
        return
    method = word_method(explainer).name.replace("_", " ")
    lede = (
        f"The mean share of a word in the maps of {len(found):,} decisions about texts of {judged.split}, by"
        f" {method}: above zero it speaks for the class that was predicted, below against it."
        f" Only words that occur {least} times or more are shown."
    )
    yield Section("words", "Words that decide", body, lede)
