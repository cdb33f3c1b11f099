"""What every input promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from nlpx.encoders.inputs.units import Units

if TYPE_CHECKING:
    import keras


class Input(ABC):
    """One kind of feature: learned from the training texts, computed for any text, embedded by a layer.

    `count` every training text, then `finish` once; or `restore` what an earlier run saved. Then `featurize`
    and `layer` may be called.
    """

    name: ClassVar[str]
    """Key in the features, name of the layer, stem of its files."""

    added = False
    """Whether its vectors are added to those of the first input rather than appended."""

    def count(self, units: Units) -> None:  # noqa: B027 - most inputs learn, some do not
        """See one training text."""

    def finish(self) -> None:  # noqa: B027
        """All training texts were seen: settle the vocabulary."""

    @abstractmethod
    def featurize(self, units: Units) -> np.ndarray:
        """Integers `(length, ...)` of one text; 0 stands for padding."""

    def features(self, units: Units) -> dict[str, np.ndarray]:
        """All arrays of one text by their names; one, unless an input needs several."""
        return {self.name: self.featurize(units)}

    @abstractmethod
    def layer(self) -> keras.layers.Layer:
        """A new layer from these integers `(batch, length, ...)` to vectors `(batch, length, units)`."""

    def state(self) -> dict[str, Any]:
        """What `restore` needs besides the files, as JSON types."""
        return {}

    def files(self) -> dict[str, str]:
        """Text files to keep, by name."""
        return {}

    @abstractmethod
    def restore(self, state: Mapping[str, Any], files: Mapping[str, str]) -> None:
        """Take up what `state` and `files` gave."""
