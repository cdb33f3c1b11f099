"""Sequence labeling, as the runner sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpx.config.paths import require_file
from nlpx.task import Predictor, Task
from nlpx.tasks.sequence_labeling.config import Holdout, SequenceLabelingConfig
from nlpx.tasks.sequence_labeling.data import holdout, read, stream
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.text.spans import Span

if TYPE_CHECKING:
    from nlpx.explain.explainer import Explainer
    from nlpx.report.content import Judged, TaskPage
    from nlpx.stats.paired import Countable

SUFFIXES = {"cluener": "json", "columns": "bio", "spans": "jsonl"}


class SequenceLabeling(Task[Example, list[Span]]):
    """Spans with labels in texts: named entities, chunks, words."""

    name = "sequence_labeling"
    Config = SequenceLabelingConfig
    summary = "spans with labels in texts: named entities, chunks, words"
    main_metric = "f1"

    config: SequenceLabelingConfig

    # === Data ===

    def read(self, split: str) -> tuple[list[Example], dict[str, Any]]:
        data = self.config.data
        if split == "train" or (isinstance(data.dev, Holdout) and split == "dev"):
            train, dev, report = self._train_and_dev
            return (train if split == "train" else dev), (report if split == "train" else {})
        path = getattr(data, split)
        return ([], {}) if path is None else self.read_file(Path(path))

    def read_file(self, path: Path) -> tuple[list[Example], dict[str, Any]]:
        data = self.config.data
        require_file(path)
        examples, report = read(
            path,
            data.format,
            scheme=data.scheme,
            unit=data.unit,
            text_column=data.text_column,
            tag_column=data.tag_column,
            skip_bad=data.skip_bad,
        )
        return examples, report.as_dict()

    @cached_property
    def _train_and_dev(self) -> tuple[list[Example], list[Example], dict[str, Any]]:
        """Training texts without the held-out ones, the held-out ones, and the reader's report."""
        data = self.config.data
        examples, report = self.read_file(Path(data.train))
        if not isinstance(data.dev, Holdout):
            return examples, [], report
        train, dev = holdout(examples, data.dev.holdout)
        return train, dev, report

    def input_files(self) -> dict[str, Path]:
        data = self.config.data
        files = {"data.train": data.train, "data.dev": data.dev, "data.test": data.test}
        given = {
            key: Path(path)
            for key, path in files.items()
            if path is not None and not isinstance(path, Holdout)
        }
        if self.config.model == "neural":
            given |= {f"encoder.{key}": path for key, path in self.config.encoder.files().items()}
        return given

    def stream(
        self, lines: Iterable[str], *, source: str = "input", on_bad: Callable[[str], None] | None = None
    ) -> Iterator[Example]:
        unit = (
            "word" if self.config.model == "neural" and self.config.encoder.inputs.unit == "word" else "char"
        )
        return stream(lines, unit=unit, source=source, on_bad=on_bad)

    # === Model ===

    def predictor(self) -> Predictor[Example, list[Span]]:
        if self.config.model == "crfsuite":
            from nlpx.tasks.sequence_labeling.crfsuite import FeatureCRF

            return FeatureCRF(self.config)
        from nlpx.tasks.sequence_labeling.tagger import NeuralPredictor

        return NeuralPredictor(self.config)

    # === Results ===

    def labelled(self, examples: Sequence[Example]) -> bool:
        return any(example.spans for example in examples)

    def evaluate(self, examples: Sequence[Example], predictions: Sequence[list[Span]]) -> dict[str, Any]:
        from nlpx.tasks.sequence_labeling.metrics import evaluate

        return evaluate([example.spans for example in examples], predictions, seed=self.config.seed)

    def countable(
        self, examples: Sequence[Example], sides: Sequence[Sequence[Mapping[str, Any]]]
    ) -> Countable:
        from nlpx.tasks.sequence_labeling.countable import countable

        return countable(examples, sides)

    def record(self, example: Example, prediction: list[Span]) -> dict[str, Any]:
        spans = [{**span._asdict(), "surface": example.text[span.start : span.end]} for span in prediction]
        return {"id": example.id, "text": example.text, "spans": spans}

    def table(self, metrics: Mapping[str, Any]) -> list[tuple[str, ...]]:
        from nlpx.tasks.sequence_labeling.metrics import rows

        return rows(metrics)

    def explainer(self, predictor: Predictor[Example, list[Span]]) -> Explainer:
        from nlpx.tasks.sequence_labeling.saliency import make_explainer

        return make_explainer(predictor, self.config.seed)

    def page(self, judged: Judged) -> TaskPage:
        from nlpx.tasks.sequence_labeling.page import page

        return page(judged, labelled=self.labelled(judged.examples))

    # === Submission ===

    def submission_name(self) -> str:
        return f"predictions.{SUFFIXES[self.config.submission.format]}"

    def write_submission(
        self, path: Path, examples: Sequence[Example], predictions: Sequence[list[Span]]
    ) -> None:
        from nlpx.tasks.sequence_labeling.submission import write

        write(path, examples, predictions, self.config.submission.format)

    def check_submission(self, path: Path, examples: Sequence[Example]) -> list[str]:
        from nlpx.tasks.sequence_labeling.submission import check

        train, _ = self.read("train")
        labels = {span.label for example in train for span in example.spans}
        return check(path, self.config.submission.format, examples, labels)
