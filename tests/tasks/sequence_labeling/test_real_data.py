"""The public datasets, where NLPX_DATA names the folder that holds them; their licences forbid to ship them."""

import os
from pathlib import Path

import pytest

from nlpx.tasks.sequence_labeling.data import read
from nlpx.tasks.sequence_labeling.submission import check, write
from nlpx.text.tags import convert, count_repairs, spans_to_tags

FOLDER = Path(os.environ.get("NLPX_DATA", "")) / "ner"
pytestmark = pytest.mark.skipif(
    not (os.environ.get("NLPX_DATA") and FOLDER.is_dir()),
    reason="set NLPX_DATA to the folder of the public datasets",
)
FILES = {
    "resume/train.char.bmes": ("BMESO", 3821, 13440),
    "weibo/weiboNER_2nd_conll.train": ("BIO", 1350, 1895),
    "cluener/train.json": ("", 10748, 23972),
    "conll2000/train.txt": ("BIO", 8936, 106978),
}


@pytest.mark.parametrize("name", FILES)
def test_every_text_and_entity_is_read(name):
    examples, report = read(FOLDER / name)
    assert (report.scheme, report.examples, report.entities) == FILES[name]
    assert report.misaligned == 0
    for example in examples[:500]:
        assert all(0 <= span.start < span.end <= len(example.text) for span in example.spans)


def test_all_schemes_say_the_same_about_real_entities():
    examples, _ = read(FOLDER / "resume/train.char.bmes")
    for example in examples[:1000]:
        tags = spans_to_tags(example.spans, example.length, "BIOES")
        for scheme in ("BIO", "IOB1", "BMES", "BILOU"):
            there = convert(tags, "BIOES", scheme)
            assert count_repairs(there, scheme) == 0
            assert convert(there, scheme, "BIOES") == tags


@pytest.mark.parametrize("format", ["spans", "cluener"])
def test_gold_is_an_accepted_submission(tmp_path, format):
    examples, report = read(FOLDER / "cluener/train.json")
    write(tmp_path / "out", examples, [example.spans for example in examples], format)
    assert check(tmp_path / "out", format, examples, report.labels) == []
