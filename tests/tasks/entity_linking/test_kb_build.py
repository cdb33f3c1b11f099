"""From entities, or files of them, to candidates."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.data import read_kb
from nlpx.tasks.entity_linking.entity import NIL, Entity
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase, folding
from tests.tasks.entity_linking.kb_samples import ENTITIES


@pytest.fixture
def kb(tmp_path):
    return KnowledgeBase.build(ENTITIES, tmp_path / "kb")


def row(id="1", subject="胜利", alias=("胜利",), data=()):
    return {"subject_id": id, "subject": subject, "alias": list(alias), "type": ["Thing"], "data": list(data)}


def write(path, rows, *, bom=False, end="\n"):
    text = "".join(json.dumps(one, ensure_ascii=False) + end for one in rows)
    path.write_bytes(b"\xef\xbb\xbf" * bom + text.encode())
    return path


def test_candidates_come_by_prior(kb):
    found = kb.candidates("李娜")
    assert found.ids == ["1", "2", "3"]  # more is told about 1; 李娜 is an alias of 3 only
    assert list(found.priors) == sorted(found.priors, reverse=True)
    assert found.priors.sum() == pytest.approx(1)
    assert [kb.entity(index).id for index in found.indices.tolist()] == found.ids


def test_known_links_decide_the_order(tmp_path):
    kb = KnowledgeBase.build(ENTITIES, tmp_path / "kb", popularity={"3": 50, "2": 3})
    assert kb.candidates("李娜").ids == ["3", "2", "1"]


def test_a_limit_keeps_the_best_and_their_priors(kb):
    cut, whole = kb.candidates("李娜", limit=2), kb.candidates("李娜")
    assert cut.ids == whole.ids[:2]
    assert cut.priors == pytest.approx(whole.priors[:2])


@pytest.mark.parametrize("surface", ["Angel", "ANGEL", "ａｎｇｅｌ", " angel ", "安琪"])
def test_case_width_and_blanks_make_no_difference(kb, surface):
    assert kb.candidates(surface).ids == ["4"]


@pytest.mark.parametrize(
    ("surface", "ids"), [("长城", ["5"]), ("《长城》", ["5"]), ("无", []), ("", []), ("《》", [])]
)
def test_title_marks_are_no_part_of_a_name(kb, surface, ids):
    assert kb.candidates(surface).ids == ids


def test_entities_come_back_as_they_were(kb):
    assert list(kb) == ENTITIES
    assert kb.entity("4") == kb.entity(3) == ENTITIES[3]
    assert "4" in kb
    assert "nobody" not in kb
    with pytest.raises(KeyError):
        kb.entity("nobody")
    with pytest.raises(IndexError):
        kb.entity(6)


def test_another_id_of_an_entity_leads_to_it_unless_it_is_someones_own(tmp_path):
    entities = [
        Entity("D1", "cancer", attributes=[("other id", "219700"), ("other id", "D2")]),
        Entity("D2", "cold", attributes=[("other id", "219700")]),
    ]
    kb = KnowledgeBase.build(entities, tmp_path / "kb")
    assert [kb.index_of(id) for id in ("D1", "219700", "D2", "none")] == [0, 0, 1, None]


def test_rows_of_many_names_equal_the_candidates_of_each(kb):
    names = np.array([kb.names.index_of(surface) for surface in ("长", "李娜", "angel", "长")])
    rows = kb.candidate_rows(names, limit=2)
    for number, surface in enumerate(("长", "李娜", "angel", "长")):
        part = slice(rows.offsets[number], rows.offsets[number + 1])
        assert kb.ids_of(rows.indices[part]) == kb.candidates(surface, 2).ids
        assert rows.priors[part] == pytest.approx(kb.candidates(surface, 2).priors)


def test_a_surface_with_five_thousand_candidates(tmp_path):
    kb = KnowledgeBase.build((Entity(str(n), "张伟") for n in range(5000)), tmp_path / "kb")
    assert kb.candidates("张伟").ids == [str(n) for n in range(5000)]
    assert kb.candidates("张伟", 3).priors.tolist() == pytest.approx([1 / 5000] * 3)
    assert len(kb.fuzzy("张维", 20)) == 20


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([row(alias=[])], ["1"], id="no alias"),
        pytest.param([row(alias=["大胜"])], ["1"], id="aliases without the subject"),
        pytest.param([row(alias=["胜利", "胜利"])], ["1"], id="aliases twice"),
        pytest.param([row(data=[]), row(id="2")], ["1", "2"], id="nothing told"),
        pytest.param([row(alias=["", " ", "《》"])], ["1"], id="blank aliases"),
        pytest.param([row(data=[{"predicate": "标签", "object": ""}] * 2)], ["1"], id="attributes twice"),
    ],
)
def test_odd_rows(tmp_path, rows, found):
    kb = KnowledgeBase.build(read_kb(write(tmp_path / "kb_data", rows)), tmp_path / "kb")
    assert kb.candidates("胜利").ids == found


def test_line_ends_and_byte_order_marks_make_no_difference(tmp_path):
    rows = [row(), row(id="2", subject="长城")]
    plain = KnowledgeBase.build(read_kb(write(tmp_path / "a", rows)), tmp_path / "kb1")
    windows = KnowledgeBase.build(
        read_kb(write(tmp_path / "b", rows, bom=True, end="\r\n")), tmp_path / "kb2"
    )
    assert plain.fingerprint == windows.fingerprint


def test_a_line_that_is_no_json_and_an_id_twice_are_named(tmp_path):
    path = write(tmp_path / "kb_data", [row(), row()])
    path.write_text(path.read_text() + "{broken\n")
    with pytest.raises(DataError) as error:
        KnowledgeBase.build(read_kb(path), tmp_path / "kb")
    assert error.value.details == (
        f"{path}:2: id '1' is already that of line 1",
        f"{path}:3: no JSON object: '{{broken'",
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["kb_data"]


@pytest.mark.parametrize(
    ("entities", "message"),
    [
        pytest.param([], "the knowledge base is empty", id="empty"),
        pytest.param([Entity("1", "a"), Entity("1", "b")], "1 ids name several entities", id="id twice"),
        pytest.param([Entity(NIL, "a")], "'NIL' can't be the id", id="NIL"),
        pytest.param([Entity("", "a")], "'' can't be the id", id="no id"),
        pytest.param([Entity("1", "\ud800")], "can't be written as UTF-8", id="no UTF-8"),
    ],
)
def test_refused_entities(tmp_path, entities, message):
    with pytest.raises(DataError, match=message):
        KnowledgeBase.build(entities, tmp_path / "kb")
    assert not list(tmp_path.iterdir())


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "kb_data").write_text("\n\n")
    with pytest.raises(DataError, match="is empty"):
        KnowledgeBase.build(read_kb(tmp_path / "kb_data"), tmp_path / "kb")


def test_an_entity_without_a_name_is_found_by_its_id_only(tmp_path):
    kb = KnowledgeBase.build([Entity("1", " "), Entity("2", "b")], tmp_path / "kb")
    assert len(kb) == 2
    assert len(kb.names) == 1


def test_names_with_the_character_zero_are_found_as_if_it_were_a_blank():
    assert folding.fold_names(["a\0b", "《c》", ""]) == ["a b", "c", ""]
    assert folding.fold_names(["Ａ", "b"]) == ["a", "b"]
    assert folding.fold_names([]) == []
