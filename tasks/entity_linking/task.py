"""Entity linking, as the runner sees it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpx.config.holdout import Holdout
from nlpx.config.paths import require_file
from nlpx.task import CheckRow, Predictor, Task
from nlpx.tasks.entity_linking.config import EntityLinkingConfig, model_files
from nlpx.tasks.entity_linking.example import UNNAMED, Example, Prediction

if TYPE_CHECKING:
    from nlpx.explain.explainer import Explainer
    from nlpx.report.content import Judged, TaskPage
    from nlpx.stats.paired import Countable
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
    from nlpx.tasks.entity_linking.statistics import LinkStatistics

Read = tuple[list[Example], dict[str, Any]]


class EntityLinking(Task[Example, Prediction]):
    """Mentions in texts, and what they mean in a knowledge base."""

    name = "entity_linking"
    Config = EntityLinkingConfig
    summary = "mentions in texts, and what they mean in a knowledge base"
    main_metric = "f1"

    config: EntityLinkingConfig

    def __init__(self, config: EntityLinkingConfig) -> None:
        from nlpx.tasks.entity_linking.metrics_rules import MAIN

        super().__init__(config)
        self.main_metric = MAIN[config.metric]

    # === Data ===

    @cached_property
    def knowledge_base(self) -> KnowledgeBase:
        """The knowledge base; built at first use, opened from the cache afterwards."""
        from nlpx.tasks.entity_linking.resources import open_knowledge_base

        return open_knowledge_base(self.config.data)

    def read(self, split: str) -> Read:
        return self._splits[split]

    def read_file(self, path: Path) -> Read:
        from nlpx.tasks.entity_linking.data import read, rename

        data = self.config.data
        examples, report = read(require_file(path), data.format, skip_bad=data.skip_bad)
        own = self._own_ids(examples)
        rename(examples, {id: mine for id, mine in own.items() if mine is not None})
        counts = report.as_dict()
        lost = {id for id, mine in own.items() if mine is None}
        unknown = sum(mention.entity_id in lost for example in examples for mention in example.mentions)
        if unknown:
            counts["odd"] = {**counts["odd"], "id not in the knowledge base": unknown}
        return examples, counts

    @cached_property
    def _splits(self) -> dict[str, Read]:
        from nlpx.tasks.entity_linking.data import unseen
        from nlpx.text.holdout import holdout

        data = self.config.data
        train, report = self.read_file(Path(data.train))
        dev: Read = ([], {})
        if isinstance(data.dev, Holdout):
            train, held_out = holdout(train, data.dev.holdout)
            dev = held_out, {}
        elif data.dev is not None:
            dev = self.read_file(Path(data.dev))
        test = ([], {}) if data.test is None else self.read_file(Path(data.test))
        if data.repeated == "drop":
            kept = unseen(train, [*dev[0], *test[0]])
            report["repeated"] = len(train) - len(kept)
            train = kept
        return {"train": (train, report), "dev": dev, "test": test}

    def _own_ids(self, examples: Sequence[Example]) -> dict[str, str | None]:
        """The knowledge base's own id for each id of the examples that is not one; None where it has none."""
        kb = self.knowledge_base
        ids = {mention.entity_id for example in examples for mention in example.mentions if mention.entity_id}
        found = {id: kb.index_of(id) for id in ids}
        own = {id: None if index is None else kb.id_of(index) for id, index in found.items()}
        return {id: mine for id, mine in own.items() if mine != id}

    def input_files(self) -> dict[str, Path]:
        data = self.config.data
        files = {"data.kb": data.kb, "data.train": data.train, "data.dev": data.dev, "data.test": data.test}
        given = {
            key: Path(path)
            for key, path in files.items()
            if path is not None and not isinstance(path, Holdout)
        }
        if given["data.kb"].is_dir():  # a built knowledge base
            given["data.kb"] /= "manifest.json"
        return given | {f"model.{key}": path for key, path in model_files(self.config.model).items()}

    def stream(
        self, lines: Iterable[str], *, source: str = "input", on_bad: Callable[[str], None] | None = None
    ) -> Iterator[Example]:
        from nlpx.tasks.entity_linking.streaming import stream

        return stream(lines, whole=self.config.mentions == "given", source=source, on_bad=on_bad)

    def check(self) -> list[CheckRow]:
        from nlpx.tasks.entity_linking.kb_check import check_kb

        return check_kb(self.knowledge_base)

    # === Model ===

    def predictor(self) -> Predictor[Example, Prediction]:
        from nlpx.tasks.entity_linking.models import make_predictor

        return make_predictor(self.config)

    # === Results ===

    def labelled(self, examples: Sequence[Example]) -> bool:
        return any(example.labelled and example.mentions for example in examples)

    def evaluate(self, examples: Sequence[Example], predictions: Sequence[Prediction]) -> dict[str, Any]:
        from nlpx.errors import DataError
        from nlpx.tasks.entity_linking.metrics import evaluate
        from nlpx.tasks.entity_linking.metrics_rules import OF_DETECTED, OF_GIVEN

        rules = OF_GIVEN if self.config.mentions == "given" else OF_DETECTED
        seed = self.config.seed
        metrics = evaluate(examples, predictions, rules=rules, known=self._known, seed=seed)
        if self.main_metric not in metrics:
            what = f"the labels say where mentions are, not what they mean, so there is no {self.main_metric}"
            raise DataError(what, "Set metric: mentions, or name a file with ids.")
        return metrics

    @cached_property
    def _known(self) -> LinkStatistics | None:
        """The links of the training texts; None where their file has gone."""
        from nlpx.tasks.entity_linking.statistics import LinkStatistics

        if not Path(self.config.data.train).is_file():
            return None
        return LinkStatistics.fit(self.read("train")[0])

    def countable(
        self, examples: Sequence[Example], sides: Sequence[Sequence[Mapping[str, Any]]]
    ) -> Countable:
        from nlpx.tasks.entity_linking.countable import countable

        return countable(examples, sides, self.config.metric)

    def record(self, example: Example, prediction: Prediction) -> dict[str, Any]:
        from nlpx.tasks.entity_linking.records import record

        return record(example, prediction)

    def explain(self, record: Mapping[str, Any]) -> list[tuple[str, ...]]:
        from nlpx.tasks.entity_linking.explain import table

        return table(record, self.knowledge_base)

    def table(self, metrics: Mapping[str, Any]) -> list[tuple[str, ...]]:
        from nlpx.tasks.entity_linking.metrics_table import rows

        return rows(metrics)

    def legend(self, metrics: Mapping[str, Any]) -> Sequence[str]:
        from nlpx.tasks.entity_linking.metrics_table import legend

        return legend(metrics)

    def explainer(self, predictor: Predictor[Example, Prediction]) -> Explainer:
        from nlpx.tasks.entity_linking.saliency import make_explainer

        return make_explainer(predictor, self.config)

    def page(self, judged: Judged) -> TaskPage:
        from nlpx.tasks.entity_linking.page import page

        return page(judged, self.knowledge_base)

    # === Submission ===

    def submission_name(self) -> str:
        from nlpx.tasks.entity_linking.submission import SUFFIXES

        return f"submission.{SUFFIXES[self.config.submission.format]}"

    def write_submission(
        self, path: Path, examples: Sequence[Example], predictions: Sequence[Prediction]
    ) -> None:
        from nlpx.tasks.entity_linking.submission import write

        write(path, examples, predictions, self.config.submission.format)

    def check_submission(self, path: Path, examples: Sequence[Example]) -> list[str]:
        from nlpx.tasks.entity_linking.submission import check

        form = self.config.submission
        return check(path, form.format, examples, self._answers, overlaps=form.overlaps)

    @property
    def _answers(self) -> Container[str]:
        """The ids that an answer may name."""
        if self.config.model.type == "mentions":
            return (UNNAMED,)
        if not self.config.data.beyond_kb:
            return self.knowledge_base
        train, _ = self.read("train")
        linked = {m.entity_id for example in train for m in example.mentions if m.entity_id is not None}
        return {entity.id for entity in self.knowledge_base} | linked
