"""NEZHA (Wei et al. 2019): fixed vectors of distances in every attention, for keys and values."""

from __future__ import annotations

from typing import Any

import keras

from nlpx.layers.bert.bert import Bert


@keras.saving.register_keras_serializable("nlpx")
class Nezha(Bert):
    """See `Bert`; there is no table of positions."""

    def __init__(self, *sizes: int, **options: Any) -> None:
        super().__init__(*sizes, **{"furthest": 64, "positions": None, **options})
