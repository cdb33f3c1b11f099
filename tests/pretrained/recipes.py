"""The recipes that name chinese_L-12_H-768_A-12, with a tiny checkpoint of that format in its place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from nlpx.cli.app import app
from nlpx.training.tensorfile import read_tensors
from tests.pretrained import tiny

PROJECT = Path(__file__).parents[2]
CHECKPOINT = "encoders/chinese_L-12_H-768_A-12"
TEXTS = 24


def nlpx(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result


def make_data(folder: Path) -> Path:
    """A folder for NLPX_DATA: the samples under the names of the public data, and the checkpoint."""
    samples = PROJECT / "data" / "samples"
    for name in ("ner/msra", "cls/chnsenticorp", "el/ccks2019"):
        (folder / name).mkdir(parents=True)
    texts = rows_of(samples / "ner/train.jsonl")
    (folder / "ner/msra/train.bio").write_text("\n".join(map(columns, texts)), "utf-8")
    for split in ("train", "dev"):
        rows = rows_of(samples / f"sentiment/{split}.jsonl")
        lines = ["label\ttext_a", *(f"{row['label']}\t{row['text']}" for row in rows)]
        (folder / f"cls/chnsenticorp/{split}.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    for name, source in (("kb_data", "kb_data"), ("train.json", "train.json"), ("develop.json", "test.json")):
        shutil.copy(samples / "el" / source, folder / "el/ccks2019" / name)
    tiny.google(folder / CHECKPOINT)
    return folder


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Texts of one bucket of lengths, so that little is compiled."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [row for row in rows if 16 < len(row["text"]) <= 32][:TEXTS]


def columns(text: dict[str, Any]) -> str:
    tags = ["O"] * len(text["text"])
    for span in text["spans"]:
        tags[span["start"] : span["end"]] = [f"I-{span['label']}"] * (span["end"] - span["start"])
        tags[span["start"]] = f"B-{span['label']}"
    return "".join(f"{c} {tag}\n" for c, tag in zip(text["text"], tags, strict=True))


def check_recipe(task: str, name: str, data: Path, tmp_path: Path) -> None:
    """It trains unchanged, and the run predicts when the checkpoint is gone."""
    runs = tmp_path / "runs"
    config = PROJECT / "configs" / f"{name}_bert.yaml"
    nlpx("train", task, "--config", config, "--runs-dir", runs, "--smoke", "-S", "training.buckets=1")
    shutil.rmtree(data / "encoders")
    [run] = (runs / task).glob("v0001*")
    lines = tmp_path / "texts.txt"
    texts = ["王明在北京的银行 ABC 上班，这个大家都知道。", "我们不想再看😀了，这样的时间和第一天一样。"]
    lines.write_text("".join(f"{text}\n" for text in texts), "utf-8")
    found = nlpx("predict", "--run", run, "--input", lines, "--output", "-", "--runs-dir", runs)
    assert [json.loads(line)["text"] for line in found.stdout.splitlines()] == texts
    model = run / "model"
    assert (model / "encoder/vocab.txt").read_text("utf-8") == "".join(f"{t}\n" for t in tiny.VOCABULARY)
    weights, _ = read_tensors(model / "weights.safetensors")
    assert sum("/bert/" in path for path in weights) == 39
    inputs = json.loads((run / "manifest.json").read_text("utf-8"))["inputs"]
    assert "encoder.checkpoint/bert_model.ckpt.index" in inputs
