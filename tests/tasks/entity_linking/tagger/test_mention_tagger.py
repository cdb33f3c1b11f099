"""Mentions found by reading: from training texts to probabilities."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nlpx.errors import DataError, RunError
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.example import Example, Mention
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.tagger.config import TaggerConfig
from nlpx.tasks.entity_linking.tagger.mention_tagger import MentionTagger
from nlpx.tasks.entity_linking.tagger.mention_words import MentionWords, Others, own_counts
from nlpx.tasks.entity_linking.tagger.name_words import NameWords, places_in_matches
from nlpx.training.progress import Progress

NETWORK = {
    "encoder": {"type": "bilstm", "units": 12, "dropout": 0.0, "inputs": {"tokens": {"size": 12}}},
    "training": {"epochs": 12, "learning_rate": 0.05, "buckets": 1},
}
FRAMES = ("看{}演唱会，", "《{}》在线观看", "听说{}来了")
NAMES = ("李娜", "王小明", "青藏高原", "大河")


def example(id: str, text: str, *surfaces: str) -> Example:
    places = [(text.index(surface), surface) for surface in surfaces]
    return Example(id, text, [Mention(at, at + len(s), "1", s) for at, s in places])


CHINESE = [
    example(f"{number}{name}", frame.format(name), name)
    for number, frame in enumerate(FRAMES)
    for name in NAMES
]
ENGLISH = [
    example("1", "We saw familial ataxia (FA) in two of them. FA is rare.", "familial ataxia", "FA"),
    example("2", "Loss of APC causes colon cancer in mice. No aspirin was given.", "colon cancer"),
    example("3", "Patients with breast cancer took aspirin every day.", "breast cancer"),
    example("4", "Patients with myotonia took nothing at all.", "myotonia"),
]


@pytest.fixture
def kb(tmp_path: Path) -> KnowledgeBase:
    names = [("1", "Cancer of colon"), ("2", "Ataxia, Familial"), ("3", "李娜")]
    return KnowledgeBase.build([Entity(id, name) for id, name in names], tmp_path / "kb")


def context(folder: Path, *, smoke: bool = False) -> FitContext:
    return FitContext(folder / "checkpoint", seed=0, smoke=smoke)


def best(found: list[tuple[int, int, float]]) -> list[tuple[int, int]]:
    return [(start, end) for start, end, probability in found if probability > 0.5]


@pytest.mark.parametrize("sections", [{}, {"network": NETWORK}, {"features": None, "network": NETWORK}])
def test_mentions_are_found_and_a_saved_tagger_finds_the_same(
    sections: dict, kb: KnowledgeBase, tmp_path: Path
) -> None:
    config = TaggerConfig(**sections)
    tagger = MentionTagger(config, kb)
    tagger.fit(CHINESE, [], context(tmp_path))
    found = tagger.spans(CHINESE)
    assert [best(spans) for spans in found] == [one.places for one in CHINESE]
    assert all(spans == sorted(spans) for spans in found)
    tagger.save(tmp_path / "model")
    other = MentionTagger(config, kb)
    other.load(tmp_path / "model")
    assert other.spans(CHINESE) == found


def test_english_mentions_too_and_abbreviations_like_their_long_forms(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    tagger = MentionTagger(TaggerConfig(unit="word", features={"min_count": 1}), kb)
    tagger.fit(ENGLISH, [], context(tmp_path))
    assert [best(spans) for spans in tagger.spans(ENGLISH)] == [one.places for one in ENGLISH]
    explained = "Here was familial myotonia (FM). FM is rare."
    unexplained = explained.replace("(FM)", "(A)")
    scores = []
    for text in (explained, unexplained):
        [found] = tagger.spans([example("5", text)])
        at = text.rindex("FM")
        scores.append(next((p for start, end, p in found if (start, end) == (at, at + 2)), 0.0))
    assert scores[0] > scores[1]


def test_out_of_fold_spans_come_from_taggers_that_never_saw_the_text(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    odd = example("odd", "唯一一次提到张三丰", "张三丰")
    tagger = MentionTagger(TaggerConfig(folds=3, features={"min_count": 1}), kb)
    tagger.fit([*CHINESE, odd], [], context(tmp_path))
    (*_, own), _ = tagger.out_of_fold([*CHINESE, odd], context(tmp_path))
    assert best(tagger.spans([odd])[0]) == odd.places
    assert odd.places[0] not in best(own)


class Epochs(Progress):
    """Counts the epochs of all networks."""

    def __init__(self) -> None:
        self.count = 0

    def row(self, row: Mapping[str, Any], *, best: bool) -> None:
        self.count += 1


def test_all_taggers_share_one_time_and_when_it_is_up_each_learns_the_least_it_can(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    epochs = Epochs()
    over = FitContext(tmp_path, seed=0, progress=epochs, max_seconds=60, began=time.monotonic() - 61)
    tagger = MentionTagger(TaggerConfig(folds=2, network=NETWORK), kb)
    report = tagger.fit(CHINESE, [], over)
    found, stopped = tagger.out_of_fold(CHINESE, over)
    assert report.stopped == stopped == "time"
    assert epochs.count == 3  # the tagger and those of the folds
    assert len(found) == len(CHINESE)


def test_nothing_to_find_and_nothing_to_learn(kb: KnowledgeBase, tmp_path: Path) -> None:
    tagger = MentionTagger(TaggerConfig(), kb)
    with pytest.raises(DataError, match="not one mention"):
        tagger.fit([example("1", "没有")], [], context(tmp_path))
    tagger.fit(CHINESE, [], context(tmp_path, smoke=True))
    assert tagger.spans([example("1", ""), example("2", "好" * 500)])[0] == []


def test_a_missing_file_is_named(kb: KnowledgeBase, tmp_path: Path) -> None:
    tagger = MentionTagger(TaggerConfig(), kb)
    tagger.fit(CHINESE, [], context(tmp_path, smoke=True))
    tagger.save(tmp_path / "model")
    (tmp_path / "model/features/weights.safetensors").unlink()
    with pytest.raises(RunError, match=r"weights\.safetensors"):
        MentionTagger(TaggerConfig(), kb).load(tmp_path / "model")


@pytest.mark.parametrize(
    "wrong", [{"features": None}, {"unit": "word", "network": {"encoder": {"type": "bilstm"}}}]
)
def test_a_tagger_that_makes_no_sense_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="tagger"):
        TaggerConfig(**wrong)


@pytest.mark.parametrize("again", [[], [ENGLISH[3]], [example("5", ENGLISH[3].text.upper(), "MYOTONIA")]])
def test_a_training_text_does_not_read_its_own_labels_nor_those_of_a_repeated_one(again: list) -> None:
    texts = [*ENGLISH, *again]
    total, own = MentionWords.of(texts), own_counts(texts)
    assert Others(total, MentionWords()).is_mention("myotonia")
    for number in range(3, len(texts)):
        others = Others(total, own[number])
        assert not others.is_mention("myotonia")
        assert others.rate("myotonia") == "new"
    assert Others(total, own[0]).is_mention("myotonia")


def test_names_are_found_longest_first_and_inverted_ones_turned(kb: KnowledgeBase) -> None:
    names = NameWords(kb)
    assert "familial ataxia" in names
    stems = ["a", "cancer", "of", "colon", "or", "familial", "-", "ataxia"]
    assert places_in_matches(stems, names.__contains__) == ["O", "B", "I", "E", "O", "B", "I", "E"]
