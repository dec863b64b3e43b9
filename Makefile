# Everything here sets up what it needs: `make demo` works in a fresh clone.
# Paths are relative, so that the clone may stand in a folder whose name has spaces.

# The first of these that is Python 3.11 or later makes .venv; `make PYTHON=...` names another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# Options for pytest; others replace these: `make pytest PYTEST_ARGS="-k padding"`.
# Two processes, each with whole files: tests start sandboxes, servers and browsers of their own.
PYTEST_ARGS ?= -n 2 --dist loadfile

# What `make test` asks, in this order. pytest comes last, so that its closing line ends the output.
GATES := format ruff types fresh proofs pytest

BIN := .venv/bin
READY := .venv/ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test lint build solved lock clean $(GATES)

help:  ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

setup: $(READY)  ## make .venv: the locked packages, and this project

demo: $(READY)  ## grade the sample class in build/demo/
	@$(BIN)/autograder demo

test: $(GATES)  ## all gates; REQUIRE_ALL=1 runs the long tests too and refuses to skip any

lint: format ruff types  ## the gates that only read the code

build: $(READY)  ## make assignments/ from solutions/
	@$(BIN)/autograder build

solved: $(READY)  ## execute the solutions into build/solved/
	@$(BIN)/autograder solved

format: $(READY)
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted as above; run: $(BIN)/ruff format ."; exit 1; }

ruff: $(READY)
	@$(BIN)/ruff check --quiet .

types: $(READY)
	@$(BIN)/mypy

fresh: $(READY)
	@$(BIN)/autograder build --check

# Fewer seeds than the 20 that `autograder validate` takes by itself: all gates have to end in time.
proofs: $(READY)
	@$(BIN)/autograder validate $(if $(REQUIRE_ALL),--seeds 10 --right-seeds 20,--seeds 3)

pytest: $(READY)
	@$(BIN)/pytest $(PYTEST_ARGS)

# pip itself comes from the lock, too: the one that Python brings may take twice as long.
# Twice quiet, it also keeps setuptools' advice about editable installations to itself.
# Bytecode is compiled on all cores, not by pip on one, and not for what is imported rarely.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later on PATH (python3 is: $$(python3 --version 2>&1)). Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is not Python 3.11 or later: $$("$(PYTHON)" --version 2>&1). Name another: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Setting up .venv with the packages of requirements.lock; this takes about a minute."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv
	@sed -n '/^pip==/,/[^\\]$$/p' requirements.lock > .venv/pip.lock
	@$(PIP) --require-hashes -r .venv/pip.lock
	@$(PIP) --no-compile --require-hashes -r requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 -x '/(debugpy|mypyc?|selenium|setuptools|tests?)/' .venv/lib || :
	@$(PIP) --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Of every Python from 3.11 on and every system: versions and hashes, and no registry's name.
lock:  ## resolve requirements.lock anew from pyproject.toml
	@"$(PYTHON)" -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'
	@build/lock/bin/python -c 'import tomllib; print("pip", *tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' > build/lock/build.in
	@build/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--extra dev pyproject.toml build/lock/build.in --output-file requirements.lock

clean:  ## remove .venv, build/ and caches; keep what students handed in and all grades
	@rm -rf .venv build course_utils/build .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info course_utils/*.egg-info
	@find autograder course_utils tests solutions examples -name __pycache__ -type d -prune -exec rm -rf {} +
