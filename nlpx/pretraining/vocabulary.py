"""A vocabulary of word pieces from raw text, by counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase, digits, punctuation

from nlpx.encoders.pretrained.wordpiece import Wordpiece

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")

TRIMMED = 2_000_000
"""Different words that are counted at once; beyond it the rarest are forgotten."""


def count_vocabulary(
    texts: Iterable[str], *, size: int, min_count: int, lower: bool, always: bool = True
) -> list[str]:
    """The tokens of a vocabulary, special ones first, then by frequency.

    Ideographs and signs are words of their own for BERT, so for Chinese this is a list of characters. Of other words
    (Latin, numbers) it has every frequent character, at the beginning of a word and inside of one, so that few words
    are unknown; the places that are left go to the most frequent whole words. Ties are broken by code point.

    Args:
        texts: read once.
        size: tokens at most.
        min_count: what is rarer is no token.
        lower: fold case and take accents off.
        always: add the letters, digits and signs of ASCII, however rare.
    """
    words = _count_words(texts, lower=lower)
    pieces: Counter[str] = Counter()
    for word, count in words.items():
        pieces[word[0]] += count
        for character in word[1:]:
            pieces["##" + character] += count
    tokens = [*SPECIAL, *(_ascii(lower=lower) if always else [])]
    for ranked in (_ranked(pieces, min_count), _ranked(words, min_count)):
        known = set(tokens)
        tokens += [token for token in ranked if token not in known][: max(0, size - len(tokens))]
    return tokens


def _count_words(texts: Iterable[str], *, lower: bool) -> Counter[str]:
    split = Wordpiece(SPECIAL, lower=lower).words
    words: Counter[str] = Counter()
    for text in texts:
        words.update(split(text))
        if len(words) > TRIMMED:
            words = Counter(dict(words.most_common(TRIMMED // 2)))
    return words


def _ranked(counts: Counter[str], least: int) -> list[str]:
    found = [token for token, count in counts.items() if count >= least]
    return sorted(found, key=lambda token: (-counts[token], token))


def _ascii(*, lower: bool) -> list[str]:
    letters = ascii_lowercase if lower else ascii_lowercase + ascii_uppercase
    return [*punctuation, *digits, *letters, *(f"##{one}" for one in digits + letters)]
