"""What a task is, and how tasks are found.

A task says how to read its data, which predictors can learn it, how predictions are scored and what a submission looks
like. The runner in `nlpx.pipeline` does the rest. Tasks are found through the entry-point group ``nlpx.tasks``; the
ones that ship come the same way as anyone's plug-in.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypedDict, TypeVar

from nlpx.errors import UsageError
from nlpx.training.progress import Progress

if TYPE_CHECKING:  # pydantic takes longer to import than the command line may
    from nlpx.config.base import ExperimentConfig
    from nlpx.explain.explainer import Explainer
    from nlpx.report.content import Judged, TaskPage
    from nlpx.stats.paired import Countable

ExampleT = TypeVar("ExampleT")
PredictionT = TypeVar("PredictionT")

SPLITS = ("train", "dev", "test")

CheckRow = tuple[str, str, str]
"""What was looked at, what was found, and a verdict: "ok", "odd", "missing", "differs" or "" for a mere fact."""


class FitOptions(TypedDict):
    """Arguments of `nlpx.training.fit.fit`."""

    checkpoint_dir: Path
    seed: int
    progress: Progress | None
    max_seconds: float | None
    smoke: bool
    resume: bool


@dataclass(frozen=True)
class FitContext:
    """What the runner hands to a predictor for training.

    Args:
        folder: where checkpoints go; emptied by the runner when training has finished.
        seed: the experiment's seed; all randomness derives from it.
        progress: told about epochs and batches (`nlpx.training.progress.Progress`), or None for silence.
        max_seconds: finish the epoch that is running at this time after `began`, then stop; None for no limit.
        smoke: run a few batches only.
        resume: go on from the checkpoint in `folder`.
        began: when the time starts to count, on the clock of `time.monotonic`.
    """

    folder: Path
    seed: int
    progress: Progress | None = None
    max_seconds: float | None = None
    smoke: bool = False
    resume: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float | None:
        """What is left of `max_seconds`, 0 where it has run out; None for no limit."""
        if self.max_seconds is None:
            return None
        return max(0.0, self.began + self.max_seconds - time.monotonic())

    @property
    def of_network(self) -> FitOptions:
        """The arguments of `nlpx.training.fit.fit` that it decides."""
        return {
            "checkpoint_dir": self.folder,
            "seed": self.seed,
            "progress": self.progress,
            "max_seconds": self.seconds_left,
            "smoke": self.smoke,
            "resume": self.resume,
        }

    def stage(self, what: str) -> None:
        """Tell what goes on, where there are no epochs to tell of."""
        if self.progress is not None:
            self.progress.stage(what)

    def part(self, name: str = "", share: float = 1.0) -> FitContext:
        """For a fit that is one of several: a folder of its own, and a share of the time that is left."""
        left = self.seconds_left
        seconds = None if left is None else left * share
        return replace(self, folder=self.folder / name, max_seconds=seconds, began=time.monotonic())


@dataclass
class FitReport:
    """What training leaves behind: a row per epoch, and why it ended."""

    history: list[dict[str, float]] = field(default_factory=list)
    stopped: str = "finished"
    parameters: int = 0


def reason_of_all(reasons: Sequence[str]) -> str:
    """Why a training of several parts ended: "time" where any part says so, else what the last one says."""
    return "time" if "time" in reasons else reasons[-1]


class Predictor(ABC, Generic[ExampleT, PredictionT]):
    """Something that learns a task: a network, a feature CRF, a dictionary."""

    @abstractmethod
    def fit(self, train: Sequence[ExampleT], dev: Sequence[ExampleT], context: FitContext) -> FitReport:
        """Learn from `train` only; `dev` chooses the epoch."""

    @abstractmethod
    def predict(self, examples: Sequence[ExampleT]) -> list[PredictionT]:
        """One prediction per example, in order. The runner hands over long inputs in chunks."""

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write everything `load` needs as plain files; no pickle."""

    @abstractmethod
    def load(self, folder: Path) -> None:
        """Read what `save` wrote. Raises RunError naming a missing or damaged file."""

    def plan(self, train: Sequence[ExampleT]) -> dict[str, str]:
        """Facts for `--dry-run`: parameters, rough memory, steps per epoch."""
        return {}


class Task(ABC, Generic[ExampleT, PredictionT]):
    """One task of the runner. Stateless but for its config."""

    name: ClassVar[str]
    Config: ClassVar[type[ExperimentConfig]]
    summary: ClassVar[str]
    main_metric: str  # a task may have its config decide

    def __init__(self, config: Any) -> None:
        self.config = config

    @abstractmethod
    def read(self, split: str) -> tuple[list[ExampleT], dict[str, Any]]:
        """Examples of a split, and what was counted or repaired on the way. Empty where the config names none."""

    @abstractmethod
    def read_file(self, path: Path) -> tuple[list[ExampleT], dict[str, Any]]:
        """Examples of any file in a format of the task."""

    @abstractmethod
    def input_files(self) -> dict[str, Path]:
        """Every file that decides the outcome, by its key in the config."""

    @abstractmethod
    def stream(
        self, lines: Iterable[str], *, source: str = "input", on_bad: Callable[[str], None] | None = None
    ) -> Iterator[ExampleT]:
        """Unlabelled examples from lines of text or JSON, lazily.

        Args:
            lines: with or without line ends.
            source: what messages call them.
            on_bad: told about each bad line, which is left out; None to raise DataError there.
        """

    @abstractmethod
    def predictor(self) -> Predictor[ExampleT, PredictionT]:
        """A fresh, untrained predictor as the config asks for it."""

    def check(self) -> list[CheckRow]:
        """What `nlpx data check` says beyond the counts of `read`; raises DataError like `read`."""
        return []

    def labelled(self, examples: Sequence[ExampleT]) -> bool:
        """Whether there are labels to compare predictions with; test splits often come without."""
        return True

    @abstractmethod
    def evaluate(self, examples: Sequence[ExampleT], predictions: Sequence[PredictionT]) -> dict[str, Any]:
        """All metrics of one split; holds `main_metric` and its ``interval``."""

    def countable(
        self, examples: Sequence[ExampleT], sides: Sequence[Sequence[Mapping[str, Any]]]
    ) -> Countable | None:
        """What the main metric of several sets of predictions comes from, text by text, for intervals of differences.

        Args:
            examples: labelled texts.
            sides: lines of predictions files, each as many as there are texts, in their order.

        Returns:
            None where the main metric is no function of sums over texts.
        """
        return None

    @abstractmethod
    def record(self, example: ExampleT, prediction: PredictionT) -> dict[str, Any]:
        """One line of a predictions file."""

    def explain(self, record: Mapping[str, Any]) -> list[tuple[str, ...]]:
        """How the prediction of a `record` came about, as rows of a table, header first; none where it has no say."""
        return []

    def explainer(self, predictor: Predictor[ExampleT, PredictionT]) -> Explainer:
        """What saliency methods need to know of a trained predictor (`nlpx.explain`).

        Raises:
            UsageError: the task has no saliency maps.
        """
        raise UsageError(
            f"{self.name} has no saliency maps", "a task brings them with Task.explainer; see docs/explain.md"
        )

    @abstractmethod
    def submission_name(self) -> str:
        """File name of the submission."""

    @abstractmethod
    def write_submission(
        self, path: Path, examples: Sequence[ExampleT], predictions: Sequence[PredictionT]
    ) -> None:
        """Write the file to upload."""

    @abstractmethod
    def check_submission(self, path: Path, examples: Sequence[ExampleT]) -> list[str]:
        """Problems of a submission file, empty if it would be accepted."""

    def table(self, metrics: Mapping[str, Any]) -> list[tuple[str, ...]]:
        """Rows to print for `nlpx evaluate`, header first; shares in per cent."""
        from nlpx.stats.units import score_number

        return [
            ("metric", "value"),
            (self.main_metric, score_number(self.main_metric, metrics[self.main_metric])),
        ]

    def legend(self, metrics: Mapping[str, Any]) -> Sequence[str]:
        """What the rows of `table` are, in short lines; none where their names say it."""
        return ()

    def page(self, judged: Judged) -> TaskPage:
        """What the report page shows of a split besides its metrics: sections, and examples with what is wrong."""
        from nlpx.report.content import TaskPage

        return TaskPage()


@cache
def _entry_points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group="nlpx.tasks")}


def task_names() -> list[str]:
    """Names of all installed tasks, sorted."""
    return sorted(_entry_points())


def get_task(name: str) -> type[Task[Any, Any]]:
    """The class of a task.

    Raises:
        UsageError: no task of that name is installed.
    """
    from difflib import get_close_matches

    found = _entry_points().get(name)
    if found is None:
        close = get_close_matches(name, task_names(), n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        if name == "pretraining":
            hint = "its command is `nlpx pretrain`; "
        raise UsageError(
            f"there is no task {name!r}", f"{hint}installed tasks: {', '.join(task_names()) or 'none'}"
        )
    task: type[Task[Any, Any]] = found.load()
    return task
