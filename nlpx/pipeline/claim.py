"""The folder of a run that begins or goes on, for as long as it is worked on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from nlpx.config.dump import dump
from nlpx.config.load import LoadedConfig
from nlpx.config.paths import require_file
from nlpx.pipeline.records import log_kept, status_kept
from nlpx.pipeline.resume import HasInputs, check_resumable
from nlpx.pipeline.train_options import TrainOptions
from nlpx.runs import Run, RunStore
from nlpx.runs.scores import is_smoke


@contextmanager
def claimed(
    loaded: LoadedConfig, store: RunStore, options: TrainOptions, reader: HasInputs, resume: Run | None
) -> Iterator[tuple[Run, TrainOptions]]:
    """A new run with its config written, or `resume`, locked; with the options that hold for it.

    STATUS and log are kept whatever happens inside.

    Args:
        reader: knows the files that the config names.

    Raises:
        DataError: one of them is missing.
        RunError: `resume` is finished, busy, or was started with another config or other data.
    """
    config = loaded.config
    for path in reader.input_files().values():  # before a run is claimed that could only fail
        require_file(path)
    run = resume or store.create(config.task, config.name)
    with run.lock():
        if resume is not None:
            check_resumable(resume, config, reader, smoke=options.smoke)
            options = replace(options, smoke=is_smoke(resume))
        with status_kept(run), log_kept(run.path / "log.txt"):
            if resume is None:  # first of all: without its config no run can be resumed
                run.write_text("config.yaml", dump(config))
                run.write_text("config.source.yaml", loaded.source)
                run.note("fit.smoke", options.smoke)
            if options.on_start is not None:
                options.on_start(run)
            yield run, options
