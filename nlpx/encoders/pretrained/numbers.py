"""Numbers of a config, checked where they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlpx.errors import DataError


class Numbers:
    """What stands in a config, by its keys; each method raises DataError naming file and key.

    Args:
        config: of a checkpoint.
        source: its file, for messages.
    """

    def __init__(self, config: Mapping[str, Any], source: str) -> None:
        self.config, self.source = config, source

    def whole(self, key: str, default: int | None = None, *, least: int = 1) -> int:
        """A whole number of at least `least`; without a default the key must be there."""
        value = self._get(key, default)
        if type(value) is not int or value < least:
            raise self._wrong(key, f"a whole number of at least {least}")
        return value

    def share(self, key: str, default: float) -> float:
        """A number in [0, 1)."""
        value = self._get(key, default)
        if type(value) not in (int, float) or not 0 <= value < 1:
            raise self._wrong(key, "a number from 0 to below 1")
        return float(value)

    def _get(self, key: str, default: float | None) -> Any:
        if key not in self.config and default is None:
            raise DataError(f"{self.source}: the key {key!r} is missing", "is it the config of a model?")
        return self.config.get(key, default)

    def _wrong(self, key: str, wanted: str) -> DataError:
        return DataError(f"{self.source}: the key {key!r} is {self.config[key]!r}", f"wanted {wanted}")
