"""Versioned run folders: claimed by one process, written atomically, found by a short name."""

from nlpx.runs.run import Run
from nlpx.runs.store import RunStore, default_root

__all__ = ["Run", "RunStore", "default_root"]
