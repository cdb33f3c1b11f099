"""The public datasets, where NLPX_DATA names the folder that holds them; their licences forbid to ship them."""

import os
from pathlib import Path

import pytest

from nlpx.tasks.entity_linking.data import read, read_kb
from nlpx.tasks.entity_linking.submission import check

FOLDER = Path(os.environ.get("NLPX_DATA", "")) / "el"
pytestmark = pytest.mark.skipif(
    not (os.environ.get("NLPX_DATA") and FOLDER.is_dir()),
    reason="set NLPX_DATA to the folder of the public datasets",
)
TEXTS = {
    "ccks2019_partial/train_mentions.jsonl": ("ccks2019", 8000, 27393),
    "ccks2019_partial/develop.json": ("ccks2019", 10000, 0),
    "ncbi_disease/NCBItrainset_corpus.txt": ("pubtator", 592, 5259),
    "ncbi_disease/NCBIdevelopset_corpus.txt": ("pubtator", 100, 821),
    "yidu_n7k/train.tsv": ("terms", 4000, 4270),
    "yidu_n7k/dev.tsv": ("terms", 1000, 1063),
    "chip_cdn/train.json": ("terms", 6000, 10915),
}
KNOWLEDGE_BASES = {
    "ccks2019_partial/kb_data": 801,
    "ncbi_disease/medic_06Jul2012.txt": 11915,
    "yidu_n7k/code.tsv": 9468,
    "chip_cdn/icd10_beijing_v601.xlsx": 37645,
}


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_and_mention_is_read(name):
    examples, report = read(FOLDER / name)
    assert (report.format, report.texts, report.mentions) == TEXTS[name]
    assert all(example.text[m.start : m.end] == m.surface for example in examples for m in example.tidy())


@pytest.mark.parametrize("name", KNOWLEDGE_BASES)
def test_every_entity_is_read(name):
    assert sum(1 for _ in read_kb(FOLDER / name)) == KNOWLEDGE_BASES[name]


def test_the_submission_of_a_competitor_is_what_the_check_wants():
    examples, _ = read(FOLDER / "ccks2019_partial/develop.json")
    path = FOLDER / "ccks2019_partial/develop_peer_submission.json"
    answers, _ = read(path)
    known = {mention.entity_id for example in answers for mention in example.mentions}
    problems = check(path, "ccks2019", examples, known)
    assert problems  # it nests mentions
    assert all("overlaps" in problem for problem in problems)
    assert check(path, "ccks2019", examples, known, overlaps=True) == []
