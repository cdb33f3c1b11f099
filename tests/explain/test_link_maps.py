"""Maps of linkers: every link, or every mention, is a decision."""

from __future__ import annotations

import numpy as np
import pytest

from nlpx.config.load import load
from nlpx.errors import UsageError
from nlpx.explain.choice import choose, fitting
from nlpx.explain.explain import explain_with
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.example import Example, Mention
from nlpx.tasks.entity_linking.task import EntityLinking
from tests.tasks.entity_linking.el_samples import DEV, write_rows, write_task
from tests.tasks.entity_linking.linker.test_nlpx_linker import TRAIN

DATA = "task: entity_linking\ndata: {kb: kb_data, train: train.json, dev: dev.json}\n"
NETWORK = (
    "encoder: {type: dgcnn, dilations: [1], units: 8, inputs: {tokens: {size: 8}}}, "
    "training: {epochs: 2, batch_size: 16, buckets: 1, jit_compile: false}"
)
MODELS = {
    "dictionary": "{type: pruned_max_match}",
    "trees": "{type: nlpx, stacker: {trees: 10, min_rows: 2}}",
    "su2019": f"{{type: su2019, description: 24, max_length: 32, {NETWORK}}}",
    "both taggers": f"{{type: mentions, tagger: {{network: {{{NETWORK}}}}}}}",
    "feature tagger": "{type: mentions}",
}
TEXT = Example("0", "李娜唱青藏高原")


@pytest.fixture(scope="module", params=MODELS)
def linker(request, tmp_path_factory):
    """The name of a model, and its explainer."""
    folder = tmp_path_factory.mktemp("links")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NLPX_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
        metric = "metric: mentions\n" if "tagger" in request.param else ""
        path = write_task(folder, f"{DATA}{metric}model: {MODELS[request.param]}\n")
        write_rows(folder / "train.json", TRAIN)
        write_rows(folder / "dev.json", DEV)
        task = EntityLinking(load(path, EntityLinkingConfig).config)
        model = task.predictor()
        model.fit(task.read("train")[0], task.read("dev")[0], FitContext(folder / "fit", seed=0))
        yield request.param, task.explainer(model)


def gold_mentions():
    return [Mention(0, 2, "10002", "李娜"), Mention(3, 7, "10006", "青藏高原")]


def maps(explainer, method="auto", target="predicted", example=TEXT):
    [found] = explain_with(explainer, [example], choose(explainer, method), target=target)
    return found


def test_gradients_are_there_where_a_network_decides(linker):
    name, explainer = linker
    black_box = ["occlusion", "random"]
    assert ("gradient" in fitting(explainer)) == (name in ("su2019", "both taggers"))
    assert set(black_box) <= set(fitting(explainer))
    with pytest.raises(UsageError) as error:
        choose(explainer, "state_drop")
    assert str(error.value).startswith("state_drop does not suit this run: ")


@pytest.mark.parametrize("method", ["integrated_gradients", "occlusion"])
def test_every_link_has_a_map(linker, method):
    name, explainer = linker
    if method not in fitting(explainer):
        with pytest.raises(UsageError, match="methods that do: occlusion, random"):
            choose(explainer, method)
        return
    gold = Example("0", TEXT.text, gold_mentions())
    found = maps(explainer, method, "gold", gold)
    assert [one.span for one in found] == [(0, 2), (3, 7)]
    assert [one.target for one in found] == (["mention"] * 2 if "tagger" in name else ["10002", "10006"])
    for one in found:
        assert len(one.scores) == 7
        assert np.isfinite(one.scores).all()
        assert 0 <= one.probability <= 1
        if "logit" in one.facts and name == "su2019":  # the other models mix several scores
            odds = np.log(one.probability / (1 - one.probability))
            assert one.facts["logit"] == pytest.approx(odds, abs=1e-4)
        if method == "occlusion" and one.probability > 0.1:  # a link needs its own characters most
            assert one.span[0] <= one.scores.argmax() < one.span[1]


def test_gold_links_to_unknown_entities_are_left_out_and_counted(linker, caplog):
    name, explainer = linker
    gold = Example("0", TEXT.text, [Mention(0, 2, "nobody", "李娜"), Mention(3, 7, "10006", "青藏高原")])
    found = maps(explainer, "auto", "gold", gold)
    compares = name == "su2019"
    assert [one.span for one in found] == ([(3, 7)] if compares else [(0, 2), (3, 7)])
    told = "1 of 2 gold links mean no entity of the knowledge base and are left out"
    assert (told in caplog.messages) == compares


def test_what_is_predicted_is_what_is_explained(linker):
    _, explainer = linker
    predict = getattr(explainer, "predictor", None) or explainer.finder
    kept = predict.predict([TEXT])[0].kept
    assert [one.span for one in maps(explainer, "random")] == [(link.start, link.end) for link in kept]


def test_an_unknown_target_is_an_error(linker):
    name, explainer = linker
    with pytest.raises(UsageError) as error:
        maps(explainer, "random", "x")
    wanted = {
        True: "there is no target 'x': this run says where mentions are, not what they mean\n"
        "--target is predicted, gold or mention",
        False: "there is no entity 'x' in the knowledge base\n--target is predicted, gold, or an id of it",
    }
    assert str(error.value) == wanted["tagger" in name]
