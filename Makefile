# `make` lists what there is. `make check` is all of CI.

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= python3
NODE_SETS := current previous older parsers data builders prisma

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test]'
	touch $@

tests/node/%/node_modules: tests/node/%/package-lock.json
	npm ci --prefix $(@D) --no-audit --no-fund --loglevel=error
	touch $@

setup: $(VENV)/installed $(NODE_SETS:%=tests/node/%/node_modules)  ## install Buttress and what its tests need

check-example: $(VENV)/installed  ## install, and check a backend of fixtures/apps
	$(BIN)/buttress check fixtures/apps/fastapi --task uv-fastapi-openapi-clean_architecture-sqlite-sqlalchemy --contract fixtures/apps/openapi.yml

test: setup  ## install what the tests need, and run them
	$(BIN)/pytest

apps: setup  ## run all reference backends, on both databases
	BUTTRESS_APPS=all $(BIN)/pytest -n 2 tests/run/test_apps.py

lint: setup  ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: setup  ## write the rule pages anew
	$(BIN)/python -m verifier.docs

site: $(VENV)/installed  ## make the site of the documentation, in site/; a broken link ends it
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[docs]'
	$(BIN)/python -m verifier.site

benchmark: setup  ## time a check against parsing alone
	$(BIN)/python tests/benchmarks/speed.py
	$(BIN)/python -m tests.benchmarks.queries

check: lint test  ## everything that CI runs

.PHONY: help setup check-example test apps lint docs site benchmark check
