"""From a head's config to the layer."""

from __future__ import annotations

from nlpx.config.heads import CRFConfig, HeadConfig, MEMMConfig
from nlpx.layers.crf import CRF
from nlpx.layers.memm import MEMM
from nlpx.layers.softmax_tags import SoftmaxTags
from nlpx.layers.tag_head import Constraints, TagHead


def build_head(
    config: HeadConfig, num_tags: int, constraints: Constraints | None = None, name: str = "head"
) -> TagHead:
    """The layer for a config.

    Args:
        num_tags: number of tags.
        constraints: what the tag scheme allows, as `nlpx.text.tags.transitions` gives it; whether it is used is
            the config's `constraints`.
        name: of the layer; its weights are stored under it.
    """
    if config.constraints == "none":
        constraints = None
    if isinstance(config, CRFConfig):
        return CRF(
            num_tags,
            boundaries=config.boundaries,
            constraints=constraints,
            constrain_training=config.constraints == "training" and constraints is not None,
            learning_rate_multiplier=config.learning_rate_multiplier,
            name=name,
        )
    if isinstance(config, MEMMConfig):
        return MEMM(
            num_tags,
            bidirectional=config.bidirectional,
            rank=config.rank,
            constraints=constraints,
            name=name,
        )
    return SoftmaxTags(num_tags, constraints=constraints, name=name)
