# Two commands do everything on a fresh machine: `make submit` and `make test`. Only python3 and a package index are
# needed; every target that needs the virtual environment makes it first.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
TASK   ?= entity_linking
CONFIG ?= configs/el.yaml
RUN    ?= latest
ARGS   ?=
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

setup: $(STAMP) ## make .venv and install the project into it

submit: $(STAMP) ## train TASK with CONFIG, then write and check the submission
	$(BIN)/nlpx train $(TASK) --config $(CONFIG) $(ARGS)
	$(BIN)/nlpx submit --run latest

train: $(STAMP) ## train TASK with CONFIG
	$(BIN)/nlpx train $(TASK) --config $(CONFIG) $(ARGS)

predict: $(STAMP) ## predict with RUN (latest)
	$(BIN)/nlpx predict --run $(RUN) $(ARGS)

runs: $(STAMP) ## the leaderboard
	$(BIN)/nlpx runs

test: $(STAMP) ## run the test suite
	$(BIN)/python -m pytest -n auto --dist loadfile -m 'not slow' $(ARGS)

test-slow: $(STAMP) ## run the long tests, which `make test` leaves out
	$(BIN)/python -m pytest -m slow $(ARGS)

lint: $(STAMP) ## ruff, and mypy on the built tree (it cannot see mapped packages in an editable install)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build/typecheck
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target build/typecheck .
	MYPYPATH=build/typecheck $(BIN)/mypy -p nlpx

format: $(STAMP) ## let ruff fix and format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## measure speed against the peers, in a virtual environment of their own
	$(BIN)/python benchmarks/run.py

clean: ## remove the virtual environment, builds and caches; runs stay
	rm -rf $(VENV) .venv-bench build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis

.PHONY: help setup submit train predict runs test test-slow lint format bench clean
