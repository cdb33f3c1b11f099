"""Training texts as batches with targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from nlpx.tasks.entity_linking.example import Example, Place
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.pieces import Piece, cut_texts
from nlpx.tasks.entity_linking.su2019.batches import SampledBatches
from nlpx.tasks.entity_linking.su2019.config import BaselineConfig, Su2019Config
from nlpx.tasks.entity_linking.su2019.entity_texts import EntityTexts
from nlpx.tasks.entity_linking.su2019.match_features import place_flags
from nlpx.tasks.entity_linking.su2019.names import Names
from nlpx.tasks.entity_linking.su2019.sampling import Choice, Sampler
from nlpx.tasks.entity_linking.su2019.text_features import TextFeatures


def make_batches(
    train: Sequence[Example],
    options: BaselineConfig | Su2019Config,
    texts: TextFeatures,
    entities: EntityTexts,
    seed: int,
) -> SampledBatches:
    """Batches of the training texts; `targets (batch, length, 2)` are where linked mentions start and end.

    Texts without a mention stay: they teach where there is none.
    """
    pieces = list(cut_texts((example.text for example in train), options.max_length))
    names = [texts.names.apart(train[piece.number].text) for piece in pieces]
    choices = [
        linked_mentions(train[piece.number], piece, own, entities.knowledge_base)
        for piece, own in zip(pieces, names, strict=True)
    ]
    targets = [
        place_flags(len(piece.text), [choice.mention for choice in mine])
        for piece, mine in zip(pieces, choices, strict=True)
    ]
    return SampledBatches(
        pieces,
        [
            row | {"targets": target}
            for row, target in zip(texts.of_training(pieces, names), targets, strict=True)
        ],
        entities,
        Sampler(choices, seed, options.positives),
        batch_size=options.training.batch_size,
        seed=seed,
        buckets=options.training.buckets,
    )


def linked_mentions(example: Example, piece: Piece, names: Names, kb: KnowledgeBase) -> list[Choice]:
    """The linked mentions of a window whose surface is a name that counts; where one means several, all are right."""
    meant = defaultdict[Place, set[int]](set)
    for mention in example.tidy():
        if mention.entity_id:
            index = kb.index_of(mention.entity_id)
            meant[mention.place] |= set() if index is None else {index}
    choices = []
    for start, end in piece.inside(sorted(meant)):
        candidates = names.candidates(piece.text[start:end])
        if candidates:
            right = meant[start + piece.window.start, end + piece.window.start]
            choices.append(Choice((start, end), right, candidates))
    return choices
