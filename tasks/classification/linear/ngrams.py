"""TF-IDF of one family of n-grams, with nothing to keep but a list of n-grams and their weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpx.tasks.classification.config_linear import NgramsConfig
from nlpx.text.segmentation import segmenter
from nlpx.text.vocabulary import escape, unescape
from nlpx.text.word_vectors import fold

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


class Ngrams:
    """Rows of (1 + log count) · idf, each of length 1.

    idf = 1 + log((1 + texts) / (1 + texts with the n-gram)), as scikit-learn has it.
    """

    def __init__(self, config: NgramsConfig) -> None:
        self.config = config
        self.names: list[str] = []
        self.idf = np.zeros(0, np.float32)
        self._counter: Any = None

    def __len__(self) -> int:
        """Number of n-grams: the columns."""
        return len(self.names)

    def fit(self, texts: Sequence[str]) -> None:
        """Settle which n-grams there are and what each weighs; where texts have none, one that never occurs."""
        counter = _counter(self.config)
        try:
            counts = counter.fit_transform(texts)
        except ValueError:  # no n-gram is frequent enough
            self._settle([""], np.ones(1, np.float32))
            return
        inside = np.asarray((counts > 0).sum(axis=0)).ravel()
        idf = 1 + np.log((1 + len(texts)) / (1 + inside))
        self._settle(counter.get_feature_names_out().tolist(), idf.astype(np.float32))

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Features float32 `(texts, n-grams)`; a text without known n-grams has a row of zeros."""
        counts = self._counter.transform(texts).astype(np.float32)
        counts.data = (1 + np.log(counts.data)) * self.idf[counts.indices]
        lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
        counts.data /= np.repeat(np.maximum(lengths, 1e-12), np.diff(counts.indptr)).astype(np.float32)
        return counts

    def to_text(self) -> str:
        """The n-grams, one a line."""
        return "".join(f"{escape(name)}\n" for name in self.names)

    def restore(self, text: str, idf: np.ndarray) -> None:
        """Take up what `to_text` gave. Raises ValueError where the weights are not as many."""
        names = [unescape(line) for line in text.split("\n")[:-1]]
        if idf.shape != (len(names),) or len(set(names)) != len(names) or not names:
            raise ValueError(f"{len(names)} n-grams and weights of the shape {idf.shape}")
        self._settle(names, idf)

    def _settle(self, names: list[str], idf: np.ndarray) -> None:
        self.names, self.idf = names, idf
        self._counter = _counter(self.config, {name: column for column, name in enumerate(names)})


def _counter(config: NgramsConfig, vocabulary: dict[str, int] | None = None) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    kinds: dict[str, dict[str, Any]] = {
        "char": {"analyzer": "char_wb" if config.inside_words else "char"},
        "word": {"tokenizer": segmenter(), "token_pattern": None},
        "token": {"tokenizer": str.split, "token_pattern": None},
    }
    return CountVectorizer(
        preprocessor=_clean,
        ngram_range=(config.shortest, config.longest),
        min_df=config.min_count,
        vocabulary=vocabulary,
        **kinds[config.unit],
    )


def _clean(text: str) -> str:
    """Lower case and half width; lone surrogates, which no segmenter takes, replaced."""
    folded = fold(text)
    return folded if folded.isascii() else folded.encode("utf-8", "replace").decode()
