"""Configs: YAML to pydantic models, errors at file:line:column, overrides, and where each value came from.

`nlpx.config.load.load` reads one, `nlpx.config.dump.dump` writes one.
"""

from nlpx.config.base import ExperimentConfig
from nlpx.config.model import ConfigModel
from nlpx.config.paths import DataPath

__all__ = ["ConfigModel", "DataPath", "ExperimentConfig"]
