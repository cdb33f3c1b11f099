"""Further training texts out of the knowledge base: an entity's name beside some of what is told about it.

Training texts are few and phrased alike, so that a network learns their phrases by heart. In these texts nothing but
what is told of an entity says that it is meant, which is what holds for texts of any phrasing.
"""

from __future__ import annotations

import numpy as np

from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.linker.proposals import DICTIONARY, from_places
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.training.seeds import generator

VALUES = 3
"""Pieces of what is told that a text has at most."""

PIECE = 8
"""Characters of such a piece at most."""


def own_texts(answers: AnswerSpace, entities: np.ndarray, count: int, seed: int, candidates: int) -> Lists:
    """Texts about `count` of some entities, at most one about each.

    Args:
        entities: indices.
        candidates: of each name at most, the right one always among them.
    """
    random = generator(seed, "own texts")
    texts, places, rows = [], [], []
    for index in random.permutation(entities)[:count].tolist():
        entity = answers.entity(index)
        pieces = told(entity, random)
        if not entity.names or not pieces:
            continue
        name = entity.names[int(random.integers(len(entity.names)))]
        namesakes = answers.kb.candidates(name, candidates).indices.tolist()
        before = "".join(pieces[: int(random.integers(len(pieces) + 1))])
        texts.append(before + name + "".join(pieces)[len(before) :])
        places.append([(len(before), len(before) + len(name))])
        rows.append([index, *[other for other in namesakes if other != index][: candidates - 1]])
    spans = from_places(answers.kb, texts, places, DICTIONARY)
    span = np.repeat(np.arange(len(texts)), [len(row) for row in rows])
    entity_rows = np.array([one for row in rows for one in row], np.int64)
    right = np.array([place == 0 for row in rows for place in range(len(row))], bool)
    return Lists(texts, spans, span, entity_rows, right)


def told(entity: Entity, random: np.random.Generator) -> list[str]:
    """Some stretches of an entity's description and of the values of its attributes, in random order, without its
    names."""
    values = [entity.description, *(value for _, value in entity.attributes)]
    values = [
        value for value in dict.fromkeys(values) if value and not any(name in value for name in entity.names)
    ]
    chosen = random.permutation(len(values))[: int(random.integers(1, VALUES + 1))]
    return [stretch(values[index], random) for index in chosen.tolist()]


def stretch(value: str, random: np.random.Generator) -> str:
    """At most `PIECE` characters of a value, from anywhere in it."""
    start = int(random.integers(max(1, len(value) - PIECE + 1)))
    return value[start : start + PIECE]
