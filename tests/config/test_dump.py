"""Writing configs: what is written reads back equal; the schema knows what the reader knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlpx.config.dump import dump, dump_inline
from nlpx.config.load import load
from nlpx.config.schema import schema, schema_line, schema_text
from tests.config.toy import Bilstm, Data, Dgcnn, Holdout, Toy, Training, load_toy

ENCODERS = st.builds(Bilstm, units=st.integers(1, 5000)) | st.builds(
    Dgcnn, kernel=st.integers(min_value=1), widths=st.lists(st.integers(min_value=1), max_size=4)
)
PATHS = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1).map(
    lambda name: Path("/x") / name
)
CONFIGS = st.builds(
    Toy,
    task=st.just("toy"),
    name=st.sampled_from(["a", "中文", "no", "1e3", "v-1_2.x"]),
    seed=st.integers(0, 2**32 - 1),
    data=st.builds(
        Data,
        train=PATHS,
        dev=st.none()
        | PATHS
        | st.builds(Holdout, holdout=st.floats(0, 1, exclude_min=True, exclude_max=True)),
    ),
    encoder=ENCODERS,
    stack=st.lists(ENCODERS, max_size=3),
    training=st.builds(
        Training, learning_rate=st.floats(min_value=1e-300, max_value=1e300), shuffle=st.booleans()
    ),
    workers=st.just("auto") | st.integers(min_value=1),
    labels=st.dictionaries(st.text(min_size=1), st.integers()),
    note=st.text().filter(lambda note: note != "rude"),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(CONFIGS)
def test_a_written_config_reads_back_equal(tmp_path: Path, config: Toy) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(dump(config))
    assert load(file, Toy, env={}).config == config


def test_every_default_is_written_out_in_the_order_of_the_model(tmp_path: Path) -> None:
    text = dump(load_toy(tmp_path).config)
    assert text.startswith(
        f"task: toy\nname: toy\nseed: 0\ndata:\n  train: {tmp_path}/train.txt\n  dev: null\n"
    )
    assert "encoder:\n  type: bilstm\n  units: 200\n  merge: concat\nstack: []\n" in text
    assert "  learning_rate: 0.001\n" in text


def test_a_resolved_config_means_the_same_from_any_folder(tmp_path: Path) -> None:
    original = load_toy(tmp_path).config
    (tmp_path / "runs").mkdir()
    assert load_toy(tmp_path / "runs", dump(original)).config == original


def test_chinese_is_written_as_it_is(tmp_path: Path) -> None:
    assert "note: 中文\n" in dump(load_toy(tmp_path, sets=["note=中文"]).config)


def test_inline_values_stay_on_one_line() -> None:
    assert dump_inline({"a": [1, "no", None], "b": "x " * 200}).count("\n") == 0
    assert dump_inline("no") == "'no'"
    assert dump_inline(3) == "3"


def test_the_schema_describes_every_key() -> None:
    found = schema(Toy)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["additionalProperties"] is False
    assert found["required"] == ["data"]
    assert found["properties"]["seed"]["description"] == "All randomness derives from it."
    assert found["$defs"]["Data"]["properties"]["train"] == {
        "description": "Labelled training texts.", "format": "path", "title": "Train", "type": "string",
    }  # fmt: skip
    assert {"Bilstm", "Dgcnn", "Holdout", "Training"} <= found["$defs"].keys()


def described(node: Any) -> bool:
    """Whether all properties below a schema carry a description or refer to a section, which does."""
    if isinstance(node, dict):
        properties = node.get("properties", {})
        own = all(
            {"description", "$ref"} & field.keys() or name == "type" for name, field in properties.items()
        )
        return own and all(described(child) for child in node.values())
    return not isinstance(node, list) or all(described(child) for child in node)


def test_the_schema_text_is_json_and_ends_its_line() -> None:
    assert described(json.loads(schema_text(Toy)))
    assert schema_text(Toy).endswith("}\n")
    assert schema_line("toy.schema.json") == "# yaml-language-server: $schema=toy.schema.json\n"
