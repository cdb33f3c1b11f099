"""What each part of a model is worth: train a config as it is and with settings changed, and print a Markdown table.

    python benchmarks/ablations.py configs/el.yaml --seeds 0,1,2 model.stacker=null model.second_look=false
    python benchmarks/ablations.py configs/el_su2019.yaml "model.gate=false model.match_flags=false"

Each setting is one or several overrides as `nlpx train -S` takes them. Runs stay in --runs-dir, and what has finished
there is not trained again, so that a table can be gone on with.
"""

import argparse
import hashlib
import shlex
import subprocess
import sys
from pathlib import Path
from statistics import mean
from typing import Any

from nlpx.runs import Run, RunStore

NLPX = [sys.executable, "-P", "-c", "from nlpx.cli.main import main; main()"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("config", type=Path)
    parser.add_argument("settings", nargs="*", help="overrides of one row of the table")
    parser.add_argument("--seeds", default="0", help="such as 0,1,2")
    parser.add_argument("--runs-dir", type=Path, default=Path("runs-ablations"))
    return parser.parse_intermixed_args()


def trained(config: Path, setting: str, seed: int, runs: Path) -> Run:
    """The finished run of a setting."""
    task = next(line.split()[1] for line in config.read_text().splitlines() if line.startswith("task:"))
    name = f"{config.stem}-{hashlib.sha256(setting.encode()).hexdigest()[:8]}-{seed}"
    for run in RunStore(runs).list(task):
        if run.name == name and run.finished:
            return run
    sets = [part for one in shlex.split(setting) for part in ("-S", one)]
    options = ["--config", str(config), "--seed", str(seed), "--name", name, "--runs-dir", str(runs), "-q"]
    subprocess.run([*NLPX, "train", task, *options, *sets], check=True, stdout=sys.stderr)
    return next(run for run in RunStore(runs).list(task) if run.name == name and run.finished)


def scores(run: Run) -> dict[str, float]:
    """The metric that judges the run, by split."""
    metrics: dict[str, Any] = run.metrics()
    metric = metrics["main"]["metric"]
    return {split: found[metric] for split, found in metrics["splits"].items()}


def main() -> None:
    options = arguments()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    print(f"{options.config.name}, seeds {options.seeds}\n")
    for number, setting in enumerate(["", *options.settings]):
        found = [scores(trained(options.config, setting, seed, options.runs_dir)) for seed in seeds]
        if not number:
            print(f"| setting | {' | '.join(found[0])} |\n|---|{'---|' * len(found[0])}")
        means = (f"{mean(one[split] for one in found):.3f}".removeprefix("0") for split in found[0])
        print(f"| {f'`{setting}`' if setting else 'all'} | {' | '.join(means)} |", flush=True)


if __name__ == "__main__":
    main()
