"""ERASER (DeYoung et al. 2020): JSON lines that point into a folder `docs` beside them, with human rationales.

`{"annotation_id", "classification", "evidences": [[{"docid", "start_token", "end_token", "text"}]]}` a line; tokens
are what white space separates in the document.
"""

from __future__ import annotations

import re
from pathlib import Path

from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.formats import encodings
from nlpx.tasks.classification.formats.json_lines import Row, parse_object
from nlpx.tasks.classification.formats.source import Source, checked_text, labels_of
from nlpx.text.lines import BadLine, shorten

KEY = "annotation_id"
DOCUMENTS = "docs"
_TOKEN = re.compile(r"\S+")


def read_eraser(source: Source) -> list[Example]:
    text, source.report.encoding = encodings.read_text(source.path, source.options.encoding)
    examples = []
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            examples.append(_example(parse_object(content), source, line))
        except BadLine as error:
            source.drop(line, str(error))
    return examples


def documents(path: Path) -> list[Path]:
    """The files of documents that belong to a file of annotations."""
    return sorted(file for file in (path.parent / DOCUMENTS).glob("*") if file.is_file())


def _example(row: Row, source: Source, line: int) -> Example:
    id = checked_text(row.get(KEY), KEY)
    evidences = [part for group in row.get("evidences") or [] for part in group]
    name = str(evidences[0]["docid"]) if evidences else id
    path = source.path.parent / DOCUMENTS / name
    if Path(name).name != name or not path.is_file():
        raise BadLine(f"there is no document {shorten(name)} in {DOCUMENTS}/")
    document = checked_text(encodings.read_text(path)[0])
    tokens = [match.span() for match in _TOKEN.finditer(document)]
    try:
        spans = sorted({(tokens[e["start_token"]][0], tokens[e["end_token"] - 1][1]) for e in evidences})
    except (KeyError, TypeError, IndexError):
        raise BadLine(f"an evidence lies outside the {len(tokens)} tokens of {shorten(name)}") from None
    labels = labels_of(row.get("classification"), source.options)
    return Example(id, document, labels, None, spans, source.place(line))
