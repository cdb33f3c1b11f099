"""Checkpoints: every variable is accounted for, and nothing is run that a file holds."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from nlpx.encoders.pretrained.architecture import read_architecture, write_architecture
from nlpx.encoders.pretrained.checkpoint import open_checkpoint
from nlpx.encoders.pretrained.names import dropped, weights
from nlpx.encoders.pretrained.vocabulary import read_tokenizer
from nlpx.encoders.pretrained.write import convert
from nlpx.errors import DataError, UsageError
from tests.pretrained import tiny

ALBERT = replace(tiny.TINY, model_type="albert", embedding_size=8, project=True)


def same(found, wanted):
    assert found.keys() == wanted.keys()
    for path, array in found.items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, wanted[path])


def edit(folder, change):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)


# === Formats ===


def test_a_google_folder_becomes_a_hugging_face_folder(tmp_path, caplog):
    source = open_checkpoint(tiny.google(tmp_path / "google"))
    assert (source.kind, source.model_type) == ("google", "bert")
    with caplog.at_level(logging.INFO, logger="nlpx"):
        source.tell_dropped()
        same(source.load(), tiny.random_weights())
    assert "not loaded: cls/predictions/output_bias, cls/predictions/transform/LayerNorm/beta" in caplog.text
    convert(source, tmp_path / "new")
    target = open_checkpoint(tmp_path / "new")
    assert target.architecture == source.architecture
    same(target.load(), tiny.random_weights())
    with pytest.raises(UsageError, match="is there already and not empty"):
        convert(source, tmp_path / "new")


@pytest.mark.parametrize(
    ("architecture", "prefix", "config"),
    [
        (ALBERT, "bert", {"embedding_size": 8}),
        (replace(tiny.TINY, model_type="electra", pooler=False), "electra", {"embedding_size": 16}),
        (
            replace(tiny.TINY, model_type="nezha", positions=None, furthest=64),
            "bert",
            {"use_relative_position": True},
        ),
        (replace(tiny.TINY, model_type="roformer", positions=None), "bert", {"model_type": "roformer"}),
    ],
    ids=lambda value: getattr(value, "model_type", None),
)
def test_google_folders_of_the_relatives_are_recognised(architecture, prefix, config, tmp_path):
    folder = tmp_path / "google"
    folder.mkdir()
    (folder / "albert_config.json").write_text(json.dumps(tiny.GOOGLE_CONFIG | config), "utf-8")
    given = tiny.random_weights(architecture)
    arrays = {f"{prefix}/{w.name}": given[w.path] for w in weights(architecture, "google")}
    noise = {
        "global_step": np.array(1),
        f"{prefix}/embeddings/word_embeddings/adam_m": np.zeros(2, np.float32),
    }
    tiny.write_google(folder / "model.ckpt-best", arrays | noise)
    checkpoint = open_checkpoint(folder)
    assert checkpoint.model_type == architecture.model_type
    same(checkpoint.load(), given)


def test_what_cannot_be_told_apart_is_asked_for(tmp_path):
    architecture = replace(tiny.TINY, model_type="nezha", positions=None, furthest=64)
    folder = tiny.google(tmp_path / "google", architecture)
    with pytest.raises(DataError, match="it may be a NEZHA or a RoFormer"):
        open_checkpoint(folder)
    same(open_checkpoint(folder, "nezha").load(), tiny.random_weights(architecture))


def test_parts_half_precision_and_old_names_are_read(tmp_path):
    folder = tiny.huggingface(tmp_path)
    tensors = load_file(folder / "model.safetensors")
    renamed = {
        f"bert.{name}".replace("LayerNorm.weight", "LayerNorm.gamma").replace(
            "LayerNorm.bias", "LayerNorm.beta"
        ): a
        for name, a in tensors.items()
    }
    names = sorted(renamed)
    parts = {"a.safetensors": names[:20], "b.safetensors": names[20:]}
    for part, own in parts.items():
        save_file({name: renamed[name].astype(np.float16) for name in own}, folder / part)
    index = {"weight_map": {name: part for part, own in parts.items() for name in own}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "model.safetensors").unlink()
    found = open_checkpoint(folder).load()
    for path, array in tiny.random_weights().items():
        np.testing.assert_array_equal(found[path], array.astype(np.float16).astype(np.float32))


def test_bfloat16_is_read(tmp_path):
    folder = tiny.huggingface(tmp_path)
    wanted = {name: _rounded(a) for name, a in load_file(folder / "model.safetensors").items()}
    header, body = {}, b""
    for name, array in wanted.items():
        data = (array.view(np.uint32) >> 16).astype("<u2").tobytes()
        header[name] = {
            "dtype": "BF16",
            "shape": array.shape,
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    head = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + body)
    found = open_checkpoint(folder).load()
    np.testing.assert_array_equal(found["embeddings/tokens"], wanted["embeddings.word_embeddings.weight"])


def _rounded(array):
    return (array.view(np.uint32) & 0xFFFF0000).view(np.float32)


@pytest.mark.parametrize("kind", ["bert", "roberta", "ernie", "albert", "electra", "nezha", "roformer"])
def test_a_config_that_is_written_is_read_as_the_same(kind):
    own = {
        "roberta": {"offset": 2},
        "ernie": {"tasks": 3},
        "albert": {"embedding_size": 8, "project": True},
        "electra": {"embedding_size": 8, "project": True, "pooler": False},
        "nezha": {"positions": None, "furthest": 9},
        "roformer": {"positions": None, "embedding_size": 16, "pooler": False},
    }
    one = replace(tiny.TINY, model_type=kind, **own.get(kind, {}))
    assert read_architecture(write_architecture(one), "x") == one


# === What is wrong is named ===


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            lambda t: t.pop("encoder.layer.1.output.dense.bias"),
            r"missing: encoder.layer.1.output.dense.bias \(16,\)",
        ),
        (
            lambda t: t.update({"encoder.layer.2.output.dense.bias": np.zeros(16, np.float32)}),
            r"left over: encoder.layer.2.output.dense.bias \(16,\)",
        ),
        (
            lambda t: t.update({"encoder.layer.0.intermediate.dense.weight": np.zeros((16, 24), np.float32)}),
            r"shape of encoder.layer.0.intermediate.dense.weight: \(16, 24\) in the file, \(16, 24\) by the config",
        ),
        (
            lambda t: t.update({"embeddings.word_embeddings.weight": np.zeros((9, 16), np.float32)}),
            r"shape of embeddings.word_embeddings.weight: \(9, 16\) in the file, \(124, 16\) by the config",
        ),
    ],
)
def test_weights_that_do_not_fit_are_named(change, what, tmp_path):
    folder = tiny.huggingface(tmp_path)
    edit(folder, change)
    with pytest.raises(DataError, match="its weights do not fit a bert of its config") as caught:
        open_checkpoint(folder).load()
    assert caught.match(what)


@pytest.mark.parametrize(
    ("name", "copy"),
    [
        ("embeddings.word_embeddings.weight", "bert.embeddings.word_embeddings.weight"),
        ("encoder.layer.1.output.LayerNorm.weight", "encoder.layer.1.output.LayerNorm.gamma"),
    ],
)
def test_two_tensors_for_one_variable_are_named(name, copy, tmp_path):
    folder = tiny.huggingface(tmp_path)
    edit(folder, lambda tensors: tensors.update({copy: tensors[name] + 1}))
    with pytest.raises(DataError) as caught:
        open_checkpoint(folder).load()
    [line] = [line for line in caught.value.details if line.startswith(f"several are {name}: ")]
    assert name in line
    assert copy in line


def test_every_tensor_is_found_or_left_aside(tmp_path):
    folder = tiny.huggingface(tmp_path)
    more = ("embeddings.position_ids", "bert.embeddings.position_ids", "cls.predictions.bias")
    edit(folder, lambda tensors: tensors.update({name: np.zeros(2, np.float32) for name in more}))
    found = open_checkpoint(folder).match
    assert set(found.dropped) == set(more)
    assert found.found.keys() | found.dropped.keys() == load_file(folder / "model.safetensors").keys()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("classifier.weight", "head of the task it was fine-tuned for"),
        ("qa_outputs.bias", "head of the task it was fine-tuned for"),
        ("cls.predictions.bias", "head of the pretraining task"),
        ("sop_classifier.classifier.weight", "head of the pretraining task"),
        ("embeddings.position_ids", "not a weight of the model"),
        ("encoder.layer.9.output.dense.bias", None),
    ],
)
def test_what_is_left_aside_has_a_reason(name, why):
    assert dropped(name) == why


def test_the_log_says_what_is_left_aside_and_why(tmp_path, caplog):
    folder = tiny.huggingface(tmp_path)
    more = ("classifier.bias", "cls.predictions.bias", "classifier.weight")
    edit(folder, lambda tensors: tensors.update({name: np.zeros(2, np.float32) for name in more}))
    with caplog.at_level(logging.INFO, logger="nlpx"):
        open_checkpoint(folder).tell_dropped()
    assert "classifier.bias, classifier.weight (head of the task it was fine-tuned for)" in caplog.text
    assert "cls.predictions.bias (head of the pretraining task)" in caplog.text


def test_without_a_pooler_the_first_position_is_the_pooled_vector(tmp_path, caplog):
    folder = tiny.huggingface(tmp_path)
    edit(folder, lambda tensors: [tensors.pop(name) for name in list(tensors) if name.startswith("pooler")])
    checkpoint = open_checkpoint(folder)
    with caplog.at_level(logging.INFO, logger="nlpx"):
        checkpoint.tell_dropped()
    assert not any(path.startswith("pooler") for path in checkpoint.load())
    assert "has no pooler; the pooled vector is that of the first position" in caplog.text


def test_a_pickle_is_refused_with_the_way_to_convert_it(tmp_path):
    folder = tiny.huggingface(tmp_path)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(
        DataError, match=r"pytorch_model\.bin, which is not read: a pickle can run any code"
    ) as caught:
        open_checkpoint(folder).load()
    assert "safe_serialization=True" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("config.json", None, "there is neither config.json nor bert_config.json"),
        ("config.json", b"[]", "is no JSON object"),
        ("config.json", b"{", "is no JSON"),
        ("config.json", b'{"model_type": "gpt2"}', "model_type is 'gpt2'"),
        ("config.json", b'{"model_type": "bert"}', "the key 'vocab_size' is missing"),
        ("config.json", {"vocab_size": None}, r"/config\.json: the key 'vocab_size' is None"),
        ("config.json", {"hidden_size": "a"}, r"/config\.json: the key 'hidden_size' is 'a'"),
        ("config.json", {"num_hidden_layers": 0}, "the key 'num_hidden_layers' is 0"),
        ("config.json", {"type_vocab_size": 1.5}, "the key 'type_vocab_size' is 1.5"),
        ("config.json", {"hidden_dropout_prob": "x"}, "the key 'hidden_dropout_prob' is 'x'"),
        ("config.json", {"model_type": "albert", "embedding_size": []}, r"the key 'embedding_size' is \[\]"),
        (
            "config.json",
            {"num_attention_heads": 3},
            r"/config\.json: the key 'num_attention_heads' is 3, which does not divide hidden_size = 16",
        ),
        ("model.safetensors", b"x" * 20, "is missing, cut or no safetensors file"),
        ("model.safetensors", None, "there is no model.safetensors"),
    ],
)
def test_damage_is_named(name, content, what, tmp_path):
    folder = tiny.huggingface(tmp_path)
    if isinstance(content, dict):
        content = json.dumps(json.loads((folder / name).read_text("utf-8")) | content).encode()
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=what):
        open_checkpoint(folder).load()


@pytest.mark.parametrize("content", ["{}", '{"weight_map": []}', '{"weight_map": {"a": 1}}'])
def test_an_index_that_names_no_parts_is_named(content, tmp_path):
    folder = tiny.huggingface(tmp_path)
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(content)
    with pytest.raises(DataError, match=r"model\.safetensors\.index\.json: the key 'weight_map' is missing"):
        open_checkpoint(folder).load()


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("tokenizer_config.json", "{", r"/tokenizer_config\.json: is no JSON"),
        ("tokenizer_config.json", "[]", r"/tokenizer_config\.json: is no JSON object"),
        ("tokenizer_config.json", '{"do_lower_case": 1}', r"_config\.json: the key 'do_lower_case' is 1"),
        ("tokenizer.json", '{"normalizer": 1}', r"/tokenizer\.json: the key 'normalizer' is no JSON object"),
    ],
)
def test_damaged_settings_of_a_tokenizer_are_named(name, content, what, tmp_path):
    folder = tiny.huggingface(tmp_path)
    (folder / name).write_text(content)
    with pytest.raises(DataError, match=what):
        read_tokenizer(folder, 1000)


def test_a_cut_google_checkpoint_and_two_of_them_are_named(tmp_path):
    folder = tiny.google(tmp_path / "google")
    index = folder / "bert_model.ckpt.index"
    (folder / "other.ckpt.index").write_bytes(index.read_bytes())
    with pytest.raises(DataError, match="holds several checkpoints"):
        open_checkpoint(folder)
    (folder / "other.ckpt.index").unlink()
    index.write_bytes(index.read_bytes()[:60])
    with pytest.raises(DataError, match="is cut or no checkpoint"):
        open_checkpoint(folder, "bert").load()
    folder = tiny.google(tmp_path / "half")
    [data] = folder.glob("*.data-*")
    data.write_bytes(data.read_bytes()[:60])
    with pytest.raises(DataError, match="is cut or no checkpoint"):
        open_checkpoint(folder, "bert").load()


@pytest.mark.parametrize(
    "change",
    [
        {"position_embedding_type": "relative_key"},
        {"num_hidden_groups": 2},
        {"hidden_act": "mish"},
        {"is_decoder": True},
    ],
)
def test_what_would_give_other_numbers_is_refused(change):
    config = write_architecture(tiny.TINY) | change
    with pytest.raises(DataError, match="of a kind that is not built here") as caught:
        read_architecture(config, "x")
    assert next(iter(change)) in str(caught.value)


def test_the_folder_of_a_run_is_told_from_its_encoder(tmp_path):
    tiny.huggingface(tmp_path / "encoder")
    with pytest.raises(DataError, match="is the folder of a run") as caught:
        open_checkpoint(tmp_path)
    assert str(tmp_path / "encoder") in caught.value.todo


def test_a_vocabulary_that_is_much_smaller_than_the_table_is_suspicious(tmp_path, caplog):
    folder = tiny.huggingface(tmp_path)
    tokens = (folder / "vocab.txt").read_text("utf-8").splitlines()
    read_tokenizer(folder, len(tokens))
    assert not caplog.text
    read_tokenizer(folder, 2 * len(tokens))
    assert "are they of the same model?" in caplog.text


def test_a_target_that_cannot_be_made_is_refused(tmp_path):
    source = open_checkpoint(tiny.huggingface(tmp_path))
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "file" / "new", tmp_path / "file"):
        with pytest.raises(UsageError):
            convert(source, target)
