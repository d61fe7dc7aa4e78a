# Two commands are enough: `make run` and `make test`. Both set everything up by themselves.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PORT ?= 8000
APP_PORT ?= 8100
JOBS ?= 2

# Tests start many short processes, and each would compile what it imports anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PYTHON_RUN := $(BIN)/python
COMPILE = $$(.ci/setup uv) pip compile --universal --python-version 3.11 --generate-hashes --no-annotate \
	--quiet --custom-compile-command "make lock"

.PHONY: help run app test check lint format lock openapi bench mutants trust clean setup setup-dev

help: ## Show what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## Serve on http://127.0.0.1:8000 and show a first answer (PORT=8001 for another port)
	@$(PYTHON_RUN) -m app serve --host 127.0.0.1 --port $(PORT) --welcome

app: setup ## Serve the API and the app for two phones on http://127.0.0.1:8100 (APP_PORT, PORT, HOST=0.0.0.0)
	@.ci/setup-app
	@HOST=$(HOST) web/serve $(PORT) $(APP_PORT)

test: lint check ## Everything continuous integration runs: style, types, import direction, content, tests
	@$(PYTHON_RUN) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

check: setup-dev ## Read all content and name every mistake in it
	@$(PYTHON_RUN) -m app check

lint: setup-dev ## Style, types and import direction
	@$(PYTHON_RUN) -m ruff check --quiet .
	@$(PYTHON_RUN) -m ruff format --check --quiet . || { echo "Run make format."; exit 1; }
	@$(PYTHON_RUN) -m mypy
	@$(BIN)/lint-imports --no-logo

format: setup-dev ## Lay the code out
	@$(PYTHON_RUN) -m ruff check --quiet --fix-only .
	@$(PYTHON_RUN) -m ruff format .

lock: ## Bring the locks up to what pyproject.toml asks for (UPGRADE=1: to the newest)
	@$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --output-file requirements/runtime.lock
	@$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --group dev --constraints requirements/runtime.lock \
		--output-file requirements/dev.lock
	@$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --group bench --constraints requirements/dev.lock \
		--output-file requirements/bench.lock
	@$(COMPILE) $(if $(UPGRADE),--upgrade) --group node --output-file requirements/node.lock
	@$(COMPILE) $(if $(UPGRADE),--upgrade) clients/python/pyproject.toml --constraints requirements/dev.lock \
		--output-file requirements/client.lock

openapi: setup-dev ## Bring openapi.json up to what the code says
	@$(PYTHON_RUN) -m app openapi > openapi.json.new && mv openapi.json.new openapi.json

bench: setup-dev ## Measure what a view and a request cost, beside other engines
	@$$(.ci/setup uv) pip install --quiet --require-hashes --no-deps --python $(PYTHON_RUN) --requirements requirements/bench.lock
	@$(PYTHON_RUN) -m benchmarks

mutants: setup-dev ## Try every small mistake in the engine's Python and count them (minutes)
	@$(PYTHON_RUN) -m tests.mutation
	@$(PYTHON_RUN) -m pytest -n $(JOBS) tests/mutation

trust: setup-dev ## Kill, cut off and flood a real server: what never loses, doubles or breaks anything (most of an hour)
	@$(PYTHON_RUN) -m pytest -n $(JOBS) --dist worksteal -rP tests/trust
	@$(PYTHON_RUN) -m pytest -n $(JOBS) --dist loadfile -m thorough

clean: ## Remove what make has made
	@rm -rf .venv .boot .cache web/dist web/node_modules clients/typescript/dist clients/typescript/node_modules clients/python/src/rekindle_client/generated tests/trust/generators/node_modules .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

setup:
	@.ci/setup runtime

setup-dev:
	@.ci/setup dev
