"""Trainings that are killed or interrupted at random moments and resumed; run as a script.

The backend is imported once, and every training is a fork of that process: an import each would take longer than
everything else together.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PATIENCE = 240.0
"""Seconds to wait for anything before giving up."""


def disturb(config: Path, runs: Path, moments: Sequence[str], seed: int = 0) -> list[dict[str, Any]]:
    """Train undisturbed into v1 and disturbed into v2; what each disturbed process did.

    Args:
        config: of the tiny experiment.
        runs: an empty runs folder.
        moments: ``"SIGKILL batch"``, ``"SIGINT batch"``, or ``"SIGKILL end"``: when the model is written and used.
        seed: of the random moments.

    Returns:
        For each moment the exit ``code``, the ``state`` of the run, the ``seconds`` from the signal to the end, and
        the epoch and batch ``before`` and ``after`` the signal.
    """
    command = [sys.executable, "-m", "tests.pipeline.disturbed", str(config), str(runs), str(seed), *moments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def fork(*arguments: str) -> int:
    """The command line in a fork of this process; its process id."""
    from nlpx.cli.main import main

    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.argv = ["nlpx", *arguments]
        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        os._exit(code)


def wait(child: int, seconds: float = PATIENCE) -> int | None:
    """The exit code (negative: the signal) of a process, None if it still runs after some time."""
    deadline = time.monotonic() + seconds
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.002)


def position(run: Path) -> tuple[int, int]:
    """Epoch and batch of the newest checkpoint."""
    names = [path.stem.split("-")[1:] for path in (run / "checkpoint").glob("state-*")]
    return max(((int(epoch), int(step)) for epoch, step in names), default=(-1, 0))


def wait_for(moment: str, child: int, run: Path, rng: random.Random) -> None:
    """Until there is a newer checkpoint, or a model; and a random moment longer."""
    before, deadline = position(run), time.monotonic() + PATIENCE
    while position(run) <= before if moment == "batch" else not (run / "model").exists():
        code = wait(child, 0.005)
        assert code is None, f"it ended with {code} before it was disturbed"
        assert time.monotonic() < deadline
    time.sleep(rng.uniform(0, 0.1))


def disturb_once(child: int, run: Path, number: signal.Signals) -> dict[str, Any]:
    """Send a signal to a training and see how it ends."""
    before, began = position(run), time.monotonic()
    os.kill(child, number)
    code = wait(child)
    seconds = round(time.monotonic() - began, 3)
    state = json.loads((run / "STATUS").read_text())["state"]
    return {"code": code, "state": state, "seconds": seconds, "before": before, "after": position(run)}


def main(config: str, runs: str, seed: str, *moments: str) -> None:
    from nlpx.backend import load_backend

    load_backend()
    rng, common = random.Random(int(seed)), ["train", "sequence_labeling", "--quiet", "--runs-dir", runs]
    first, run = Path(runs, "sequence_labeling", "v0001-tiny"), Path(runs, "sequence_labeling", "v0002-tiny")
    undisturbed = fork(*common, "--config", config)
    while not first.exists():
        time.sleep(0.01)
    arguments = [*common, "--config", config]
    for moment in moments:
        name, _, when = moment.partition(" ")
        child = fork(*arguments)
        wait_for(when, child, run, rng)
        sys.stdout.write(json.dumps(disturb_once(child, run, signal.Signals[name])) + "\n")
        arguments = [*common, "--resume", "v2"]
    assert wait(fork(*arguments)) == 0
    assert wait(undisturbed) == 0


if __name__ == "__main__":
    main(*sys.argv[1:])
