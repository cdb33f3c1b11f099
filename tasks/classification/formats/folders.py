"""A folder per class with a text per file: `train/pos/0_9.txt` is a text of the class pos."""

from __future__ import annotations

from pathlib import Path

from nlpx.errors import DataError
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.formats.encodings import read_text
from nlpx.tasks.classification.formats.source import Source, checked_text
from nlpx.text.lines import BadLine


def read_folders(source: Source) -> list[Example]:
    """The files of each class in the order of their names; an id is class and name, as `pos/0_9`.

    Line ends at the end of a file are no part of its text.
    """
    examples = []
    encodings = set()
    for number, path in enumerate(class_files(source.path), 1):
        label = path.parent.name
        text, encoding = read_text(path, source.options.encoding)
        encodings.add(encoding)
        try:
            text = checked_text(text.rstrip("\r\n"))
        except BadLine as error:
            source.drop(number, f"{label}/{path.name}: {error}")
            continue
        examples.append(Example(f"{label}/{path.stem}", text, (label,), source=f"{path}:1"))
    source.report.encoding = ", ".join(sorted(encodings))
    return examples


def class_files(folder: Path) -> list[Path]:
    """The files of all classes, sorted; names that begin with a dot are passed over.

    Raises:
        DataError: there is no folder in the folder, so there are no classes.
    """
    classes = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not classes:
        raise DataError(f"{folder}: holds no folders; wanted one for each class", "Name their parent folder.")
    return [
        path
        for one in classes
        for path in sorted(one.iterdir())
        if path.is_file() and not path.name.startswith(".")
    ]
