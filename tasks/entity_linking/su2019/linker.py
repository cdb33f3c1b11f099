"""Rungs 3 and 4 of the ladder: networks that find mentions with two pointers, and compare each with its candidates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from nlpx.backend import load_backend
from nlpx.encoders.encoder import Encoder
from nlpx.errors import DataError
from nlpx.task import FitContext, FitReport, Predictor
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.dictionary_files import read_model, write_model
from nlpx.tasks.entity_linking.example import Example, Prediction
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.pieces import cut_texts
from nlpx.tasks.entity_linking.quick_score import quick_score
from nlpx.tasks.entity_linking.su2019.answers import Judged, to_prediction
from nlpx.tasks.entity_linking.su2019.config import BaselineConfig, Su2019Config
from nlpx.tasks.entity_linking.su2019.entity_texts import EntityTexts, description
from nlpx.tasks.entity_linking.su2019.names import Names

PIECES = 512
"""Texts that are looked at together."""


class SuLinker(Predictor[Example, Prediction]):
    """Encoder, pointers and matcher, trained together."""

    def __init__(self, config: EntityLinkingConfig) -> None:
        assert isinstance(config.model, BaselineConfig | Su2019Config)
        self.config = config
        self.options = config.model
        self.encoder = Encoder(self.options.encoder)
        self.network: Any = None
        self.judges: Any = None  # the network with all it needs to judge texts, once there is one

    @cached_property
    def knowledge_base(self) -> KnowledgeBase:
        """Opened at first use."""
        from nlpx.tasks.entity_linking.resources import open_knowledge_base

        return open_knowledge_base(self.config.data)

    @cached_property
    def names(self) -> Names:
        """The dictionary, pruned where the model is one that prunes."""
        pruning: dict[str, Any] = {}
        if isinstance(self.options, Su2019Config):
            pruning = {"prune_ratio": self.options.prune_ratio, "min_links": self.options.min_links}
        limit, whole_words = self.options.candidates, self.options.whole_words
        return Names(self.knowledge_base, whole_words=whole_words, limit=limit, **pruning)

    # === Training ===

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> FitReport:
        load_backend()
        from nlpx.tasks.entity_linking.su2019.training_data import make_batches
        from nlpx.training.fit import fit

        context.stage("counting what is linked in the training texts")
        self._learn_inventories(train, context.seed)
        context.stage("preparing texts and entities")
        self._build(context.seed)
        texts = self.judges.texts
        batches = make_batches(train, self.options, texts, self.judges.entities, context.seed)

        def evaluate() -> dict[str, float]:
            return {"f1": quick_score(dev, self.predict(dev), self.config.metric)} if dev else {}

        history = fit(
            self.network,
            batches,
            self.options.training,
            evaluate=evaluate,
            monitor="f1",
            jit_compile=self.jit_compile,
            **context.of_network,
        )
        return FitReport(history.rows, history.stopped, self.network.count_params())

    def plan(self, train: Sequence[Example]) -> dict[str, str]:
        load_backend()
        self._learn_inventories(train, seed=0)
        self._build(seed=0)
        kb, training = self.knowledge_base, self.options.training
        return {
            "model": self.options.type,
            "entities": f"{len(kb):,}",
            "names": f"{len(kb.names):,}",
            "parameters": f"{self.network.count_params():,}",
            "steps": f"{-(-len(train) // training.texts_per_step):,} per epoch, {training.epochs} epochs at most",
        }

    def _learn_inventories(self, train: Sequence[Example], seed: int) -> None:
        """The dictionary's counts, and the vocabulary: of the texts and of what is told about their entities."""
        if not any(mention.entity_id for example in train for mention in example.mentions):
            todo = "Check data.train and data.format."
            raise DataError(f"data.train holds {len(train)} texts and not one linked mention", todo)
        self.names.fit(train, seed)
        self.encoder.fit([*(example.text for example in train), *self._descriptions(train)])

    def _descriptions(self, train: Sequence[Example]) -> Iterator[str]:
        """What is told about every entity that a linked mention of the training texts may mean."""
        surfaces = {m.surface for example in train for m in example.tidy() if m.entity_id}
        entities = {index for surface in surfaces for index in self.names.candidates(surface)}
        for index in sorted(entities):
            yield description(self.knowledge_base.entity(index))

    # === Prediction ===

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        assert self.judges is not None, "fit or load comes first"
        self.judges.forget()
        pieces = cut_texts((example.text for example in examples), self.options.max_length)
        places = [example.places for example in examples]
        judged: list[list[Judged]] = [[] for _ in examples]
        while chunk := list(islice(pieces, PIECES)):
            for piece, found in zip(chunk, self.judges(chunk, places), strict=True):
                judged[piece.number] += found
        given, reject = self.config.mentions == "given", self.options.reject
        pairs = zip(examples, judged, strict=True)
        return [to_prediction(example, found, reject, given=given) for example, found in pairs]

    # === Files ===

    def save(self, folder: Path) -> None:
        from nlpx.training.weights import save_weights

        write_model(folder, self.options.type, self.knowledge_base.base_fingerprint, self.names.statistics)
        self.encoder.save(folder / "encoder")
        save_weights(self.network, folder / "weights.safetensors")

    def load(self, folder: Path) -> None:
        load_backend()
        from nlpx.training.weights import load_weights

        fingerprint, statistics = read_model(folder, self.options.type)
        self.knowledge_base.check_fingerprint(fingerprint)
        self.names.use(statistics)
        self.encoder = Encoder.load(self.options.encoder, folder / "encoder")
        self._build(self.config.seed)
        load_weights(self.network, folder / "weights.safetensors")

    # === Parts ===

    def _build(self, seed: int) -> None:
        import keras

        from nlpx.tasks.entity_linking.su2019.build import build_network
        from nlpx.tasks.entity_linking.su2019.judges import Judges
        from nlpx.tasks.entity_linking.su2019.text_features import TextFeatures
        from nlpx.training.seeds import seed_everything

        keras.backend.clear_session()
        keras.config.set_dtype_policy(self.options.training.precision)
        seed_everything(seed)
        self.network = build_network(self.options, self.encoder)
        entities = EntityTexts(self.knowledge_base, self.encoder, self.options.description)
        texts = TextFeatures(self.encoder, self.names)
        self.judges = Judges(
            self.network, texts, entities, self.options.threshold, jit_compile=self.jit_compile
        )

    @property
    def jit_compile(self) -> bool:
        """Whether TensorFlow compiles the whole network with XLA."""
        wanted = self.options.training.jit_compile
        return self.encoder.jit_compile if wanted is None else wanted
