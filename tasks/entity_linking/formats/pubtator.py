"""PubTator blocks, as in the NCBI Disease corpus.

    10192393|t|A common human skin tumour is caused by …
    10192393|a|WNT signalling orchestrates …
    10192393<TAB>15<TAB>26<TAB>skin tumour<TAB>DiseaseClass<TAB>D012878

A blank line ends a block; the text is title, blank, abstract. ``D1|D2`` names the concepts of a composite mention,
``D1+D2`` those that only together say it; both become one mention per concept. ``OMIM:`` and ``MESH:`` before a
concept are left out, because MEDIC leaves them out too; ``-1`` and ``-`` mean none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlpx.tasks.entity_linking.example import Example, Mention
from nlpx.tasks.entity_linking.formats.objects import identifier, whole
from nlpx.tasks.entity_linking.report import Source
from nlpx.text.lines import BadLine, encoding_problem, shorten

TEXT = re.compile(r"([^|\t]+)\|([ta])\|(.*)", re.DOTALL)
NONE = ("-1", "-", "")
PREFIX = re.compile(r"^(OMIM|MESH|MIM):", re.IGNORECASE)

Numbered = tuple[int, str]


def read_pubtator(source: Source) -> list[Example]:
    """The examples of the blocks; a document that is there twice, as in the NCBI training set, is read once."""
    read: dict[str, Example] = {}
    for block in _blocks(source.lines):
        first = block[0][0]
        try:
            example = _example(block)
            before = read.get(example.id)
            if before and before.text != example.text:
                raise BadLine(f"id {shorten(example.id)} is already that of {before.source}")
        except BadLine as error:
            source.drop(first, str(error))
            continue
        if before:
            source.report.odd["document twice"] = source.report.odd.get("document twice", 0) + 1
            continue
        example.source = source.place(first)
        read[example.id] = example
    return list(read.values())


def concepts_of(text: str) -> list[str | None]:
    """The ids in the last column, each once, in order; ``[None]`` where there is none."""
    parts = (PREFIX.sub("", part.strip()) for part in re.split(r"[|+]", text))
    ids = list(dict.fromkeys(part for part in parts if part not in NONE))
    return [*ids] or [None]


def _blocks(lines: list[str]) -> Iterator[list[Numbered]]:
    block: list[Numbered] = []
    for number, line in enumerate([*lines, ""], 1):
        if line and not line.isspace():
            block.append((number, line))
        elif block:
            yield block
            block = []


def _example(block: list[Numbered]) -> Example:
    parts: dict[str, str] = {}
    id, mentions, labelled = "", list[Mention](), False
    for number, line in block:
        match = TEXT.fullmatch(line)
        if match:
            id, parts[match[2]] = match[1], match[3]
        else:
            labelled = True
            try:
                mentions += _mentions(line, " ".join(parts.values()))
            except BadLine as error:
                raise BadLine(f"line {number}: {error}") from None
    if not id or encoding_problem(" ".join(parts.values())):
        raise BadLine(f"no title or abstract that is UTF-8: {shorten(block[0][1])}")
    return Example(id, " ".join(parts.values()), mentions, labelled)


def _mentions(line: str, text: str) -> Iterator[Mention]:
    if encoding_problem(line):
        raise BadLine(encoding_problem(line))
    fields = line.split("\t")
    if len(fields) < 5 or (len(fields) == 5 and not fields[1].isdecimal()):
        raise BadLine(f"wanted id, start, end, mention, type, concepts; got {shorten(line)}")
    start, end = whole(fields[1], "start"), whole(fields[2], "end")
    if not 0 <= start < end <= len(text):
        raise BadLine(f"{start} to {end} is no span of a text of {len(text)} characters")
    # What the file calls the mention may have lost blanks; the offsets are what is scored.
    surface = text[start:end] if fields[3].split() == text[start:end].split() else fields[3]
    for concept in concepts_of(fields[5] if len(fields) > 5 else ""):
        id = None if concept is None else identifier(concept, "concept")
        yield Mention(start, end, id, surface)
