"""The file formats: one reader a file, all in `READERS`."""

from __future__ import annotations

from collections.abc import Callable

from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.formats.eraser import read_eraser
from nlpx.tasks.classification.formats.folders import read_folders
from nlpx.tasks.classification.formats.json_lines import read_json
from nlpx.tasks.classification.formats.opinions import read_opinions
from nlpx.tasks.classification.formats.source import Source
from nlpx.tasks.classification.formats.tables import read_csv, read_tsv
from nlpx.tasks.classification.formats.trees import read_trees

READERS: dict[str, Callable[[Source], list[Example]]] = {
    "tsv": read_tsv,
    "csv": read_csv,
    "json": read_json,
    "folders": read_folders,
    "trees": read_trees,
    "eraser": read_eraser,
    "opinions": read_opinions,
}
