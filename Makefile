# Needs Python >= 3.11 and make. Everything else is installed into .venv from the lock file.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help run test check bench torture lock clean

help:
	@echo 'make run    run one cycle: fetch what sources.yaml names, publish into output/'
	@echo 'make test   run the tests; TESTS=tests/store runs some of them'
	@echo 'make check  check formatting, lint rules, types and import layers'
	@echo 'make bench  measure speed and memory, as ratios'
	@echo 'make torture  fuzz, kill and attack the program for hours; TORTURE="kill --kills 20" runs a part'
	@echo 'make lock   update requirements.lock from pyproject.toml'
	@echo 'make clean  delete .venv, caches, the state and the output'

# uv installs the lock in a few seconds. If it fails, pip is used, which obeys every pip configuration. All modules are
# compiled here: a user without write permission would otherwise compile them at every start, which takes a second.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "feeds needs Python 3.11 or newer: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv || true
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock 2>/dev/null \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . 2>/dev/null \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q feeds
	@touch $@

run: $(READY)
	@$(BIN)/feeds once

test: $(READY)
	@$(BIN)/python -m pytest $(TESTS)

check: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(READY)
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.polling --every 6
	@$(BIN)/python -m bench.emission
	@$(BIN)/python -m bench.side_by_side

torture: $(READY)
	@$(BIN)/python -m tests.torture $(TORTURE)

lock: $(READY)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --group dev --custom-compile-command 'make lock' pyproject.toml --upgrade -o requirements.lock

clean:
	rm -rf $(VENV) .venv-newest .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache feeds.egg-info feeds.db feeds.db-* bench/out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find output -mindepth 1 ! -name .gitignore -delete
