"""How a network is trained, the same keys for every task."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from nlpx.config.model import ConfigModel
from nlpx.config.training_options import AdversarialConfig, LookaheadConfig

PositiveInt = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(ge=0)]


class TrainingConfig(ConfigModel):
    """How a network is trained."""

    epochs: PositiveInt = Field(default=20, description="Passes over the training texts at most.")
    batch_size: PositiveInt = Field(default=32, description="Texts per batch.")
    accumulate: PositiveInt = Field(
        default=1,
        description="Batches per optimiser step: their gradients are averaged, as if they were one batch that large.",
    )
    buckets: PositiveInt = Field(
        default=4,
        description="Distinct lengths that batches are padded to, at most; each costs a compilation, "
        "fewer waste time on padding.",
    )
    optimizer: Literal["adam", "nadam", "rmsprop", "sgd", "lamb", "adafactor"] = Field(
        default="adam",
        description="Update rule; with weight_decay, adam is AdamW. sgd has Nesterov momentum 0.9. lamb suits very "
        "large batches, adafactor little memory; for both, learning_rate is relative to the size of the weights.",
    )
    learning_rate: float = Field(default=1e-3, gt=0, description="Peak learning rate.")
    schedule: Literal["constant", "linear", "cosine", "piecewise"] = Field(
        default="constant",
        description="How the learning rate goes from its peak to final_learning_rate, by optimiser steps; piecewise "
        "goes through points instead.",
    )
    points: list[tuple[Share, Factor]] = Field(
        default=[],
        description="Of a piecewise schedule: pairs of a share of all steps and a factor of learning_rate, with "
        "straight lines between; it begins at [0, 0] where no point says otherwise.",
    )
    warmup: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="Share of all steps in which the learning rate rises linearly to its peak.",
    )
    final_learning_rate: float = Field(
        default=0.0,
        ge=0,
        description="Learning rate at the last step; of no effect with a constant schedule.",
    )
    weight_decay: float = Field(
        default=0.0,
        ge=0,
        description="Decoupled weight decay per step, times the learning rate; not for biases and norms.",
    )
    clip_norm: float | None = Field(
        default=5.0, gt=0, description="Gradients are scaled down to this global norm; null for never."
    )
    ema: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="Decay of a moving average of the weights, such as 0.999, which is evaluated and kept "
        "instead of the weights; null for none.",
    )
    ema_debias: bool = Field(
        default=True,
        description="Forget the initial weights, which a plain moving average carries along for long.",
    )
    lookahead: LookaheadConfig | None = Field(
        default=None,
        description="Slow weights that steady the optimiser's, such as {steps: 5, share: 0.5}; null for none.",
    )
    adversarial: AdversarialConfig | None = Field(
        default=None,
        description="Train on embeddings that were moved to where they hurt, such as {method: fgm, epsilon: 0.5}; null "
        "not to.",
    )
    r_drop: float | None = Field(
        default=None,
        gt=0,
        description="Weight of R-Drop, the divergence of what two passes with dropout predict, such as 1 to 5; null "
        "for one pass.",
    )
    flooding: float = Field(
        default=0.0, ge=0, description="Level that a batch's loss is kept around; 0 for none."
    )
    patience: PositiveInt | None = Field(
        default=5,
        description="Stop after this many epochs without a better dev score; null to train all epochs.",
    )
    jit_compile: bool | None = Field(
        default=None,
        description="Compile the training step with XLA; null for what the encoder is fastest with.",
    )
    precision: Literal["float32", "mixed_bfloat16"] = Field(
        default="float32",
        description="Arithmetic of the layers; mixed_bfloat16 pays on CPUs with AVX512_BF16 and on GPUs.",
    )
    checkpoint_seconds: float = Field(
        default=30.0,
        ge=0,
        description="Seconds between two checkpoints at least; a killed run loses that much work at most.",
    )

    @property
    def texts_per_step(self) -> int:
        """Texts of one optimiser step."""
        return self.batch_size * self.accumulate

    @model_validator(mode="after")
    def _options_fit(self) -> TrainingConfig:
        if (self.schedule == "piecewise") != bool(self.points):
            raise ValueError(
                "schedule: piecewise wants points such as [[0.1, 1], [1, 0]], and points want it"
            )
        if self.points and (self.warmup or self.final_learning_rate):
            raise ValueError("points say it all; take warmup and final_learning_rate out")
        shares = [share for share, _ in self.points]
        if shares != sorted(set(shares)):
            raise ValueError(f"points want ascending shares of the steps; came {shares}")
        penalty = self.adversarial is not None and self.adversarial.method == "gradient_penalty"
        if penalty and self.precision != "float32":
            raise ValueError("gradient_penalty wants precision: float32; fgm does much the same in any")
        return self


def _compares_nothing(training: TrainingConfig) -> TrainingConfig:
    vat = training.adversarial is not None and training.adversarial.method == "vat"
    if training.r_drop is not None or vat:
        key = "adversarial: vat" if vat else "r_drop"
        raise ValueError(
            f"{key} compares what two passes predict, and this network does not say how; take it out"
        )
    return training


PlainTrainingConfig = Annotated[TrainingConfig, AfterValidator(_compares_nothing)]
"""Of a network without `divergence`, so that it is refused before the parts in front of it are trained."""
