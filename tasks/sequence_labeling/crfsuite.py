"""The baseline to beat: a linear-chain CRF over character n-grams, trained by CRFsuite.

Needs the extra `crfsuite`. The model file is CRFsuite's own binary format, not a pickle; because its reader
trusts what it reads, the file is only opened when its sha256 is the one written beside it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpx.errors import DataError, RunError, UsageError
from nlpx.runs.atomic import atomic_json, atomic_writer
from nlpx.runs.reading import read_object
from nlpx.task import FitContext, FitReport, Predictor
from nlpx.tasks.sequence_labeling.crfsuite_training import train_crf
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.features import features
from nlpx.text.spans import Span
from nlpx.text.tags import spans_to_tags, tags_to_spans

if TYPE_CHECKING:
    from nlpx.tasks.sequence_labeling.config import SequenceLabelingConfig

MODEL, FACTS = "model.crfsuite", "crfsuite.json"
VERSION = 1  # of the features; a model only fits the features it was trained with


class FeatureCRF(Predictor[Example, list[Span]]):
    """Learns and finds spans; the tag scheme and the penalties come from the config."""

    def __init__(self, config: SequenceLabelingConfig) -> None:
        self.config = config
        self.scheme: str = config.scheme
        self._crf: Any = None

    def fit(self, train: Sequence[Example], dev: Sequence[Example], context: FitContext) -> FitReport:
        """Learn from `train`; there is no epoch to choose, so `dev` is not looked at."""
        package = require_crfsuite()
        if not any(example.spans for example in train):
            todo = "Check data.format and data.tag_column."
            raise DataError(f"data.train holds {len(train)} texts and not one labelled span", todo)
        texts = [example for example in train if example.length]
        options = self.config.crfsuite.model_dump()
        if context.smoke:
            texts, options = texts[:64], options | {"max_iterations": 2}

        def rows() -> tuple[Iterator[list[list[str]]], Iterator[list[str]]]:
            return (features(strings(example)) for example in texts), map(self.tags_of, texts)

        self._crf, history, stopped = train_crf(package, rows, options, context.seconds_left)
        return FitReport(history, stopped, self._crf.num_attributes_)

    def predict(self, examples: Sequence[Example]) -> list[list[Span]]:
        return [self._predict(example) for example in examples]

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with (
            Path(self._crf.modelfile.name).open("rb") as trained,
            atomic_writer(folder / MODEL, "wb") as file,
        ):
            shutil.copyfileobj(trained, file)
        facts = {"version": VERSION, "scheme": self.scheme, "sha256": _sha256(folder / MODEL)}
        atomic_json(folder / FACTS, facts)

    def load(self, folder: Path) -> None:
        package = require_crfsuite()
        facts, model = read_object(folder / FACTS), folder / MODEL
        if not model.is_file():
            raise RunError(f"{model} is missing", "The run folder is damaged; train again.")
        if facts.get("sha256") != _sha256(model):
            raise RunError(f"{model} was changed or cut short", "The run folder is damaged; train again.")
        if facts.get("version") != VERSION or not isinstance(facts.get("scheme"), str):
            raise RunError(f"{folder / FACTS} is of another version of nlpx", "Train again.")
        self.scheme = facts["scheme"]
        self._crf = package.CRF(model_filename=str(model))

    # === Texts ===

    @property
    def labels(self) -> list[str]:
        """What spans it knows."""
        return sorted({tag.partition("-")[2] for tag in self._crf.classes_ if tag != "O"})

    def marginals(self, example: Example) -> list[dict[str, float]]:
        """The probability of each tag at each token."""
        found: list[dict[str, float]] = self._crf.predict_marginals_single(features(strings(example)))
        return found

    def tags_of(self, example: Example) -> list[str]:
        """The tags of its spans."""
        places = example.length if example.tokens is None else example.tokens
        return spans_to_tags(example.spans, places, self.scheme)

    def _predict(self, example: Example) -> list[Span]:
        if not example.length:
            return []
        return tags_to_spans(
            self._crf.predict_single(features(strings(example))), example.tokens, self.scheme
        )


def strings(example: Example) -> list[str]:
    """The strings of an example's tokens."""
    if example.tokens is None:
        return list(example.text)
    return [example.text[start:end] for start, end in example.tokens]


def require_crfsuite() -> Any:
    """The package sklearn_crfsuite; UsageError where it is not installed."""
    try:
        import sklearn_crfsuite
    except ImportError:
        todo = "Install it: pip install 'nlpx[crfsuite]'"
        raise UsageError("model: crfsuite needs the package sklearn-crfsuite", todo) from None
    return sklearn_crfsuite


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
