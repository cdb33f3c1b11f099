"""JSON Schema of a config, so that an editor completes and checks keys."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a config as YAML files write it, with the fields' descriptions."""
    return {"$schema": DIALECT, **model.model_json_schema(mode="validation")}


def schema_text(model: type[BaseModel]) -> str:
    """The schema as the text of a file."""
    return json.dumps(schema(model), ensure_ascii=False, indent=2) + "\n"


def schema_line(file: str) -> str:
    """The first line of a YAML file that tells an editor where its schema is, relative to the YAML."""
    return f"# yaml-language-server: $schema={file}\n"
