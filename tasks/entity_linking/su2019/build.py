"""The network that a config asks for."""

from __future__ import annotations

from nlpx.encoders.base import LightEncoderConfig
from nlpx.encoders.encoder import Encoder
from nlpx.tasks.entity_linking.su2019.config import BaselineConfig, Su2019Config
from nlpx.tasks.entity_linking.su2019.matchers import AttentionMatcher, ConvMatcher, Matcher
from nlpx.tasks.entity_linking.su2019.network import Pointer, PointerLinker

CONV_UNITS = 128
"""Of the convolution before the pointers."""


def build_network(options: BaselineConfig | Su2019Config, encoder: Encoder) -> PointerLinker:
    """A new network on the inputs of a fitted encoder."""
    config = encoder.config
    assert isinstance(config, LightEncoderConfig)
    su = options if isinstance(options, Su2019Config) else None
    return PointerLinker(
        config.make_vectors(encoder.inputs),
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
