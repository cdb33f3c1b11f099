"""The linear model over n-grams: by itself the baseline, and as one half of the joint model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from nlpx.config.model import ConfigModel


class NgramsConfig(ConfigModel):
    """One family of n-grams."""

    unit: Literal["char", "word", "token"] = Field(
        default="char",
        description="char; word: by the segmenter, for Chinese; token: what blanks separate; all in lower case.",
    )
    shortest: int = Field(default=1, ge=1, description="Units of the shortest n-gram.")
    longest: int = Field(default=3, ge=1, description="Units of the longest n-gram.")
    min_count: int = Field(default=2, ge=1, description="Texts that an n-gram must occur in.")
    inside_words: bool = Field(
        default=False, description="unit: char only: no n-gram goes across a blank; for English."
    )

    @model_validator(mode="after")
    def _order(self) -> NgramsConfig:
        if self.shortest > self.longest:
            raise ValueError("shortest must not be greater than longest")
        if self.inside_words and self.unit != "char":
            raise ValueError("inside_words is for unit: char")
        return self


class LinearConfig(ConfigModel):
    """Sublinear TF-IDF of n-grams, each family of length 1, and a linear classifier."""

    ngrams: list[NgramsConfig] = Field(
        default=[NgramsConfig()], min_length=1, description="Families of n-grams, side by side."
    )
    classifier: Literal["svm", "logistic"] = Field(
        default="svm",
        description="Linear SVM (squared hinge) or logistic regression; one class against the rest.",
    )
    c: float = Field(default=0.3, gt=0, description="Inverse strength of the L2 penalty.")
    ratios: bool = Field(
        default=False,
        description="Scale each n-gram by its log-count ratio in the class and outside it (NB-SVM).",
    )
    folds: int = Field(
        default=5,
        ge=2,
        description="Folds of the cross-validation that turns scores into probabilities.",
    )


class TfidfConfig(LinearConfig):
    """The baseline: a linear classifier over TF-IDF n-grams."""

    type: Literal["tfidf"] = Field(default="tfidf", description="The model's name.")


class JointConfig(LinearConfig):
    """A network and a linear model over n-grams, whose scores are added up.

    The network reads word order and vectors learned elsewhere, the linear model remembers rare n-grams; they err in
    different places.
    """

    type: Literal["joint"] = Field(default="joint", description="The model's name.")
    share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Weight of the n-grams' log-probabilities against the network's, in [0, 1].",
    )
