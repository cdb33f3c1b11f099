"""Which files are data of a task, and which are lines of texts."""

from __future__ import annotations

import pytest

from nlpx.pipeline.given import is_data_file


@pytest.mark.parametrize(
    "content",
    [
        "我的 OPPO 手机坏了",
        "I love the Oscars very much",
        "the film is B-grade stuff\nnobody knows why O",
        "Yes I\n",
        "一行\n又一行\n",
        '{"text": "王明"}\n{"text": "北京"}\n',
        "",
    ],
)
def test_lines_of_texts_are_none(tmp_path, content):
    (tmp_path / "new.txt").write_text(content)
    assert not is_data_file(tmp_path / "new.txt")


@pytest.mark.parametrize(
    "content",
    [
        "北 B\n京 E\n",
        "北 B_LOC\n京 I_LOC\n\n了\tO\n",
        "EU NNP B-ORG\nrejects VBZ O\n",
        "(3 (2 It) (4 works))\n",
        "100|t|A title\n100|a|An abstract\n",
        '[\n{"text": "王明"}\n]',
    ],
)
def test_formats_of_tasks_are(tmp_path, content):
    (tmp_path / "new.txt").write_text(content)
    assert is_data_file(tmp_path / "new.txt")
