# Everything that a fresh machine needs: Python 3.11-3.13 with pip, make, and the package registry.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# The stamp is the last thing written, so a set-up that was interrupted is done again.
STAMP := $(VENV)/.requirements-dev.sha

.PHONY: setup run test bench check requirements clean

setup: $(STAMP)

$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v < (3, 14) or sys.exit("Expected Python 3.11, 3.12 or 3.13. Received %d.%d: set PYTHON=python3.12, say." % v)'
	$(PYTHON) -m venv --clear --without-pip $(VENV)
	$(PYTHON) -m pip --python $(PY) install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@cp requirements-dev.txt $(STAMP)

run: setup
	@$(PY) -m bot

test: setup
	@$(PY) -m pytest

bench: setup
	@$(PY) -m tests.bench

# What `make test` leaves to the machine that has time: style, types, who imports whom.
check: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

# The resolved sets, pinned with hashes, for every platform at once.
requirements: setup
	$(PY) -m uv pip compile --quiet --universal --generate-hashes --custom-compile-command 'make requirements' pyproject.toml -o requirements.txt
	$(PY) -m uv pip compile --quiet --universal --generate-hashes --custom-compile-command 'make requirements' pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
