PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 4
MUTANTS ?= 330
SEED ?= 1
CHARTS ?= .data/charts

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench openapi rules clients lock migration faults crowd parameters mutation schemathesis demo-cdisc-pilot charts clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

$(READY): requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q app
	@touch $(READY)

run: $(READY) ## Serve a demonstration trial and say how to sign in
	$(BIN)/dayzero demo run

test: $(READY) ## Run every test
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n $(WORKERS) --dist worksteal

lint: $(READY) ## Check style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## Write the code the way the linter wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## Measure the service against the bare framework, in one run
	$(BIN)/python -m benchmarks

openapi: $(READY) ## Write the published contract
	$(BIN)/dayzero openapi --output openapi/openapi.json

rules: $(READY) ## Write the rule book
	$(BIN)/python -m app.services.rule_book

migration: $(READY) ## Write the migration that makes the table of a kind of record (TABLE=visit TITLE="Hold visits")
	$(BIN)/python -m migrations.describe $(TABLE) "$(TITLE)"

clients: $(READY) ## Make clients of the contract by three generators and let each work at a service
	$(BIN)/python -m tests.clients

faults: $(READY) ## Kill the service and its database many times under load
	$(BIN)/pytest -n 0 tests/faults --kills 40

crowd: $(READY) ## Let thousands of connections drip and rest beside an honest client
	$(BIN)/pytest -n 0 -s tests/faults/test_crowd.py --crowd 2000

parameters: $(READY) ## Send a million hostile parameters to every place that takes one
	$(BIN)/pytest -n 2 tests/test_parameters.py --parameters 1000000

mutation: $(READY) ## Change the rules, a sample by a seed, and see that a test fails (MUTANTS=330 SEED=1 SINCE=revision)
	nice -n 10 $(BIN)/python -m tests.mutation --sample $(MUTANTS) --seed $(SEED) $(if $(SINCE),--since $(SINCE))

schemathesis: $(READY) ## Hold the service to its contract for longer than the tests do
	$(BIN)/pytest -n 0 tests/test_schemathesis.py --campaign

demo-cdisc-pilot: $(READY) ## Load the CDISC pilot study into a service of its own
	$(BIN)/dayzero demo run --source cdisc-pilot

charts: $(READY) ## Draw every picture of the demonstration trial in every form (CHARTS=.data/charts)
	$(BIN)/dayzero demo charts --output $(CHARTS)

lock: $(READY) ## Lock the dependencies again, with their hashes
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.txt pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra development --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

clean: ## Remove what was made, but not the data
	rm -rf $(VENV) .clients .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
