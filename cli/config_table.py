"""The table of `nlpx config show`: every key, its value and where that comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlpx.cli.tables import print_table

if TYPE_CHECKING:
    from nlpx.config.load import LoadedConfig


def rows(loaded: LoadedConfig) -> list[tuple[str, str, str]]:
    """Dotted key, value as YAML, and origin of everything in a config, in the order of the model."""
    from nlpx.config.document import dotted
    from nlpx.config.dump import dump_inline
    from nlpx.config.load import leaves

    found = leaves(loaded.config.model_dump(mode="json"))
    keys = [(dotted(path), dump_inline(value)) for path, value in found]
    return [(key, value, loaded.origins[key]) for key, value in keys]


def print_values(loaded: LoadedConfig, **console_options: Any) -> None:
    """Print the table; on a terminal long values fold, in a pipe they stay whole."""
    columns = ("key", "value", "from")
    print_table(columns, rows(loaded), fold=("value", "from"), **console_options)
