"""RoFormer (Su et al. 2021): queries and keys are turned by their position; there is no longest text."""

from __future__ import annotations

from typing import Any, ClassVar

import keras

from nlpx.layers.bert.bert import Bert


@keras.saving.register_keras_serializable("nlpx")
class RoFormer(Bert):
    """See `Bert`; there is no table of positions."""

    rotary: ClassVar[bool] = True

    def __init__(self, *sizes: int, **options: Any) -> None:
        super().__init__(*sizes, **{"positions": None, **options})
