"""Writes a config as YAML that reads back to an equal config."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import BaseModel

from nlpx.config.scalars import PATTERNS, STR


class _Dumper(yaml.SafeDumper):
    """Quotes what any reader could take for something else: what is no text in YAML 1.1 or in YAML 1.2."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_str(self, data: str) -> Any:
        """Only in double quotes does PyYAML write these line separators so that they can be read back."""
        style = '"' if any(char in data for char in "\x85\u2028\u2029") else None
        return self.represent_scalar(STR, data, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)
for _tag, _pattern, _first in PATTERNS:
    _Dumper.add_implicit_resolver(_tag, _pattern, _first)


def dump(config: BaseModel) -> str:
    """The resolved config as YAML, every default written out, paths absolute.

    `load` of the text gives an equal config.
    """
    return dump_values(config.model_dump(mode="json"))


def dump_values(values: Any) -> str:
    """Plain values as YAML."""
    return yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def dump_inline(value: Any) -> str:
    """A plain value as YAML on one line."""
    text = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, default_flow_style=True, width=float("inf"))
    return text.removesuffix("\n").removesuffix("\n...")
