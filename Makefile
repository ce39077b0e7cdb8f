# Everything that a fresh machine needs: Python 3.11-3.13 with pip, make, and the package registry.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# A stamp is the last thing written, so a set-up that was interrupted is done again.
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
PIP := $(PYTHON) -m pip --disable-pip-version-check --python $(PY) install --require-hashes
LOCK := $(PY) -m uv pip compile --quiet --universal --generate-hashes --custom-compile-command 'make requirements' pyproject.toml --extra train

.PHONY: setup run test bench chaos translations check audit requirements clean

# uv takes a fifth of pip's time. It does not read pip's settings, such as a company's mirror; where
# it fails, pip installs the same. Both compile what they install: where Python may not write beside
# its modules, each start would compile them anew, which takes three times as long as the start.
define install
@$(PY) -m uv pip install --compile-bytecode --python $(PY) --require-hashes -r $(1) || $(PIP) -r $(1)
endef

setup: $(RUNTIME)

$(RUNTIME): requirements.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v < (3, 14) or sys.exit("Expected Python 3.11, 3.12 or 3.13. Received %d.%d: set PYTHON=python3.12, say." % v)'
	@echo "Setting up $(VENV), once. This fetches about 460 MB, fills 2.0 GB of disk and takes about a minute."
	@$(PYTHON) -m venv --clear --without-pip $(VENV)
	@sed -n '/^uv==/,/# via/p' tests/requirements.txt | $(PIP) --quiet -r /dev/stdin
	$(call install,requirements.txt)
	@touch $@

$(DEVELOPMENT): $(RUNTIME) tests/requirements.txt
	@echo "Adding what the tests need to $(VENV), once. This fetches about 160 MB and takes about 15 seconds."
	$(call install,tests/requirements.txt)
	@touch $@

run: $(RUNTIME)
	@$(PY) -m bot

# Where Python may not keep what it compiled (some containers), each of the hundred processes that
# the tests start would compile both packages anew.
test: $(DEVELOPMENT)
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n auto --dist worksteal

bench: $(DEVELOPMENT)
	@$(PY) -m tests.bench

# Breaks the network to Telegram and Discord, and the machine, and counts lost photos: 30 minutes.
chaos: $(DEVELOPMENT)
	@$(PY) -m tests.chaos
	@$(PY) -m tests.chaos.machine
	@$(PY) -m tests.chaos.discord

# Collects what the bot says, brings the catalogue of each language up to date, and compiles them.
translations: $(DEVELOPMENT)
	@$(PY) -m tests.translations

# What `make test` leaves to the machine that has time: style, types, who imports whom.
check: $(DEVELOPMENT)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

# Known weaknesses of the packages, and their licences. This asks the internet; strictly, because
# what cannot be looked up would otherwise pass as free of weaknesses.
audit: $(DEVELOPMENT)
	$(PY) -m uv tool run pip-audit --strict --disable-pip --requirement requirements.txt
	$(PY) -m uv tool run pip-licenses --python $(PY) --order license

# The resolved sets, pinned with hashes, for every platform at once.
requirements: $(DEVELOPMENT)
	$(LOCK) -o requirements.txt
	$(LOCK) --group dev -c requirements.txt -o tests/requirements.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
