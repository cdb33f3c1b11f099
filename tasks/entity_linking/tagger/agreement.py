"""What a text calls a mention in one place it mostly calls one in all places."""

from __future__ import annotations

import re

from nlpx.tasks.entity_linking.tagger.feature_tagger import Scored
from nlpx.tasks.entity_linking.tagger.words import name_key
from nlpx.text.abbreviations import expansions


def agree(text: str, scored: Scored, weight: float) -> Scored:
    """Each span's probability drawn to the mean of all places where the text has the same surface.

    Places where nobody saw a span count as 0. Surfaces are the same where `name_key` says so; short forms that the
    text explains are the same as their long forms.

    Args:
        weight: of the mean, in [0, 1].
    """
    long_forms = expansions(text)
    places: dict[str, set[tuple[int, int]]] = {}
    for surface in {text[start:end] for start, end in scored}:
        found = re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text)
        key = name_key(long_forms.get(surface, surface))
        places.setdefault(key, set()).update(match.span() for match in found)
    agreed = {}
    for same in places.values():
        mean = sum(scored.get(place, 0.0) for place in same) / len(same) if same else 0.0
        for place in same:
            agreed[place] = (1 - weight) * scored.get(place, 0.0) + weight * mean
    # A span inside a longer word is no match of the pattern, and stays as it is.
    return {place: agreed.get(place, score) for place, score in scored.items()} | agreed
