"""Classification, as the runner sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpx.config.holdout import Holdout
from nlpx.config.paths import require_file
from nlpx.task import CheckRow, Predictor, Task
from nlpx.tasks.classification.config import ClassificationConfig
from nlpx.tasks.classification.example import Example, Prediction

if TYPE_CHECKING:
    from nlpx.explain.explainer import Explainer
    from nlpx.report.content import Judged, TaskPage
    from nlpx.stats.paired import Countable
    from nlpx.tasks.classification.formats.source import ReadOptions
    from nlpx.tasks.classification.submission import Rules

Read = tuple[list[Example], dict[str, Any]]


class Classification(Task[Example, Prediction]):
    """One class, or several, for every text or pair of texts."""

    name = "classification"
    Config = ClassificationConfig
    summary = "a class, or several, for every text: sentiment, topics, pairs"

    config: ClassificationConfig

    def __init__(self, config: ClassificationConfig) -> None:
        from nlpx.tasks.classification.quick_score import main_metric

        super().__init__(config)
        self.main_metric = main_metric(config.metric, several=config.several)

    # === Data ===

    def read(self, split: str) -> Read:
        return self._splits[split]

    def read_file(self, path: Path) -> Read:
        return self._read(path, phrases=False)

    def _read(self, path: Path, *, phrases: bool) -> Read:
        from nlpx.tasks.classification.data import read

        if not path.is_dir():
            require_file(path)
        examples, report = read(path, self.config.data.format, self._options(phrases=phrases))
        return examples, report.as_dict() | self._cut(examples)

    def _options(self, *, phrases: bool = False) -> ReadOptions:
        from nlpx.tasks.classification.formats.source import ReadOptions

        data = self.config.data
        names = ("text", "pair", "label", "id", "header", "encoding", "separator", "binary", "skip_bad")
        return ReadOptions(
            several=self.config.several, phrases=phrases, **{name: getattr(data, name) for name in names}
        )

    def _cut(self, examples: Sequence[Example]) -> dict[str, Any]:
        """How much of the texts the network does not see; nothing where it sees all."""
        from nlpx.tasks.classification.long_texts import count_cut

        if self.config.model.type == "tfidf":
            return {}
        config = self.config
        return count_cut(examples, config.encoder.inputs, config.lengths, joined=config.joined)

    @cached_property
    def _splits(self) -> dict[str, Read]:
        from nlpx.tasks.classification.data_check import unseen
        from nlpx.text.holdout import holdout

        data = self.config.data
        train, report = self._read(Path(data.train), phrases=data.phrases)
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

    def input_files(self) -> dict[str, Path]:
        from nlpx.tasks.classification.data import files_of

        data = self.config.data
        given: dict[str, Path] = {}
        for key in ("train", "dev", "test"):
            path = getattr(data, key)
            if path is not None and not isinstance(path, Holdout):
                given |= {
                    f"data.{key}{more}": file for more, file in files_of(Path(path), data.format).items()
                }
        if self.config.model.type != "tfidf":
            given |= {f"encoder.{key}": path for key, path in self.config.encoder.files().items()}
        if self.config.submission.codes is not None:
            given["submission.codes"] = Path(self.config.submission.codes)
        return given

    def stream(
        self, lines: Iterable[str], *, source: str = "input", on_bad: Callable[[str], None] | None = None
    ) -> Iterator[Example]:
        from nlpx.tasks.classification.streaming import stream

        paired = self.config.data.pair is not None
        return stream(lines, self._options(), paired=paired, source=source, on_bad=on_bad)

    def check(self) -> list[CheckRow]:
        from nlpx.tasks.classification.data_check import check_splits

        return check_splits({split: self.read(split)[0] for split in ("train", "dev", "test")})

    # === Model ===

    def predictor(self) -> Predictor[Example, Prediction]:
        from nlpx.tasks.classification.models import make_predictor

        return make_predictor(self.config)

    # === Results ===

    def labelled(self, examples: Sequence[Example]) -> bool:
        return any(example.labels for example in examples)

    def evaluate(self, examples: Sequence[Example], predictions: Sequence[Prediction]) -> dict[str, Any]:
        from nlpx.tasks.classification.metrics import evaluate

        return evaluate(examples, predictions, several=self.config.several, seed=self.config.seed)

    def countable(
        self, examples: Sequence[Example], sides: Sequence[Sequence[Mapping[str, Any]]]
    ) -> Countable | None:
        from nlpx.tasks.classification.countable import countable

        return countable(examples, sides, self.main_metric, several=self.config.several)

    def record(self, example: Example, prediction: Prediction) -> dict[str, Any]:
        from nlpx.tasks.classification.records import record

        return record(example, prediction, several=self.config.several)

    def table(self, metrics: Mapping[str, Any]) -> list[tuple[str, ...]]:
        from nlpx.tasks.classification.metrics_table import rows

        return rows(metrics)

    def explainer(self, predictor: Predictor[Example, Prediction]) -> Explainer:
        from nlpx.tasks.classification.saliency import ClassificationExplainer

        return ClassificationExplainer(predictor, self.config)

    def page(self, judged: Judged) -> TaskPage:
        from nlpx.tasks.classification.page import page

        return page(judged, several=self.config.several)

    # === Submission ===

    def submission_name(self) -> str:
        from nlpx.tasks.classification.submission import SUFFIXES

        return f"submission.{SUFFIXES[self.config.submission.format]}"

    def write_submission(
        self, path: Path, examples: Sequence[Example], predictions: Sequence[Prediction]
    ) -> None:
        from nlpx.tasks.classification.submission import write

        write(path, examples, predictions, self.config.submission.format, self._rules)

    def check_submission(self, path: Path, examples: Sequence[Example]) -> list[str]:
        from nlpx.tasks.classification.submission import check

        return check(path, self.config.submission.format, examples, self._rules)

    @cached_property
    def _rules(self) -> Rules:
        from nlpx.tasks.classification.submission import Rules, read_codes

        train, _ = self.read("train")
        labels = sorted({label for example in train for label in example.labels})
        codes = self.config.submission.codes
        return Rules(labels, self.config.several, {} if codes is None else read_codes(Path(codes)))
