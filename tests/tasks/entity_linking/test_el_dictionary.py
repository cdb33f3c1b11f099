"""The dictionary models, from a config to a checked submission."""

import json

import pytest

from nlpx.config.load import load
from nlpx.errors import ConfigError
from nlpx.runs import RunStore
from nlpx.task import FitContext, get_task
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.task import EntityLinking
from tests.pipeline.tiny import nlpx
from tests.tasks.entity_linking.el_samples import (
    CONFIG,
    DEV,
    KB,
    TRAIN,
    entity,
    row,
    text,
    write_rows,
    write_task,
)

GIVEN = """\
task: entity_linking
data: {kb: code.tsv, train: train.tsv, dev: dev.tsv}
mentions: given
metric: accuracy
model: {type: pruned_max_match, fuzzy: 5}
submission: {format: terms}
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))


def make(folder, *sets, config=CONFIG):
    """The task of a config, and its trained model."""
    task = EntityLinking(load(write_task(folder, config), EntityLinkingConfig, sets=sets).config)
    model = task.predictor()
    model.fit(task.read("train")[0], task.read("dev")[0], FitContext(folder / "fit", seed=0))
    return task, model


def answers(model, content):
    [prediction] = model.predict([text(content)])
    return {content[link.start : link.end]: link.entity_id for link in prediction.kept}


def test_the_task_is_found_by_its_name():
    assert get_task("entity_linking") is EntityLinking


def test_the_dictionary_alone_links_every_name_to_what_comes_first(tmp_path):
    _, model = make(tmp_path, "model={type: max_match}")
    assert answers(model, "我们在青藏高原") == {"我们": "10005", "青藏高原": "10006"}
    assert answers(model, "李娜") == {"李娜": "10001"}  # more is told about her


def test_pruning_leaves_common_words_alone_and_counting_finds_who_is_meant(tmp_path):
    _, model = make(tmp_path)
    assert answers(model, "我们在青藏高原") == {"青藏高原": "10006"}
    assert answers(model, "李娜") == {"李娜": "10002"}


@pytest.mark.parametrize(
    ("option", "content", "expected"),
    [
        ("model.prune_ratio=100", "我们", {"我们": "10005"}),
        ("model.prior=false", "李娜", {"李娜": "10001"}),
        ("model.nil=true", "天使", {}),
        ("model.nil=false", "天使", {"天使": "10008"}),
        ("model.whole_words=true", "angela", {}),
        ("model.whole_words=false", "angela", {"angel": "10008"}),
    ],
)
def test_each_option_does_what_it_says(tmp_path, option, content, expected):
    _, model = make(tmp_path, option)
    assert answers(model, content) == expected


def test_names_match_whatever_their_case_and_width(tmp_path):
    _, model = make(tmp_path)
    assert answers(model, "ＡＮＧＥＬ") == {"ＡＮＧＥＬ": "10008"}


def test_every_gold_mention_gets_its_candidates_without_changing_the_answer(tmp_path):
    task, model = make(tmp_path)
    example = text("我们", ("我们", "10005"))
    [prediction] = model.predict([example])
    assert prediction.kept == []
    assert [one.entity_id for one in prediction.on_gold[0].candidates] == ["10005"]
    assert task.record(example, prediction) == {"id": "0", "text": "我们", "links": [], "dropped": []}


def test_a_surface_of_very_many_candidates(tmp_path):
    folder = tmp_path / "many"
    config = write_task(folder)
    write_rows(folder / "kb_data", [*KB, *(entity(str(number), "妈妈") for number in range(5000))])
    task = EntityLinking(load(config, EntityLinkingConfig).config)
    model = task.predictor()
    model.fit(*(task.read(split)[0] for split in ("train", "dev")), FitContext(folder / "fit", seed=0))
    [prediction] = model.predict([text("妈妈" + "路" * 100_000)])
    assert (prediction.links[0].found, len(prediction.links[0].candidates)) == (5000, 100)


def test_saved_models_predict_the_same(tmp_path):
    task, model = make(tmp_path)
    model.save(tmp_path / "model")
    again = task.predictor()
    again.load(tmp_path / "model")
    examples, _ = task.read("dev")
    assert again.predict(examples) == model.predict(examples)


def test_train_predict_evaluate_and_submit(tmp_path):
    config = write_task(tmp_path / "task")
    done = nlpx("train", "entity_linking", "--config", config)
    assert done.exit_code == 0, done.output
    run = RunStore().find("latest")
    assert run.metrics()["main"]["metric"] == "f1"
    assert run.metrics()["splits"]["dev"]["f1"] == 1
    lines = (run.submission_dir / "submission.json").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == DEV
    shown = nlpx("evaluate")
    of_dev = nlpx("evaluate", "--data", tmp_path / "task" / "dev.json")
    assert "right one in first 1" in of_dev.stdout
    assert "right one in first k: gold mentions with their entity among the k best" in of_dev.stderr
    assert "more: docs/entity_linking.md, Scores" in of_dev.stderr
    assert max(map(len, of_dev.stderr.splitlines())) <= 80
    assert shown.exit_code == 4  # develop.json has no labels
    predicted = nlpx("predict", "--input", tmp_path / "task" / "develop.json")
    assert json.loads(predicted.stdout.splitlines()[0])["links"][0]["entity_id"] == "10002"
    assert nlpx("submit").exit_code == 0


def test_links_are_explained_as_a_table(tmp_path):
    nlpx("train", "entity_linking", "--config", write_task(tmp_path / "task"))
    result = nlpx("predict", "--input", "-", "--explain-links", stdin="李娜见天使\n")
    assert result.exit_code == 0, result.output
    rows = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert rows[0] == "0 李娜见天使"
    assert rows[2].startswith("0-2 李娜 10002 李娜 (义项描述:歌手)")
    assert rows[2].endswith(" linked")
    assert "links 2, prior" in rows[3]
    assert any(row.startswith("3-5 天使 NIL") and row.endswith("dropped: nil") for row in rows)
    nothing = nlpx("predict", "--input", "-", "--explain-links", stdin="没有\n")
    assert nothing.stdout == "0  没有\n(no mention found)\n"
    split = nlpx("predict", "--explain-links")
    assert split.stdout.startswith("1  我们爱听李娜的歌")


def test_a_refused_submission_lists_its_lines(tmp_path):
    nlpx("train", "entity_linking", "--config", write_task(tmp_path / "task"))
    bad = write_rows(tmp_path / "bad.json", [DEV[0], row("2", DEV[1]["text"], ("苹果", "777"))])
    result = nlpx("submit", "--check", bad)
    assert result.exit_code == 6
    assert "line 2: kb_id '777' is not in the knowledge base" in result.stderr


def test_a_changed_knowledge_base_is_refused(tmp_path):
    nlpx("train", "entity_linking", "--config", write_task(tmp_path / "task"))
    write_rows(tmp_path / "task" / "kb_data", [*KB, entity("7", "新人")])
    result = nlpx("predict", "--input", tmp_path / "task" / "develop.json")
    assert result.exit_code == 4
    assert "not the knowledge base that the model was trained with" in result.stderr


@pytest.mark.parametrize("rows", [[], ["\n"]])
def test_an_empty_knowledge_base(tmp_path, rows):
    config = write_task(tmp_path / "task")
    (tmp_path / "task" / "kb_data").write_text("".join(rows))
    result = nlpx("train", "entity_linking", "--config", config)
    assert result.exit_code == 4
    assert "is empty" in result.stderr


def test_ids_that_the_knowledge_base_lacks_are_counted_and_never_answered(tmp_path):
    folder = tmp_path / "task"
    config = write_task(folder)
    write_rows(
        folder / "train.json", [*TRAIN, *(row(f"x{n}", f"天使{n}", ("天使", "777")) for n in range(9))]
    )
    task = EntityLinking(load(config, EntityLinkingConfig).config)
    train, counts = task.read("train")
    assert counts["odd"]["id not in the knowledge base"] == 9
    model = task.predictor()
    model.fit(train, [], FitContext(folder / "fit", seed=0))
    assert answers(model, "天使") != {"天使": "777"}


def test_texts_of_dev_and_test_are_taken_out_of_train(tmp_path):
    folder = tmp_path / "task"
    config = write_task(folder)
    write_rows(folder / "train.json", [*TRAIN, row("99", DEV[0]["text"] + " ")])
    for repeated, texts in (("drop", 12), ("keep", 13)):
        sets = [f"data.repeated={repeated}"]
        task = EntityLinking(load(config, EntityLinkingConfig, sets=sets).config)
        train, counts = task.read("train")
        assert len(train) == texts
        assert counts.get("repeated", 0) == (repeated == "drop")


def test_given_terms_are_linked_by_likeness_to_one_or_several(tmp_path):
    (tmp_path / "code.tsv").write_text(
        "1\t膝骨关节病\n2\t膝关节游离体\n3\t头痛\n4\t高血压\n", encoding="utf-8"
    )
    (tmp_path / "train.tsv").write_text("左膝退变伴游离体\t膝骨关节病##膝关节游离体\n", encoding="utf-8")
    (tmp_path / "dev.tsv").write_text(
        "右膝退变伴游离体\t膝骨关节病##膝关节游离体\n高血压病\t高血压\n", encoding="utf-8"
    )
    config = tmp_path / "terms.yaml"
    config.write_text(GIVEN)
    done = nlpx("train", "entity_linking", "--config", config)
    assert "dev  accuracy 100.00 %" in done.stdout, done.output
    run = RunStore().find("latest")
    lines = (run.submission_dir / "submission.tsv").read_text("utf-8").splitlines()
    assert lines[1] == "高血压病\t高血压"


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_knowledge_base_that_went_missing_is_named_when_predicting(tmp_path, kind):
    config = write_task(tmp_path / "task")
    kb = tmp_path / "task/kb_data"
    if kind == "folder":
        kb.rename(tmp_path / "file")
        assert nlpx("kb", "build", tmp_path / "file", "-o", kb).exit_code == 0
    nlpx("train", "entity_linking", "--config", config)
    kb.rename(tmp_path / "task/elsewhere")
    done = nlpx("predict", "--input", tmp_path / "task/dev.json")
    assert done.exit_code == 4
    assert f"{kb}: there is no knowledge base (data.kb)" in done.stderr
    assert "put back the one it was trained with" in done.stderr


@pytest.mark.parametrize("settings", [["metric=accuracy"], ["mentions=given", "metric=mentions"]])
def test_metrics_that_say_nothing_are_refused(tmp_path, settings):
    with pytest.raises(ConfigError, match="says nothing"):
        load(write_task(tmp_path), EntityLinkingConfig, sets=settings)
