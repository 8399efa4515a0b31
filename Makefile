# `make run` is all a new clone needs; `make test` is all a change needs.
# PORT and every other setting come from the environment or .env (see .env.example); none has a default here,
# or it would win over .env.

PYTHON ?= python3
BIN := .venv/bin
# Lint must neither need nor read the .env of this machine.
THROWAWAY := $(BIN)/python tests/environment.py
INSTALL := pip install --quiet --disable-pip-version-check --require-hashes
PIP := $(BIN)/$(INSTALL)

.PHONY: run demo test bench soak lint audit-deps lock clean ready browser clients screenshots
.DEFAULT_GOAL := run

run: ready
	@exec $(BIN)/python manage.py serve

# Its own keys and its own database, gone when it ends; .env and data/ are not touched.
demo: .venv/.installed
	@set -e; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; trap 'exit 130' INT TERM; \
	  export STRONGROOM_ENV_FILE="$$folder/.env" DATABASE_URL="sqlite:///$$folder/demo.sqlite3"; \
	  $(BIN)/python config/make_env.py 2>/dev/null; \
	  $(BIN)/python manage.py migrate --noinput -v0; \
	  $(BIN)/python manage.py collectstatic --noinput -v0; \
	  $(BIN)/python manage.py demo

ready: .venv/.installed
	@$(BIN)/python config/make_env.py
	@$(BIN)/python manage.py migrate --noinput -v0
	@$(BIN)/python manage.py collectstatic --noinput -v0

# Twice: on SQLite, then on PostgreSQL what can differ there. Nothing is printed after the last line of pytest.
test: lint browser clients
	@$(BIN)/python -m pytest
	@$(BIN)/python tests/on_postgres.py

# Some minutes, on a machine that does nothing else meanwhile.
bench: .venv/.installed-dev
	@$(BIN)/python -m bench

lint: .venv/.installed-dev
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(THROWAWAY) mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint --lint --quiet templates
	@find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	@$(THROWAWAY) python manage.py makemigrations --check --dry-run
	@# The warnings of --deploy are about a server under TLS, so this one is.
	@BASE_URL=https://vault.example.org ALLOWED_HOSTS=vault.example.org \
	  $(THROWAWAY) python manage.py check --deploy --fail-level WARNING

# Debian's own Chromium brings its libraries along; Playwright's download needs them to be there already.
browser: .venv/.installed-dev
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit; done; \
	  if [ "$$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	      apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core; \
	  else $(BIN)/playwright install chromium; fi
	@# A second opinion on TOTP codes; its test is skipped where it cannot be had.
	@command -v oathtool >/dev/null || [ "$$(id -u)" != 0 ] \
	  || { apt-get update -qq && apt-get install -qq -y --no-install-recommends oathtool; } || true

# The clients that the doors must satisfy and that do not fit into .venv, by the hashes of their locks.
# npm writes the stamp; Skyvern's client wants an older rich than our linters.
SKYVERN := tests/clients/skyvern
clients: tests/clients/js/node_modules/.package-lock.json $(SKYVERN)/venv/.installed
$(SKYVERN)/venv/.installed: $(SKYVERN)/requirements.txt
	@[ -x $(SKYVERN)/venv/bin/pip ] || $(PYTHON) -m venv $(SKYVERN)/venv
	@$(SKYVERN)/venv/bin/$(INSTALL) -r $<
	@touch $@
tests/clients/js/node_modules/.package-lock.json: tests/clients/js/package-lock.json .venv/.installed-dev
	@$(BIN)/npm ci --prefix tests/clients/js --silent

# Every page in both themes, as small pictures in docs/screenshots.
screenshots: browser
	@$(BIN)/python -m tests.screenshots

# The stamps are written last: an interrupted installation starts again.
.venv/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit("Python 3.11 or newer: make PYTHON=...")'
	@[ -x $(BIN)/pip ] || $(PYTHON) -m venv .venv
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@$(PIP) -r requirements-dev.txt
	@touch $@

# Known holes in what is installed; asks the index, so it needs the network.
audit-deps: .venv/.installed-dev
	@$(BIN)/pip-audit --disable-pip --require-hashes -r requirements.txt

# Ten minutes of mixed work on a scratch PostgreSQL with two processes; SECONDS=60 for one.
SECONDS ?= 600
soak: .venv/.installed-dev
	@$(THROWAWAY) python tests/soak.py $(SECONDS)

# Keeps the pins that still fit; `make lock UPGRADE=--upgrade` takes the newest.
lock: .venv/.installed-dev
	@for name in requirements requirements-dev $(SKYVERN)/requirements; do \
	  UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile $(UPGRADE) --quiet --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url $$name.in -o $$name.txt || exit; done

# Never .env or data/: they cannot be made again.
clean:
	rm -rf .venv tests/clients/js/node_modules tests/clients/skyvern/venv staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
