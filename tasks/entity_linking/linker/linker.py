"""Rung 5 of the ladder: every match and every candidate is weighed, and the best set of links is the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpx.errors import DataError
from nlpx.runs.reading import damaged
from nlpx.task import FitContext, FitReport, Predictor, reason_of_all
from nlpx.tasks.entity_linking.config import EntityLinkingConfig, NlpxConfig
from nlpx.tasks.entity_linking.example import Example, Link, Place, Prediction
from nlpx.tasks.entity_linking.linker import answers
from nlpx.tasks.entity_linking.linker.gold import gold_pairs, right_rows
from nlpx.tasks.entity_linking.linker.row_maker import RowMaker, batches
from nlpx.tasks.entity_linking.linker.scorer import Rows, Scorer
from nlpx.tasks.entity_linking.linker.threshold import calibration_error, tune
from nlpx.tasks.entity_linking.model_facts import read_facts, write_facts
from nlpx.text.holdout import fingerprint

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
    from nlpx.tasks.entity_linking.linker.network_features import NetworkFeatures
    from nlpx.tasks.entity_linking.linker.reading import Reading

FACTS = "linker.json"
NETWORK, READING = "bi_encoder", "cross_encoder"
TRAINING_ROWS = 1_000_000
"""Candidates that trees are trained on at most: more cost time and memory and add next to nothing."""


class NlpxLinker(Predictor[Example, Prediction]):
    """Finds mentions among all matches of the dictionary and links them, or links given ones."""

    def __init__(self, config: EntityLinkingConfig) -> None:
        assert isinstance(config.model, NlpxConfig)
        self.config, self.options = config, config.model
        self.given = config.mentions == "given"
        self.scorer = Scorer(self.options.stacker, second_look=self.options.second_look, given=self.given)
        self.threshold = 0.5
        self.nil = self.several = False

    @cached_property
    def knowledge_base(self) -> KnowledgeBase:
        """Opened at first use."""
        from nlpx.tasks.entity_linking.resources import open_knowledge_base

        return open_knowledge_base(self.config.data)

    @cached_property
    def _maker(self) -> RowMaker:
        return RowMaker(self.config, self.knowledge_base)

    @cached_property
    def _network(self) -> NetworkFeatures | None:
        if self.options.bi_encoder is None:
            return None
        from nlpx.tasks.entity_linking.linker.network_features import NetworkFeatures

        return NetworkFeatures(self.options.bi_encoder, self._maker.answers)

    @cached_property
    def _reading(self) -> Reading | None:
        if self.options.cross_encoder is None or self.options.stacker is None:
            return None
        from nlpx.tasks.entity_linking.linker.reading import Reading

        return Reading(self.options.cross_encoder, self._maker.answers, self.options.stacker)

    # === Learning ===

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> FitReport:
        """Count the training texts, grow the trees, and choose the threshold on `dev`."""
        if not any(example.mentions for example in train):
            todo = "Check data.train and data.format."
            raise DataError(f"data.train holds {len(train)} texts and not one mention", todo)
        self._look_at(train)
        options = self.options
        parts = (options.bi_encoder, options.stacker, options.cross_encoder)
        to_come = sum(part is not None for part in parts)
        reasons = [self._maker.fit(train, dev, context.part(share=1 / (1 + to_come)))]
        context.stage("describing what may be meant in the training texts")
        chosen = self._sample(train)
        rows = self._maker.rows(chosen, counted=True)
        right = self._right(chosen, rows)
        if not right.any() and not context.smoke and not (self.given and self.nil):
            raise DataError(
                "not one mention of data.train is linked to an entity that the model would look at",
                "Check that data.kb is the knowledge base of these texts; model.fuzzy and model.tagger find more.",
            )
        if self._network is not None:
            within = context.part(NETWORK, 1 / to_come)
            rows = self._network.fit([example.text for example in chosen], rows, right, within)
            reasons.append(self._network.network.stopped)
        texts, groups = [example.text for example in chosen], _groups(chosen)[rows.spans.text]
        of_trees = context.part(share=1 if options.cross_encoder is None else 1 / 2)
        scores = self.scorer.fit(rows, right, groups, of_trees)
        reasons.append("time" if self.scorer.hurried else "finished")
        if self._reading is not None:
            scores = self._reading.fit(texts, rows, right, groups, scores, context.part(READING))
            reasons.append(self._reading.stopped)
        context.stage("choosing the threshold")
        history = {"rows": float(len(rows)), "calibration_error": calibration_error(scores, right)}
        if self.options.threshold is not None:
            self.threshold = self.options.threshold
        elif dev:
            rows = self._rows(dev)
            scores = self._score(dev, rows)
            history["dev_calibration_error"] = calibration_error(scores, self._right(dev, rows))
            self.threshold, history["dev_score"] = self._tune(dev, rows, scores)
        else:
            self.threshold, history["out_of_fold_score"] = self._tune(chosen, rows, scores)
        history["threshold"] = self.threshold
        return FitReport([history], reason_of_all(reasons), len(self._maker.counts.total.surfaces))

    def _look_at(self, train: Sequence[Example]) -> None:
        """Whether given places may mean nothing, or several entities."""
        links: dict[tuple[int, int, int], int] = {}
        for number, example in enumerate(train):
            for mention in example.tidy():
                self.nil |= mention.entity_id is None
                key = (number, *mention.place)
                links[key] = links.get(key, 0) + 1
        self.several = any(count > 1 for count in links.values())

    def _sample(self, train: Sequence[Example]) -> Sequence[Example]:
        """As many training texts as give `TRAINING_ROWS` rows, spread over all."""
        first = train[:: max(1, len(train) // 2000)]
        each = len(self._maker.rows(first, counted=True)) / len(first)
        step = max(1.0, len(train) * each / TRAINING_ROWS)
        return [train[int(number * step)] for number in range(int(len(train) / step))]

    def _right(self, examples: Sequence[Example], rows: Rows) -> np.ndarray:
        pairs = gold_pairs(examples, rows.spans, self._maker.index_of)
        return right_rows(pairs, rows.span, rows.entity, self._maker.entities)

    def _tune(self, examples: Sequence[Example], rows: Rows, scores: np.ndarray) -> tuple[float, float]:
        no_reasons = np.zeros(len(rows.spans), bool)

        def answer(threshold: float) -> list[Prediction]:
            decision = self._decide(rows, scores, threshold, no_reasons)
            return answers.light_predictions(rows, decision, len(examples), self._id_of)

        return tune(examples, answer, self.config.metric)

    # === Linking ===

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        return [prediction for batch in batches(examples) for prediction in self._predict(batch)]

    def _predict(self, examples: Sequence[Example]) -> list[Prediction]:
        predictions = [Prediction() for _ in examples]
        rows = self._rows(examples)
        for text, links in self._links(examples, rows):
            predictions[text].links += links
        if not any(example.mentions for example in examples):
            return predictions
        said = [{(link.start, link.end): link for link in one.links[::-1]} for one in predictions]
        missing = [[p for p in e.places if p not in s] for e, s in zip(examples, said, strict=True)]
        if any(missing):
            for text, links in self._links(examples, self._rows(examples, missing)):
                said[text][links[0].start, links[0].end] = links[0]
        for example, prediction, own in zip(examples, predictions, said, strict=True):
            prediction.on_gold = [_as_given(own[place]) for place in example.places]
        return predictions

    def _rows(self, examples: Sequence[Example], places: Sequence[Sequence[Place]] | None = None) -> Rows:
        """Candidates of what may be a mention, or of given places, of texts that were not counted."""
        make = self._maker
        rows = make.rows(examples, counted=False) if places is None else make.rows_at(examples, places)
        if self._network is None:
            return rows
        return self._network.add([example.text for example in examples], rows)

    def _links(self, examples: Sequence[Example], rows: Rows) -> list[tuple[int, list[Link]]]:
        """(row of the text, its links) of each span."""
        scores = self._score(examples, rows)
        nil = self._maker.mostly_nil(examples, rows)
        decision = self._decide(rows, scores, self.threshold, nil)
        found = answers.links_of(rows, scores, decision, self._maker.parts(rows), self._id_of)
        return list(zip(rows.spans.text.tolist(), found, strict=True))

    def _score(self, examples: Sequence[Example], rows: Rows) -> np.ndarray:
        """The probability of each candidate of texts that were not counted."""
        scores = self.scorer.score(rows)
        if self._reading is None:
            return scores
        return self._reading.score([example.text for example in examples], rows, scores)

    def _decide(
        self, rows: Rows, scores: np.ndarray, threshold: float, mostly_nil: np.ndarray
    ) -> answers.Decision:
        if self.given:
            return answers.decide_given(rows, scores, threshold, nil=self.nil, several=self.several)
        return answers.decide_detected(rows, scores, threshold, mostly_nil, nesting=self.options.nesting)

    @cached_property
    def _id_of(self) -> Callable[[int], str]:
        return lru_cache(maxsize=1 << 17)(self._maker.id_of)

    # === Files ===

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._maker.save(folder)
        self.scorer.save(folder)
        if self._network is not None:
            self._network.save(folder / NETWORK)
        reads = self._reading is not None and self._reading.learned
        if self._reading is not None and reads:
            self._reading.save(folder / READING)
        facts = {"threshold": self.threshold, "nil": self.nil, "several": self.several}
        facts |= {"looks": self.scorer.looks, "reads": reads}
        write_facts(folder / FACTS, "nlpx", self.knowledge_base.base_fingerprint, **facts)

    def load(self, folder: Path) -> None:
        facts = read_facts(folder / FACTS, "nlpx")
        self.knowledge_base.check_fingerprint(str(facts.get("knowledge_base")))
        try:
            self.threshold = float(facts["threshold"])
            self.nil, self.several = bool(facts["nil"]), bool(facts["several"])
            looks = int(facts.get("looks", self.scorer.looks))
            reads = bool(facts.get("reads", True))
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(folder / FACTS, f"no usable {error}") from error
        self._maker.load(folder)
        self.scorer.load(folder, looks)
        if self._network is not None:
            self._network.load(folder / NETWORK)
        if self._reading is not None:
            self._reading.learned = reads
            if reads:
                self._reading.load(folder / READING)

    def plan(self, train: Sequence[Example]) -> dict[str, str]:
        kb = self.knowledge_base
        return {"model": "nlpx", "entities": f"{len(kb):,}", "names": f"{len(kb.names):,}"}


def _as_given(link: Link) -> Link:
    """What a link says about its place alone."""
    if link.reason != "overlap":
        return link
    return Link(link.start, link.end, link.entity_id, link.score, link.candidates, link.found)


def _groups(examples: Sequence[Example]) -> np.ndarray:
    """A number for each text, the same for repeated ones."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(fingerprint(one.text), len(numbers)) for one in examples], np.int64)
