"""Heads from their configs, and as layers: configs, weights, masks."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops
from pydantic import TypeAdapter, ValidationError

from nlpx.config.heads import HeadConfig
from nlpx.layers import CRF, MEMM, SoftmaxTags
from nlpx.layers.heads import build_head
from nlpx.text.tags import transitions

TAGS = ["O", "B-PER", "I-PER"]
CONSTRAINTS = transitions(TAGS, "BIO")
EMISSIONS = np.random.default_rng(0).normal(size=(3, 5, 3)).astype("float32")
MASK = np.arange(5)[None] < np.array([[5], [2], [1]])
CONFIGS: list[tuple[dict[str, Any], type]] = [
    ({"type": "crf"}, CRF),
    ({"type": "crf", "constraints": "training", "learning_rate_multiplier": 100}, CRF),
    ({"type": "crf", "boundaries": False, "constraints": "none"}, CRF),
    ({"type": "softmax"}, SoftmaxTags),
    ({"type": "memm"}, MEMM),
    ({"type": "memm", "bidirectional": False, "rank": 2}, MEMM),
]


def parse(values: dict[str, Any]) -> Any:
    return TypeAdapter(HeadConfig).validate_python(values)


@pytest.mark.parametrize(("values", "kind"), CONFIGS)
def test_config_makes_its_layer(values: dict[str, Any], kind: type) -> None:
    head = build_head(parse(values), 3, CONSTRAINTS)
    assert type(head) is kind
    for key, value in values.items():
        if key not in ("type", "constraints"):
            assert getattr(head, key) == value
    assert (head.constraints is None) == (values.get("constraints") == "none")
    assert getattr(head, "constrain_training", False) == (values.get("constraints") == "training")
    assert build_head(parse(values), 3).constraints is None


@pytest.mark.parametrize(("values", "kind"), CONFIGS)
def test_layer_comes_back_from_its_config(values: dict[str, Any], kind: type) -> None:
    head = build_head(parse(values), 3, CONSTRAINTS)
    head(EMISSIONS)
    again = kind.from_config(head.get_config())
    again(EMISSIONS)
    assert again.get_config() == head.get_config()
    assert [w.path for w in again.weights] == [w.path for w in head.weights]
    again.set_weights(head.get_weights())
    np.testing.assert_array_equal(again.decode(EMISSIONS, MASK)[0], head.decode(EMISSIONS, MASK)[0])


@pytest.mark.parametrize(("values", "kind"), CONFIGS)
def test_call_gives_the_emissions_and_hands_the_mask_on(values: dict[str, Any], kind: type) -> None:
    head = build_head(parse(values), 3, CONSTRAINTS)
    scores = head(EMISSIONS, mask=ops.convert_to_tensor(MASK))
    np.testing.assert_array_equal(scores, np.where(MASK[..., None], EMISSIONS, 0))
    mean = keras.layers.GlobalAveragePooling1D()(scores)  # a layer that heeds the mask
    np.testing.assert_allclose(mean, [h[m].mean(0) for h, m in zip(EMISSIONS, MASK, strict=True)], rtol=1e-5)


@pytest.mark.parametrize(("values", "kind"), CONFIGS)
def test_constraints_hold_in_decoding(values: dict[str, Any], kind: type) -> None:
    head = build_head(parse(values), 3, CONSTRAINTS)
    tags = ops.convert_to_numpy(head.decode(EMISSIONS + np.float32([0, 0, 50]))[0])
    illegal = (tags[:, 0] == 2).any() or ((tags[:, :-1] == 0) & (tags[:, 1:] == 2)).any()
    assert illegal == (values.get("constraints") == "none")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"type": "crf", "learning_rate_multiplier": 0}, "greater than 0"),
        ({"type": "softmax", "boundaries": True}, "Extra inputs are not permitted"),
        ({"type": "memm", "constraints": "training"}, "'none' or 'decoding'"),
        ({"type": "svm"}, "'crf', 'softmax', 'memm'"),
    ],
)
def test_wrong_configs_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        parse(values)


def test_every_field_is_described() -> None:
    schema = TypeAdapter(HeadConfig).json_schema()
    fields = [f for d in schema["$defs"].values() for f in d["properties"].values()]
    assert all(f.get("description") for f in fields)


def test_config_needs_no_keras() -> None:
    code = "import nlpx.config.heads, nlpx.layers, sys; print('keras' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False\n"
    )
