"""Terms to standard terms: Yidu-N7K (TSV) and CHIP-CDN (a JSON array). The whole text is the mention.

    原始词<TAB>标准词                                      a header, then a term and its standard term a line
    [{"text": "左膝退变伴游离体", "normalized_result": "膝骨关节病##膝关节游离体"}]

Several standard terms are joined by ``##``; one that holds a comma may be quoted. Entities are named by their
standard term, as in the task itself. Rows without a standard term are unlabelled.
"""

from __future__ import annotations

import json
from typing import Any

from nlpx.tasks.entity_linking.example import UNNAMED, Example, Mention
from nlpx.tasks.entity_linking.report import Source
from nlpx.text.lines import BadLine, encoding_problem, shorten

HEADERS = ("原始词", "text", "term", "mention")
JOINT = "##"


def read_terms(source: Source) -> list[Example]:
    if next((line for line in source.lines if line.strip()), "").lstrip().startswith("["):
        return _read_json(source)
    return _read_tsv(source)


def targets(text: str) -> list[str]:
    """The standard terms of a field, each once, in order."""
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1].replace('""', '"')
    parts = (part.strip().strip('"') for part in bare.split(JOINT))
    return list(dict.fromkeys(part for part in parts if part))


def example_of(id: str, term: str, found: list[str], source: str) -> Example:
    """A text that is one mention; without `found` it is to be linked."""
    ids = found or [UNNAMED]
    mentions = [Mention(0, len(term), target, term) for target in ids] if term else []
    return Example(id, term, mentions, bool(found), source)


def _read_tsv(source: Source) -> list[Example]:
    examples: list[Example] = []
    for number, line in enumerate(source.lines, 1):
        if not line.strip():
            continue
        term, _, rest = line.partition("\t")
        if not examples and number == 1 and term.strip() in HEADERS:
            continue
        problem = encoding_problem(line) or (
            "" if term.strip() else f"no term before the tab: {shorten(line)}"
        )
        if problem:
            source.drop(number, problem)
            continue
        examples.append(example_of(str(len(examples)), term.strip(), targets(rest), source.place(number)))
    return examples


def _read_json(source: Source) -> list[Example]:
    """The line of a bad row can't be told, so its 1-based number in the array stands for it."""
    try:
        rows = json.loads("\n".join(source.lines))
    except (ValueError, RecursionError) as error:
        source.drop(getattr(error, "lineno", 1), f"no JSON array: {error}")
        return []
    examples: list[Example] = []
    for number, row in enumerate(rows, 1):
        try:
            examples.append(_example(row, len(examples), source.place(number)))
        except BadLine as error:
            source.drop(number, str(error))
    return examples


def _example(row: Any, index: int, source: str) -> Example:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"].strip():
        raise BadLine(f"no object with a text: {shorten(row)}")
    if not isinstance(row.get("normalized_result", ""), str):
        raise BadLine(f"'normalized_result' is no string: {shorten(row)}")
    if encoding_problem(row["text"] + row.get("normalized_result", "")):
        raise BadLine(f"not UTF-8: {shorten(row)}")
    return example_of(str(index), row["text"], targets(row.get("normalized_result", "")), source)
