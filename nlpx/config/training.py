"""How a network is trained, the same keys for every task."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from nlpx.config.model import ConfigModel

PositiveInt = Annotated[int, Field(ge=1)]


class TrainingConfig(ConfigModel):
    """How a network is trained."""

    epochs: PositiveInt = Field(default=20, description="Passes over the training texts at most.")
    batch_size: PositiveInt = Field(default=32, description="Texts per optimiser step.")
    buckets: PositiveInt = Field(
        default=4,
        description="Distinct lengths that batches are padded to, at most; each costs a compilation, "
        "fewer waste time on padding.",
    )
    optimizer: Literal["adam", "nadam", "rmsprop", "sgd"] = Field(
        default="adam",
        description="Update rule; with weight_decay, adam is AdamW. sgd has Nesterov momentum 0.9.",
    )
    learning_rate: float = Field(default=1e-3, gt=0, description="Peak learning rate.")
    schedule: Literal["constant", "linear", "cosine"] = Field(
        default="constant",
        description="How the learning rate goes from its peak to final_learning_rate, by steps.",
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
