"""The file formats: one file each, all in `READERS` (texts) and `KB_READERS` (knowledge bases)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.formats.ccks2019 import read_ccks2019, read_ccks2019_kb
from nlpx.tasks.entity_linking.formats.medic import read_medic
from nlpx.tasks.entity_linking.formats.plain import read_plain, read_plain_kb
from nlpx.tasks.entity_linking.formats.pubtator import read_pubtator
from nlpx.tasks.entity_linking.formats.terms import read_terms
from nlpx.tasks.entity_linking.formats.terms_kb import read_terms_kb
from nlpx.tasks.entity_linking.report import Source

READERS: dict[str, Callable[[Source], list[Example]]] = {
    "ccks2019": read_ccks2019,
    "pubtator": read_pubtator,
    "terms": read_terms,
    "plain": read_plain,
}

KB_READERS: dict[str, Callable[[Path], Iterator[Entity]]] = {
    "ccks2019": read_ccks2019_kb,
    "medic": read_medic,
    "terms": read_terms_kb,
    "plain": read_plain_kb,
}
