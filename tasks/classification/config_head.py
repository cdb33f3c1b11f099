"""What stands between an encoder's vectors and the loss."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from nlpx.config.model import ConfigModel

PoolingKind = Literal["last", "mean", "max", "attention", "cls"]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class HeadConfig(ConfigModel):
    """From one vector per position to one score per class."""

    pooling: Annotated[list[PoolingKind], BeforeValidator(_as_list)] = Field(
        default=["max"],
        min_length=1,
        description="last, mean, max or attention; cls: the vector a pretrained encoder has for the whole text. A list "
        "joins several. last is what state_drop explains.",
    )
    pairs: Literal["auto", "joined", "apart"] = Field(
        default="auto",
        description="How the texts of a pair are read: joined by [SEP] as one sequence, as encoder.type: bert can, or "
        "apart and then compared; auto joins them where the encoder can.",
    )
    hidden: int | None = Field(
        default=None, gt=0, description="Units of a layer with ReLU before the classes; null for none."
    )
    dropout: float = Field(
        default=0.3, ge=0, lt=1, description="Share of the pooled vector's units dropped in training."
    )
    bottleneck: int | None = Field(
        default=None, gt=0, description="Size of a variational information bottleneck; null for none."
    )
    bottleneck_weight: float = Field(
        default=0.1, ge=0, description="Weight of the bottleneck's divergence in the loss."
    )


class LossConfig(ConfigModel):
    """What is minimised: cross-entropy, or its multi-label form with threshold 0 where labels: several."""

    smoothing: float = Field(
        default=0.0, ge=0, lt=1, description="Label smoothing: share of the target spread over all classes."
    )
    focus: float = Field(
        default=0.0, ge=0, description="Exponent of the focal loss; 0 for plain cross-entropy, often 2."
    )
    class_weights: Literal["none", "balanced", "sqrt"] = Field(
        default="none",
        description="Weigh classes by 1 / frequency (balanced) or its square root; the mean weight is 1.",
    )

    @model_validator(mode="before")
    @classmethod
    def _flooding_has_moved(cls, values: Any) -> Any:
        """Run folders from before it did say 0 here, which meant none."""
        if not isinstance(values, dict) or "flooding" not in values:
            return values
        if values["flooding"]:
            raise ValueError("flooding serves every task now: wanted training.flooding")
        return {key: value for key, value in values.items() if key != "flooding"}


class LengthsConfig(ConfigModel):
    """What happens to texts longer than the network is to see; how many were cut is in the manifest."""

    max_length: int = Field(
        default=256,
        ge=8,
        description="Longest text, in characters or words; of a joined pair both texts together.",
    )
    long: Literal["head_tail", "windows"] = Field(
        default="head_tail",
        description="head_tail: leave out the middle; windows: see all in overlapping windows, and average.",
    )
    head: float = Field(
        default=0.5, ge=0, le=1, description="Share of max_length that head_tail takes from the beginning."
    )
    overlap: int = Field(default=32, ge=0, description="Units that neighbouring windows share.")

    @model_validator(mode="after")
    def _overlap_fits(self) -> LengthsConfig:
        if self.overlap * 2 >= self.max_length and self.long == "windows":
            raise ValueError("overlap must be less than half of max_length")
        return self
