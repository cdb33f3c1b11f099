"""Adding to a knowledge base equals building it again with everything."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpx.errors import DataError, RunError
from nlpx.runs.lock import FolderLock
from nlpx.tasks.entity_linking.entity import NIL, Entity
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from tests.tasks.entity_linking.kb_samples import ENTITIES, LETTERS, entity_lists

NEW = Entity("7", "李娜", ["小娜"], "手机里的语音助手", ("Thing",))


@pytest.fixture
def kb(tmp_path):
    return KnowledgeBase.build(ENTITIES, tmp_path / "kb", popularity={"3": 9})


def view(kb, texts):
    """All that a knowledge base says, without the indices of names."""
    names = {kb.names.name(index) for index in range(len(kb.names))}
    candidates = {
        name: (found.ids, found.priors.tolist()) for name in names if (found := kb.candidates(name)).ids
    }
    spans = [[(start, end, kb.names.name(name)) for start, end, name in kb.matches(text)] for text in texts]
    scanned = [
        [(start, end, kb.names.name(name)) for start, end, name in rows]
        for rows in kb.scan(texts).split(len(texts))
    ]
    assert spans == scanned
    return list(kb), {entity.id: kb.index_of(entity.id) for entity in kb}, candidates, spans


@settings(max_examples=20)
@given(
    entity_lists(),
    st.lists(entity_lists(least=0), max_size=2),
    st.lists(st.text(LETTERS, max_size=8), max_size=3),
)
def test_adding_equals_building_again(entities, additions, texts):
    with tempfile.TemporaryDirectory() as folder:
        kb = KnowledgeBase.build(entities, Path(folder) / "kb")
        everything = {entity.id: entity for entity in entities}
        for added in additions:
            kb = kb.add(added)
            everything |= {entity.id: entity for entity in added}
        again = KnowledgeBase.build(everything.values(), Path(folder) / "again")
        expected = view(again, texts)
        assert view(kb, texts) == expected
        assert view(kb.compact(), texts) == expected


def test_a_new_entity_and_new_names(kb):
    after = kb.add([NEW])
    assert after.candidates("小娜").ids == ["7"]
    assert after.candidates("李娜").ids == ["3", "1", "7", "2"]
    assert after.entity("7") == after.entity(6) == NEW
    assert after.matches("问小娜") == [(1, 3, after.names.number("小娜"))]
    assert after.fuzzy("小娜娜", 1) == [("7", pytest.approx(0.75, abs=0.25))]
    assert (len(after), after.added, len(kb)) == (7, 1, 6)


def test_a_replaced_entity_loses_its_old_names_and_keeps_its_index(kb):
    after = kb.add([Entity("4", "天使")])
    assert after.index_of("4") == kb.index_of("4")
    assert after.candidates("天使").ids == ["4"]
    assert after.candidates("angel").ids == after.matches("angel安琪") == []
    assert after.fuzzy("angel") == []


def test_additions_stay_and_later_ones_win(kb):
    kb.add([NEW])
    kb.add([Entity("7", "别名")])
    after = KnowledgeBase.open(kb.folder)
    assert (after.entity("7").name, after.candidates("小娜").ids) == ("别名", [])


def test_fingerprints(kb):
    after = kb.add([NEW])
    assert after.fingerprint != kb.fingerprint == kb.base_fingerprint == after.base_fingerprint
    after.check_fingerprint(kb.base_fingerprint)
    compacted = after.compact()
    assert compacted.base_fingerprint != kb.base_fingerprint
    compacted.add([Entity("8", "新")]).compact().check_fingerprint(kb.base_fingerprint)


def test_compacting_keeps_what_is_known_about_popularity(kb):
    assert kb.add([NEW]).compact().candidates("李娜").ids == ["3", "1", "7", "2"]


def test_another_knowledge_base_is_refused(kb, tmp_path):
    other = KnowledgeBase.build(ENTITIES[:3], tmp_path / "other")
    with pytest.raises(DataError, match="not the knowledge base that the model was trained with") as error:
        other.check_fingerprint(kb.base_fingerprint)
    assert kb.base_fingerprint[:16] in error.value.details[0]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: b"{}\n" + data, lambda data: b"", lambda data: b"\xff"]
)
def test_a_damaged_file_of_additions_is_named(kb, damage):
    kb.add([NEW])
    path = kb.folder / "overlay.jsonl"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=r"overlay\.jsonl: changed since it was written"):
        KnowledgeBase.open(kb.folder)


def test_two_processes_cannot_add_at_once(kb):
    lock = FolderLock(kb.folder)
    assert lock.acquire()
    with pytest.raises(RunError, match="another process is changing it"):
        kb.add([NEW])
    lock.release()
    assert kb.add([NEW]).added == 1


@pytest.mark.parametrize("id", [NIL, ""])
def test_ids_that_cannot_be(kb, id):
    with pytest.raises(DataError, match="can't be the id"):
        kb.add([Entity(id, "a")])
    assert KnowledgeBase.open(kb.folder).added == 0
