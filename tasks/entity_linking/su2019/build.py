"""The network that a config asks for."""

from __future__ import annotations

from nlpx.encoders.base import LightEncoderConfig
from nlpx.encoders.encoder import Encoder
from nlpx.layers.feature_encoder import FeatureEncoder
from nlpx.layers.stack import Stack
from nlpx.tasks.entity_linking.su2019.config import BaselineConfig, Su2019Config
from nlpx.tasks.entity_linking.su2019.matchers import AttentionMatcher, ConvMatcher, Matcher
from nlpx.tasks.entity_linking.su2019.network import Pointer, PointerLinker

CONV_UNITS = 128
"""Of the convolution before the pointers."""


def build_network(options: BaselineConfig | Su2019Config, encoder: Encoder) -> PointerLinker:
    """A new network on the inputs of a fitted encoder."""
    config = encoder.config
    assert isinstance(config, LightEncoderConfig)
    vectors = FeatureEncoder(
        {part.name: part.layer() for part in encoder.inputs},
        Stack([], name="stack"),
        added=[part.name for part in encoder.inputs if part.added],
        token_dropout=config.inputs.token_dropout,
        dropout=config.inputs.dropout,
        name="vectors",
    )
    su = options if isinstance(options, Su2019Config) else None
    return PointerLinker(
        vectors,
        config.make_stack(),
        config.make_stack(),
        Pointer(CONV_UNITS, name="pointer"),
        _matcher(options, config),
        flags=su is not None and su.match_flags,
        gate=su is not None and su.gate,
        name="pointer_linker",
    )


def _matcher(options: BaselineConfig | Su2019Config, encoder: LightEncoderConfig) -> Matcher:
    if isinstance(options, BaselineConfig):
        return ConvMatcher(encoder.output_units, dropout=options.dropout, name="matcher")
    return AttentionMatcher(encoder.make_stack(), options.features, dropout=options.dropout, name="matcher")
