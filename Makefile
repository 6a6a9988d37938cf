# What there is to do, on a machine with Python 3.11 or newer and make. `make` alone prints this list.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --root-user-action=ignore
# Test processes at once: most tests wait for servers, so more than there are cores. Files are begun in their order, which
# has the long ones first: a file that begins last is waited for by all.
WORKERS ?= 4
PRODUCT := hub actors storage web
CODE := $(PRODUCT) tests hatch_build.py

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test check read web bench lint types docs clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## install into .venv from requirements.lock, compile, and build the inbox page
	@$(BIN)/python -m compileall -q $(PRODUCT)
	@$(BIN)/python hatch_build.py

run: setup ## start a living inbox: hub demo
	@$(BIN)/python -m hub demo

test: setup ## run the whole test suite
	@$(BIN)/python hatch_build.py test
	@# Once for all processes: compiling the tests takes longer than reading what was compiled.
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --collect-only -qq >/dev/null || true
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(STAMP) ## what CI runs: lint, types, page checks and the tests
	@$(MAKE) --jobs 2 read test

# What is found by reading goes on while the page is built, and while tests wait for servers.
read: lint types setup
	@$(BIN)/python hatch_build.py check
	@$(BIN)/python tests/test_architecture.py

web: $(STAMP) ## build the inbox page, whether or not it is current
	@$(BIN)/python hatch_build.py build

bench: setup ## measure: hub bench
	@$(BIN)/python -m hub bench

lint: $(STAMP) ## ruff: rules and format
	@$(BIN)/python -m ruff check --quiet $(CODE)
	@$(BIN)/python -m ruff format --quiet --check $(CODE)

types: $(STAMP) ## mypy, strict
	@$(BIN)/python -m mypy

docs: $(STAMP) ## write what in docs/ is generated
	@PYTHONPATH=. $(BIN)/python tests/test_docs.py

clean: ## remove what can be made again (not .venv, not .hub)
	rm -rf dist web/static .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	find $(CODE) -name __pycache__ -prune -exec rm -rf {} +

# The environment is installed again when the lock file or pyproject.toml changed, or the project was moved.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.x")'
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing into $(VENV) ..." >&2
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@echo $(CURDIR) > $@
