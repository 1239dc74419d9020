# `make run` starts a community server to try; `make test` proves that it works; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES := $(shell nproc 2>/dev/null || echo 2)
# The test suite runs in more processes than there are cores: many of its tests only wait. Those of test-fast do not.
WORKERS ?= $(shell echo $$(($(CORES) * 2)))

.DEFAULT_GOAL := help
.PHONY: help run serve worker test test-fast check format bench bench-check-ins weights load attacks faults alike schema lock web install install-dev clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: install ## Run a community server with demo data on http://127.0.0.1:8000 (HOST=…, PORT=…, DEBUG=false)
	@VENV=$(VENV) bash web/build.sh || echo "Going on without the GraphiQL editor; the API works all the same."
	@DEFAULT_DEBUG=true DEFAULT_SECRET_KEY="$$(scripts/secret_key.sh)" exec $(BIN)/python manage.py develop

serve: install ## Serve with the settings of the environment (production unless DEBUG is on)
	@VENV=$(VENV) bash web/build.sh || echo "Going on without the GraphiQL editor; the API works all the same."
	@DEFAULT_HOST=0.0.0.0 exec $(BIN)/python manage.py serve

worker: install ## Run the tasks, the clock and the relay of the outbox (needs REDIS_URL)
	@exec $(BIN)/celery --app config worker --beat --concurrency "$${CONCURRENCY:-2}" --loglevel INFO

web: install ## Build the pages that a browser opens
	@VENV=$(VENV) bash web/build.sh

test: install-dev web ## Run the tests: on the embedded default, and on PostgreSQL and Redis where they answer
	@BIN=$(BIN) WORKERS=$(WORKERS) bash scripts/test.sh

test-fast: install-dev ## Run what needs no service, no browser and no process of its own, while you write
	@env -u DATABASE_URL -u REDIS_URL $(BIN)/pytest -q -n $(CORES) --dist loadgroup \
	  --sample "$${SAMPLE:-$$RANDOM}" -m "not services and not slow and not thorough and not postgresql"

check: install-dev ## Lint, types, import contracts, migrations and the printed schema
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy config domains graphql_api crawlers web tests
	DEBUG=true $(BIN)/python manage.py makemigrations --check --dry-run
	DEBUG=true $(BIN)/python manage.py print_schema --check

format: install-dev ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

bench: install-dev ## Measure recommendations among 10,000 and 200,000 roles, in PostgreSQL databases of its own
	$(BIN)/python -m tests.benchmarks.bench_recommendations

bench-check-ins: install-dev ## Measure check-ins a second through GraphQL beside the plain SQL transaction
	$(BIN)/python -m tests.benchmarks.bench_check_ins

weights: install-dev ## Measure how far the weights of fields are from what they cost
	$(BIN)/python -m tests.benchmarks.weights

load: install-dev ## Measure the live path: fan-out to 200, 2,000 idle sockets, stalled sockets (SECONDS=…, PARTS=…)
	$(BIN)/python -m tests.benchmarks.load $(PARTS)

attacks: install-dev ## Replay requests that once hurt a server; print CPU and bytes beside the limits (ONLY=…)
	$(BIN)/python -m tests.attacks --only "$(ONLY)"

faults: install-dev ## Kill servers, Redis and worker in turn while people talk, for ten minutes (MINUTES=…)
	$(BIN)/python -m tests.benchmarks.soak

alike: install-dev ## Measure whether the time of an answer tells that an address has an account
	$(BIN)/python -m tests.benchmarks.alike

schema: install ## Print the GraphQL schema, and the types without an id for the cache of urql
	DEBUG=true $(BIN)/python manage.py print_schema

lock: install-dev ## Resolve requirements/*.in anew
	PATH="$(BIN):$$PATH" requirements/lock.sh

clean: ## Remove what was built and installed; the data in var/ stays
	rm -rf $(VENV) web/node_modules var/static .mypy_cache .ruff_cache .pytest_cache

install: $(VENV)/.runtime
install-dev: $(VENV)/.dev

$(VENV)/.runtime: requirements/runtime.txt requirements/tools.txt
	@PYTHON=$(PYTHON) VENV=$(VENV) bash scripts/install.sh requirements/runtime.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/tools.txt | $(VENV)/.runtime
	@PYTHON=$(PYTHON) VENV=$(VENV) bash scripts/install.sh requirements/dev.txt
	@touch $@
