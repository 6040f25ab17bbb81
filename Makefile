# Two commands: `make run` (environment, main job on data/raw, summary) and `make test`. Everything lands in .venv and .prefect here.
PYTHON ?= python3
BIN := .venv/bin
RAW ?= data/raw
PROCESSED ?= data/processed
SHARED ?= ../shared

export PREFECT_HOME ?= $(CURDIR)/.prefect
export PREFECT_SERVER_ANALYTICS_ENABLED ?= false
export DO_NOT_TRACK ?= 1
export PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS ?= 120

.PHONY: run serve test test-all lint accuracy bench lock clean help

help:                ## this list
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v=sys.version_info[:2]; sys.exit(0 if (3,11) <= v < (3,14) else f"communique needs Python 3.11, 3.12 or 3.13; {sys.executable} is {v[0]}.{v[1]}: set PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: .venv/.ready        ## read data/raw into data/processed and print what was found
	$(BIN)/communique run $(RAW) --processed $(PROCESSED)

serve: .venv/.ready      ## run on a schedule: Prefect server and worker on this machine, until Ctrl-C
	$(BIN)/communique serve $(RAW) --processed $(PROCESSED)

test: .venv/.ready       ## the tests, at most ten minutes
	$(BIN)/python -m pytest -m "not slow"

test-all: .venv/.ready   ## also what takes longer
	$(BIN)/python -m pytest

lint: .venv/.ready       ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

accuracy: .venv/.ready   ## F1 per record type on the development gold (CHECK=1: also the check part)
	$(BIN)/python benchmarks/accuracy.py --shared $(SHARED) $(if $(CHECK),--check)

bench: .venv/.ready      ## speed as a ratio to the bare spaCy pipeline
	$(BIN)/python benchmarks/extract.py

lock:                ## resolve requirements.lock anew (needs uv)
	uv pip compile --universal --python-version 3.11 --extra dev --generate-hashes --no-emit-index-url --no-header --quiet pyproject.toml -o requirements.lock

clean:               ## forget the environment and the tables (raw files stay)
	rm -rf .venv .prefect build data/interim data/processed/current data/processed/snapshots data/processed/data data/processed/staging
