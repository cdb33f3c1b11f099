"""Seeds that are drawn before they are used."""

from __future__ import annotations

from typing import Any

import keras


class DrawnSeed(keras.random.SeedGenerator):
    """One seed that was drawn already, for code that wants a generator.

    A pass that is computed a second time, to save memory, has to drop the same units as the first time.
    """

    def __init__(self, value: Any) -> None:  # without the state of its base
        self.value = value

    def next(self, ordered: bool = True) -> Any:
        return self.value
