"""Stanford Sentiment Treebank: a bracketed tree a line, `(3 (2 It) (4 works))`, a class 0 to 4 on every phrase.

Binary reading makes 0 and 1 negative, 3 and 4 positive, and leaves 2 out (Socher et al. 2013). With `phrases` every
phrase is an example of its own, which the usual protocol allows for training; the same one twice counts once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.formats.encodings import read_text
from nlpx.tasks.classification.formats.source import Source, checked_text
from nlpx.text.lines import BadLine, shorten

BINARY = {"0": "negative", "1": "negative", "2": None, "3": "positive", "4": "positive"}
TREE = re.compile(r"\s*\([0-4] ")
ESCAPES = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}

_PART = re.compile(r"[()]|[^\s()]+")

Phrase = tuple[str, str]  # class and text


def read_trees(source: Source) -> list[Example]:
    text, source.report.encoding = read_text(source.path, source.options.encoding)
    examples: list[Example] = []
    known: set[Phrase] = set()
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            phrases = list(parse_tree(checked_text(line)))
        except BadLine as error:
            source.drop(number, str(error))
            continue
        # The whole text comes last in a tree, so that its phrases follow it here.
        kept = phrases[::-1] if source.options.phrases else phrases[-1:]
        for part, phrase in enumerate(kept):
            if part and phrase in known:
                continue
            known.add(phrase)
            examples += _example(phrase, number, part, source)
    return examples


def _example(phrase: Phrase, number: int, part: int, source: Source) -> list[Example]:
    label = BINARY[phrase[0]] if source.options.binary else phrase[0]
    if label is None:
        source.report.neutral += 1
        return []
    source.report.phrases += part > 0
    id = f"{number - 1}.{part}" if part else str(number - 1)
    return [Example(id, phrase[1], (label,), source=source.place(number), whole=not part)]


def parse_tree(line: str) -> Iterator[Phrase]:
    """Class and text of every phrase of a tree, the whole one last; BadLine where the brackets don't fit."""
    open_phrases: list[tuple[str, list[str]]] = []
    parts = iter(_PART.findall(line))
    done = False
    for part in parts:
        if done or (part != "(" and not open_phrases):
            raise BadLine(f"the brackets don't fit: {shorten(line)}")
        if part == "(":
            label = next(parts, "")
            if label not in BINARY:
                raise BadLine(f"wanted a class 0 to 4 after a bracket, got {shorten(label)}")
            open_phrases.append((label, []))
        elif part == ")":
            label, words = open_phrases.pop()
            if open_phrases:
                open_phrases[-1][1].extend(words)
            done = not open_phrases
            yield label, " ".join(words)
        else:
            open_phrases[-1][1].append(ESCAPES.get(part, part.replace("\\/", "/").replace("\\*", "*")))
    if not done:
        raise BadLine(f"the brackets don't fit: {shorten(line)}")
