# `make demo` and `make test` are all a newcomer needs. Each makes .venv if it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo studio test test-slow journeys fuzz lint types imports unit benchmarks docs clean help

help:
	@echo "make demo        the whole pipeline on built-in data, in under five minutes"
	@echo "make studio      the studio in the browser: draw bubbles, get plans"
	@echo "make test        linter, types, import rules and tests"
	@echo "make test-slow   the tests that take longer, and all others with five times the examples"
	@echo "make journeys    the studio's page in Chromium, by the ten journeys of docs/studio.md"
	@echo "make fuzz        five minutes of commands with hostile options and files"
	@echo "make benchmarks  the speed figures of docs/benchmarks.md"
	@echo "make docs        README and docs as a site in build/site"
	@echo "make clean       remove the virtual environment and caches"

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(INSTALLED)

demo: $(INSTALLED)
	$(BIN)/bd-gen demo

studio: $(INSTALLED)
	$(BIN)/bd-gen studio

test: lint types imports unit

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

imports: $(INSTALLED)
	$(BIN)/lint-imports

# Each worker keeps to one core. Where bytecode may not be written, every process would compile all anew.
ORDINARY := OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -m "not slow" -n 2 --dist worksteal

unit: $(INSTALLED)
	$(ORDINARY)

test-slow: $(INSTALLED)
	BD_GEN_THOROUGH=1 $(BIN)/pytest -m slow
	BD_GEN_THOROUGH=1 $(ORDINARY)

journeys: $(INSTALLED)
	$(BIN)/pytest -m slow tests/studio

fuzz: $(INSTALLED)
	$(BIN)/python -m benchmarks.fuzz --minutes 5

benchmarks: $(INSTALLED)
	$(BIN)/python -m benchmarks.run_all

docs: $(INSTALLED)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	$(BIN)/python scripts/docs_site.py
	$(BIN)/zensical build --clean --strict

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
