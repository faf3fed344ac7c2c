# The commands of the project. `make run` and `make test` are all a newcomer needs.

PYTHON ?= python3
PORT ?= 8000
STATE_DIR ?= .run
export PORT STATE_DIR

VENV := .venv/bin/python
SUPERVISOR := $(VENV) -m loyalty_site.supervisor
# Tests take any free port, and a temporary folder unless STATE_DIR was asked for.
ALONE := env -u PORT $(if $(filter file,$(origin STATE_DIR)),-u STATE_DIR) $(SUPERVISOR) exec --
UV := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
FAST := not slow and not browser and not race
# Pages and the API ask for whole requests: they take longer than the minute of the daily run.
PAGES := --ignore tests/api --ignore tests/backoffice --ignore tests/shop
# `make test ARGS="tests/points -k expire"` runs a part.
ARGS ?=
BASKETS ?= 5000

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check format lock assets css bench chaos journey clean install install-dev install-journey

help: ## show this list
	@awk -F ':.*## ' '/^[a-z -]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: install ## start the shop on PORT (8000), keep its data in STATE_DIR (.run)
	@exec $(SUPERVISOR) run

test: install-dev ## run every test on databases of its own
	@exec $(ALONE) $(VENV) -m pytest $(ARGS)

test-fast: install-dev ## rules, services and queries, without pages: under a minute
	@exec $(ALONE) $(VENV) -m pytest -m "$(FAST)" $(PAGES) $(ARGS)

check: install-dev ## format, lint, types, imports, migrations, translations, templates
	@exec $(ALONE) $(VENV) -m tests.house.check

format: install-dev ## rewrite the source in the house format
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

css assets: install ## build the style sheet and the message catalogues, if their sources changed
	@exec $(SUPERVISOR) assets

bench: install-dev ## print ratios to floors measured in the same run
	@exec $(ALONE) $(VENV) -m bench $(ARGS)

chaos: install-dev ## races and faults, at length: ARGS="limits --runs 20", ARGS="--small"
	@exec $(ALONE) $(VENV) -m tests.chaos $(ARGS)

journey: install-journey ## replay BASKETS real till receipts (5000) on a database of its own
	@exec $(ALONE) sh -c '$(VENV) manage.py migrate --verbosity 0 && \
		exec $(VENV) manage.py replay_journey --baskets $(BASKETS) $(ARGS)'

lock: install-dev ## resolve pyproject.toml into the hashed locks
	$(UV) pyproject.toml -o requirements/base.lock
	$(UV) pyproject.toml --extra dev -c requirements/base.lock -o requirements/dev.lock
	$(UV) pyproject.toml --extra dev --extra journey -c requirements/dev.lock -o requirements/journey.lock

install:
	@exec $(PYTHON) loyalty_site/supervisor/install.py base

install-journey:
	@exec $(PYTHON) loyalty_site/supervisor/install.py journey

install-dev:
	@exec $(PYTHON) loyalty_site/supervisor/install.py dev

clean: ## remove what was built; data in STATE_DIR and .venv stay
	@rm -rf static_built .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .schemathesis
	@find . -name '*.mo' -path '*/locale/*' -not -path './.venv/*' -delete
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
