"""Word lists: reading them, and finding their words in a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from nlpx.errors import DataError
from nlpx.text.vocabulary import escape, unescape


class Lexicon:
    """Words that each belong to one or more classes.

    Args:
        classes: the words of each class. Words shorter than `min_length` characters are left out.
    """

    def __init__(self, classes: Mapping[str, Iterable[str]], min_length: int = 2) -> None:
        self.classes = tuple(classes)
        self._words: dict[str, tuple[int, ...]] = {}
        for index, words in enumerate(classes.values()):
            for word in dict.fromkeys(words):
                if len(word) >= max(min_length, 1):
                    self._words[word] = (*self._words.get(word, ()), index)
        self._lengths = _lengths_by_start(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def matches(self, text: str) -> list[tuple[int, int, tuple[int, ...]]]:
        """Every occurrence of every word, nested ones too: start, end and the indices of its classes."""
        found = []
        words, lengths = self._words, self._lengths
        for start in range(len(text)):
            for length in lengths.get(text[start : start + 2], ()) or lengths.get(text[start], ()):
                classes = words.get(text[start : start + length])
                if classes is not None and start + length <= len(text):
                    found.append((start, start + length, classes))
        return found

    def to_text(self) -> str:
        """A line ``word TAB class TAB class …`` per word."""
        return "".join(
            "\t".join([escape(word), *(escape(self.classes[index]) for index in indices)]) + "\n"
            for word, indices in self._words.items()
        )

    @classmethod
    def from_text(cls, text: str, classes: Iterable[str]) -> Lexicon:
        """What `to_text` wrote; `classes` fixes their order."""
        words: dict[str, list[str]] = {name: [] for name in classes}
        for line in text.split("\n")[:-1]:
            word, *names = map(unescape, line.split("\t"))
            for name in names:
                words[name].append(word)
        return cls(words, min_length=1)


def _lengths_by_start(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Lengths of the words that begin with the same two characters, one-character words included."""
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[:2], set()).add(len(word))
    for start, found in lengths.items():
        if len(start) == 2 and start[0] in lengths:
            found.add(1)
    return {start: tuple(sorted(found)) for start, found in lengths.items()}


def read_words(path: Path) -> list[str]:
    """Words of a list, one a line; what follows a tab (a frequency, as THUOCL has it) is ignored.

    Any line ends, a byte order mark and blanks around a word are accepted, lines starting with ``#`` skipped.
    Raises DataError where the file is missing, isn't UTF-8 or holds no word.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such word list", "Put a UTF-8 file there, one word a line.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: can't be read as a word list: {error}", "It must be UTF-8, one word a line."
        ) from error
    words = [line.split("\t")[0].strip() for line in text.splitlines() if not line.startswith("#")]
    words = list(dict.fromkeys(word for word in words if word))
    if not words:
        raise DataError(f"{path}: the word list is empty", "Put one word on each line.")
    return words
