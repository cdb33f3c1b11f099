"""What a training would do, in words, before it costs six hours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nlpx.config.load import LoadedConfig
from nlpx.pipeline.resume import check_resumable
from nlpx.pipeline.smoke import smoke_sample
from nlpx.pipeline.submit import SMOKE_PREFIX
from nlpx.pipeline.train_options import TrainOptions
from nlpx.runs import Run, RunStore
from nlpx.runs.scores import is_smoke
from nlpx.runs.store import next_version, slug
from nlpx.stats.units import texts
from nlpx.task import SPLITS, Task, get_task


def plan(
    loaded: LoadedConfig, store: RunStore, options: TrainOptions, resume: Run | None = None
) -> dict[str, str]:
    """Facts by name; reads the data and builds the model, but writes nothing.

    Raises:
        NlpxError: whatever `nlpx.pipeline.train.train` would refuse at its start.
    """
    config = loaded.config
    task: Task[Any, Any] = get_task(config.task)(config)
    if resume is not None:
        check_resumable(resume, config, task, smoke=options.smoke)
        options = replace(options, smoke=is_smoke(resume))
    splits = {split: task.read(split)[0] for split in SPLITS}
    if options.smoke:
        splits = {split: smoke_sample(task, examples) for split, examples in splits.items()}
    final = next((split for split in ("test", "dev") if splits[split]), None)
    facts = {"task": config.task, "config": str(loaded.path or "defaults"), "seed": str(config.seed)}
    facts |= {split: texts(len(examples)) for split, examples in splits.items() if examples}
    facts |= task.predictor().plan(splits["train"])
    facts["stages"] = " → ".join(
        ["read", "fit", *(f"predict {split}" for split in ("dev", "test") if splits[split])]
    )
    facts["submission"] = "none, for want of data.dev and data.test"
    if final is not None:
        facts["submission"] = f"{SMOKE_PREFIX if options.smoke else ''}{task.submission_name()} for {final}"
    facts["run folder"] = _folder(config, store, resume)
    return facts


def _folder(config: Any, store: RunStore, resume: Run | None) -> str:
    if resume is not None:
        return f"{resume.path}, which goes on"
    folder = store.root / config.task
    return str(folder / f"v{next_version(folder):04d}-{slug(config.name)}")
