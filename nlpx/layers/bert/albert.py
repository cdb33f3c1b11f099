"""ALBERT (Lan et al. 2020): one block's weights for all blocks, and small vectors of tokens that are projected."""

from __future__ import annotations

from typing import Any, ClassVar

import keras

from nlpx.layers.bert.bert import Bert


@keras.saving.register_keras_serializable("nlpx")
class Albert(Bert):
    """See `Bert`."""

    shared: ClassVar[bool] = True

    def __init__(self, *sizes: int, **options: Any) -> None:
        super().__init__(*sizes, **{"project": True, **options})
