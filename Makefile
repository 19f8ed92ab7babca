# make test    every check, as the build server runs them
# make demo    load data/demo into a fresh ledger and ask it three questions
# make faults  fail every storage call in every way, cut the power, damage files, many at work at once
#              and in any order: the long form
# make clean   remove everything the first two created
#
# Where there is Java, PySpark comes as well, and the tests of clusters run; else they say why not.
# Needed: Python 3.11 or newer and make. Everything else goes into .venv.
# Another Python: make test PYTHON=python3.13

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
JAVA := $(shell command -v java)
LINKS := ticketledger/ingest ticketledger/models ticketledger/queries

# Tests start hundreds of processes: where Python keeps no compiled modules, half their time is compiling.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: test types pytest demo faults clean

# Types are checked beside the tests: alone, they leave all processors but one idle.
test: .venv/installed-test | $(LINKS)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory --jobs=2 types pytest

types: .venv/installed-test | $(LINKS)
	$(BIN)/mypy

pytest: .venv/installed-test | $(LINKS)
	$(BIN)/pytest --numprocesses auto --dist worksteal -rs

demo: .venv/installed-core | $(LINKS)
	@PATH="$(CURDIR)/$(BIN):$$PATH" .ci/demo

faults: .venv/installed-test | $(LINKS)
	TICKETLEDGER_TEST_SIZE=nightly $(BIN)/pytest tests/faults tests/front/test_damages.py \
	    tests/front/test_company.py tests/ingest/test_machine.py

clean:
	rm -rf .venv dist build data/demo-ledger data/demo-feed .coverage htmlcov
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find ingest models queries ticketledger tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The empty files installed-* say when pyproject.toml was last installed. PySpark comes as source: its
# wheel is built while all else is installed.
.venv/installed-core: pyproject.toml | .venv/ready
	@echo "installing ticketledger into .venv"
	@$(PIP) install --editable .
	@touch $@

.venv/installed-test: pyproject.toml | .venv/ready
	@echo "installing ticketledger and its test tools into .venv"
	@set -e; $(if $(JAVA),$(PIP) wheel --no-deps --wheel-dir .venv/wheels pyspark & built=$$!;) \
	    $(PIP) install --no-compile --editable '.[test]'; \
	    $(if $(JAVA),wait $$built; \
	    $(PIP) install --no-compile .venv/wheels/pyspark-*.whl)
	@rm -rf .venv/wheels
	@touch .venv/installed-core $@

.venv/ready:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	    { echo "error: '$(PYTHON)' is not Python 3.11 or newer; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

# Git keeps these links; an unpacked sdist does not have them.
$(LINKS):
	ln -s ../$(@F) $@
