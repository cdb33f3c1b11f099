"""What training shows: plain lines in a file, a bar on a terminal."""

from __future__ import annotations

import io
import re
import time

import pytest
from rich.console import Console

from nlpx.training.heartbeat import heartbeat
from nlpx.training.live_progress import LiveProgress
from nlpx.training.progress import ENOUGH, PlainProgress, Progress
from nlpx.training.progress_group import ProgressGroup

ROW = {
    "epoch": 1,
    "loss": 0.5,
    "learning_rate": 1e-3,
    "f1": 0.875,
    "seconds": 61.2,
    "examples_per_second": 640.0,
}


def terminal(out: io.StringIO) -> Console:
    return Console(file=out, force_terminal=True, width=80, color_system=None, _environ={"TERM": "xterm"})


def play(progress: Progress) -> None:
    progress.start(epochs=3, steps=2)
    for epoch in (1, 2):
        progress.epoch(epoch, 0)
        for loss in (0.75, 0.5):
            progress.batch(32, loss)
        progress.evaluate()
        progress.row({**ROW, "epoch": epoch}, best=epoch == 1)
    progress.end()


def test_plain_progress_says_a_line_per_epoch():
    lines: list[str] = []
    play(PlainProgress(lines.append))
    assert lines == [
        "epoch 1/3 loss 0.5000 f1 87.50 % 640 texts/s 1:01 * (best so far)",
        "epoch 2/3 loss 0.5000 f1 87.50 % 640 texts/s 1:01",
    ]


def test_both_name_what_batches_hold_where_it_is_no_texts():
    lines: list[str] = []
    out = io.StringIO()
    group = ProgressGroup([PlainProgress(lines.append), LiveProgress(terminal(out))])
    group.counts("blocks")
    play(group)
    assert "640 blocks/s" in lines[0]
    assert "640 blocks/s" in out.getvalue()
    assert "texts/s" not in out.getvalue()


def test_plain_progress_speaks_up_in_long_epochs():
    lines: list[str] = []
    play(PlainProgress(lines.append, every=0.0))
    assert lines[0].startswith("epoch 1/3 batch 1/2 loss 0.7500 ")
    assert lines[0].endswith(" texts/s")  # nobody knows yet how long it will take
    assert len(lines) == 6


def test_live_progress_shows_rows_and_the_state_of_the_epoch():
    out = io.StringIO()
    play(LiveProgress(terminal(out)))
    for said in ("epoch   1 loss 0.5000 f1 87.50 %", "epoch 2/3", "evaluating"):
        assert said in out.getvalue()


def test_live_progress_shows_loss_metric_speed_and_time_left():
    out = io.StringIO()
    progress = LiveProgress(terminal(out))
    progress.start(epochs=3, steps=20)
    progress.row(ROW, best=True)
    progress.epoch(2, 5)
    progress.batch(32, 0.125)
    progress.stopped("the time is up")  # a line above the bar, which is drawn anew
    progress.end()
    for said in ("epoch 2/3", " 30%", "loss 0.1250", "best f1 87.50 %", "texts/s"):
        assert said in out.getvalue()


def test_the_bar_leaves_room_for_what_ctrl_c_prints_and_goes_at_the_end():
    out = io.StringIO()
    progress = LiveProgress(terminal(out))
    progress.start(epochs=30, steps=20)
    progress.row(ROW, best=True)
    progress.epoch(12, 5)
    for _ in range(ENOUGH):
        progress.batch(32, 0.125)
    progress.stopped("the time is up")  # a line above the bar, which is drawn anew
    progress.end()
    lines = re.split("[\r\n]", re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", out.getvalue()))
    assert max(map(len, lines)) <= 77
    assert any(line.startswith("epoch 12/30") and line.rstrip().endswith("left") for line in lines)
    assert out.getvalue().endswith("\x1b[2K")


def test_work_without_epochs_is_told_once_it_takes_long_and_then_again():
    lines: list[str] = []
    progress = PlainProgress(lines.append, every=0.02)
    progress.stage("counting")
    assert lines == []
    for _ in range(2):
        time.sleep(0.025)
        progress.tick()
        progress.tick()
    progress.stage("quick")
    assert lines == ["counting", "counting, 0:00 so far"]


def test_what_epochs_are_of_is_told_before_them():
    lines: list[str] = []
    progress = PlainProgress(lines.append)
    progress.stage("the first fold")
    play(progress)
    progress.tick()
    assert lines[0] == "the first fold"
    assert len(lines) == 3


def test_live_progress_shows_work_without_epochs_between_networks():
    out = io.StringIO()
    progress = LiveProgress(terminal(out))
    for stage in ("counting", "the first fold"):
        progress.stage(stage)
        progress.tick()
        play(progress)
    progress.stage("growing trees")
    progress.tick()
    progress.end()
    progress.end()
    for said in ("counting", "the first fold", "growing trees", "0:00", "epoch 2/3"):
        assert said in out.getvalue()


def test_the_heart_beats_until_the_work_is_done(monkeypatch):
    monkeypatch.setattr("nlpx.training.heartbeat.SECONDS", 0.001)
    heard: list[str] = []

    class Heard(Progress):
        def tick(self) -> None:
            heard.append("tick")

        def end(self) -> None:
            heard.append("end")

    def work() -> None:
        with heartbeat(ProgressGroup([Heard()])):
            while len(heard) < 3:
                time.sleep(0.001)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert heard[-1] == "end"
    assert set(heard[:-1]) == {"tick"}


def test_silence_is_the_default():
    play(Progress())
    Progress().stage("nothing")
