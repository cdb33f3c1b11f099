"""Rung 5, from a config to links with reasons."""

import time

import pytest

from nlpx.config.load import load
from nlpx.errors import DataError, RunError
from nlpx.runs import RunStore
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.task import EntityLinking
from tests.pipeline.tiny import nlpx
from tests.tasks.entity_linking.el_samples import DEV, KB, entity, row, text, write_rows, write_task

CONFIG = """\
task: entity_linking
data: {kb: kb_data, train: train.json, dev: dev.json, test: develop.json}
model: {type: nlpx, stacker: {trees: 20, min_rows: 2}}
"""
TRAIN = [
    *(row(str(n), f"李娜唱青藏高原{n}", ("李娜", "10002"), ("青藏高原", "10006")) for n in range(20)),
    *(row(str(20 + n), f"李娜打网球{n}", ("李娜", "10001")) for n in range(20)),
    *(row(str(40 + n), f"我们走了{n}里路，苹果发布", ("苹果", "10004")) for n in range(20)),
    *(row(str(60 + n), f"天使在人间{n}", ("天使", "NIL")) for n in range(20)),
]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))


def write(folder, config=CONFIG):
    path = write_task(folder, config)
    write_rows(folder / "train.json", TRAIN)
    return path


def make(folder, *sets):
    """The task, and its trained model."""
    task = EntityLinking(load(write(folder), EntityLinkingConfig, sets=sets).config)
    model = task.predictor()
    model.fit(task.read("train")[0], task.read("dev")[0], FitContext(folder / "fit", seed=0))
    return task, model


def links(model, content):
    [prediction] = model.predict([text(content)])
    return {content[link.start : link.end]: link for link in prediction.links}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NLPX_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield make(tmp_path_factory.mktemp("task"))


def test_context_tells_namesakes_apart(trained):
    _, model = trained
    assert links(model, "李娜唱青藏高原啊")["李娜"].entity_id == "10002"
    assert links(model, "李娜打网球啊")["李娜"].entity_id == "10001"


def test_every_match_has_a_link_or_a_reason(trained):
    found = links(trained[1], "我们和天使说李娜唱青藏高原")
    reasons = {surface: link.reason for surface, link in found.items()}
    assert reasons == {
        "我们": "below threshold",
        "天使": "nil",
        "李娜": "",
        "青藏高原": "",
        "高原": "below threshold",
    }


def test_candidates_are_sorted_and_say_where_their_scores_come_from(trained):
    link = links(trained[1], "李娜唱青藏高原")["李娜"]
    scores = [candidate.score for candidate in link.candidates]
    assert scores == sorted(scores, reverse=True)
    assert link.score == scores[0]
    assert 0 <= link.score <= 1
    assert {"10001", "10002"} <= {candidate.entity_id for candidate in link.candidates}
    assert all(candidate.parts for candidate in link.candidates)


def test_links_do_not_depend_on_gold_or_company(trained):
    _, model = trained
    contents = ["李娜唱青藏高原", "", "没有", "我们买苹果"]
    together = model.predict([text(one) for one in contents])
    alone = [model.predict([text(one)])[0] for one in contents]
    told = model.predict([text(contents[0], ("李娜唱", "10001"))])[0]
    assert [one.links for one in together] == [one.links for one in alone]
    assert told.links == alone[0].links


def test_gold_places_are_judged_even_where_they_are_no_match(trained):
    example = text("李娜唱青藏高原", ("李娜", "10002"), ("唱青", None))
    [prediction] = trained[1].predict([example])
    said = {(link.start, link.end): link for link in prediction.on_gold}
    assert set(said) == set(example.places)
    assert said[0, 2].entity_id == "10002"
    assert said[2, 4].reason == "no candidate"


def test_gold_places_that_pruning_leaves_out_are_judged_too(tmp_path):
    _, model = make(tmp_path, "model.pruning=5")
    [prediction] = model.predict([text("我们走了", ("我们", "10005"))])
    assert prediction.links == []
    assert prediction.on_gold[0].entity_id == "10005"


def test_what_was_saved_links_the_same(trained, tmp_path):
    task, model = trained
    model.save(tmp_path)
    again = task.predictor()
    again.load(tmp_path)
    examples = task.read("dev")[0]
    assert again.predict(examples) == model.predict(examples)


def test_a_damaged_model_is_refused(trained, tmp_path):
    task, model = trained
    model.save(tmp_path)
    (tmp_path / "linker.json").write_text('{"version": 0}')
    with pytest.raises(RunError, match="another version"):
        task.predictor().load(tmp_path)


def test_another_knowledge_base_is_refused(trained, tmp_path):
    _, model = trained
    model.save(tmp_path / "model")
    write(tmp_path / "other")
    write_rows(tmp_path / "other/kb_data", [*KB, entity("20000", "新来的")])
    other = EntityLinking(load(tmp_path / "other/el.yaml", EntityLinkingConfig).config).predictor()
    with pytest.raises(DataError, match="not the knowledge base"):
        other.load(tmp_path / "model")


def test_texts_without_mentions_are_refused(tmp_path):
    path = write(tmp_path)
    write_rows(tmp_path / "train.json", [row("1", "一个字")])
    task = EntityLinking(load(path, EntityLinkingConfig).config)
    with pytest.raises(DataError, match="not one mention"):
        task.predictor().fit(task.read("train")[0], [], FitContext(tmp_path / "fit", seed=0))


@pytest.mark.parametrize(
    "switch",
    [
        "model.stacker=null",
        "model.second_look=false",
        "model.gate=max_match",
        "model.pruning=5",
        "model.nesting=true",
        "model.threshold=0.5",
        "model.features.statistics=false",
        "model.features.shape=false",
        "model.features.neighbours=false",
        "model.features.nesting=false",
        "model.features.names=false",
        "model.features.context=false",
        "model.features.competition=false",
        "data.dev=null",
    ],
)
def test_every_switch_makes_a_model_that_links(tmp_path, switch):
    _, model = make(tmp_path, switch)
    assert links(model, "李娜唱青藏高原")["李娜"].entity_id in ("10001", "10002")


def test_too_few_texts_for_trees_are_told_and_counting_takes_their_place(tmp_path, caplog):
    task, model = make(tmp_path, "model.stacker.min_rows=500")
    assert "model.stacker learned nothing from" in caplog.text
    assert "a leaf wants 500, model.stacker.min_rows" in caplog.text
    assert "candidates are weighed by counting links instead" in caplog.text
    _, counting = make(tmp_path / "counting", "model.stacker=null")
    examples = task.read("dev")[0]
    assert model.predict(examples) == counting.predict(examples)
    model.save(tmp_path / "model")
    again = task.predictor()
    again.load(tmp_path / "model")
    assert again.predict(examples) == model.predict(examples)


def test_a_second_look_that_learns_nothing_does_not_undo_the_first(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(f"{__name__}.TRAIN", [*TRAIN[:20:4], *TRAIN[20:40:4]])
    task, model = make(tmp_path, "model.stacker.min_rows=9")
    assert "model.second_look learned nothing from" in caplog.text
    assert "it is left out" in caplog.text
    _, first = make(tmp_path / "first", "model.stacker.min_rows=9", "model.second_look=false")
    examples = task.read("dev")[0]
    assert model.predict(examples) == first.predict(examples)
    assert len({link.score for one in model.predict(examples) for link in one.links}) > 1


def test_when_time_is_up_there_is_a_model_that_links_and_the_report_says_so(tmp_path):
    task = EntityLinking(
        load(
            write(tmp_path), EntityLinkingConfig, sets=["model.tagger.folds=2", "model.stacker.trees=300"]
        ).config
    )
    model = task.predictor()
    context = FitContext(tmp_path / "fit", seed=0, max_seconds=9, began=time.monotonic() - 10)
    report = model.fit(task.read("train")[0], task.read("dev")[0], context)
    assert report.stopped == "time"
    assert len(model.scorer.first.trees) <= 10
    assert links(model, "李娜唱青藏高原")["李娜"].entity_id in ("10001", "10002")


def test_training_twice_gives_the_same_model(trained, tmp_path):
    _, model = make(tmp_path / "again")
    trained[1].save(tmp_path / "one")
    model.save(tmp_path / "other")
    for one in (tmp_path / "one").iterdir():
        assert one.read_bytes() == (tmp_path / "other" / one.name).read_bytes(), one.name


def test_a_run_from_the_command_line(tmp_path):
    path = write(tmp_path)
    nlpx("train", "entity_linking", "--config", path, "--runs-dir", tmp_path / "runs")
    run = RunStore(tmp_path / "runs").find("latest")
    assert run.read_json("metrics.json")["splits"]["dev"]["f1"] > 0.5
    nlpx("submit", "--runs-dir", tmp_path / "runs")
    done = nlpx("predict", "--runs-dir", tmp_path / "runs", "--explain-links")
    assert all(one["text"] in done.stdout for one in DEV)
    assert "dropped: below threshold" in done.stdout


def test_a_surface_with_thousands_of_candidates_costs_no_more_than_the_likeliest_of_them(tmp_path):
    path = write(tmp_path)
    namesakes = [entity(str(30000 + number), "张三", 简介=f"第{number}个") for number in range(5000)]
    write_rows(tmp_path / "kb_data", [*KB, *namesakes])
    task = EntityLinking(load(path, EntityLinkingConfig).config)
    model = task.predictor()
    model.fit(task.read("train")[0], task.read("dev")[0], FitContext(tmp_path / "fit", seed=0))
    assert len(links(model, "张三唱青藏高原")["张三"].candidates) == 30


def test_a_text_of_a_hundred_thousand_characters_is_linked_like_a_short_one(trained):
    _, model = trained
    piece = "李娜唱青藏高原。"
    [prediction] = model.predict([text(piece * 12500)])
    assert len({link.start for link in prediction.links}) == 3 * 12500
    assert len(prediction.kept) >= 12500
