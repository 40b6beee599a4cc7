# The two commands for everyone: `make run` and `make test`. Both set up all they need in .venv and nowhere else.

PORT ?=
VENV := .venv
TRACKERS_VENV := .venv-mlflow
PY := $(VENV)/bin/python

# Every install is pinned by hash. A lock is complete, so nothing is resolved: pip would otherwise look at the newest
# release of a library that another one names with an extra, and stop at its missing hash.
INSTALL = $(PY) -m pip install -qq --disable-pip-version-check --no-input --no-deps
# The checkout itself is installed from these very files, without the registry.
ENROL = $(INSTALL) --no-index --no-build-isolation --editable .

.PHONY: run test bench lint lock clean

run: $(VENV)/run.stamp
	@$(PY) -m planner serve --example $(if $(PORT),--port $(PORT))

test: $(VENV)/test.stamp $(TRACKERS_VENV)/stamp
	@$(PY) -m tests.support.chromium
	@$(PY) -m pytest

bench: $(VENV)/test.stamp
	@$(PY) -m tests.bench

lint: $(VENV)/test.stamp
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports

# Keeps the versions that are locked. For newer ones: make lock UPGRADE=--upgrade
UPGRADE ?=
LOCKS ?= requirements
COMPILE = $(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet $(UPGRADE)
# The trackers resolve to what they like; nothing of planner itself is in their lock.
TRACKERS = $(VENV)/bin/uv pip compile --group pyproject.toml:trackers --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --quiet $(UPGRADE)
lock: $(VENV)/test.stamp
	@$(COMPILE) --group build -o $(LOCKS)/base.lock
	@$(COMPILE) --all-extras --group build -o $(LOCKS)/all.lock
	@$(COMPILE) --all-extras --group dev -o $(LOCKS)/dev.lock
	@$(TRACKERS) -o $(LOCKS)/mlflow.lock

clean:
	rm -rf $(VENV) $(TRACKERS_VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/run.stamp: requirements/base.lock pyproject.toml | $(VENV)/bin/pip
	@echo "Installing the libraries it needs into $(VENV) (once, about a minute) …"
	@$(INSTALL) --require-hashes -r requirements/base.lock
	@$(ENROL)
	@touch $@

$(VENV)/test.stamp: requirements/dev.lock pyproject.toml | $(VENV)/bin/pip
	@echo "Installing the libraries and the tools of its tests into $(VENV) (once, about two minutes) …"
	@$(INSTALL) --require-hashes -r requirements/dev.lock
	@$(ENROL)
	@touch $@ $(VENV)/run.stamp

# uv is there by now; with it these 640 MB take ten seconds where pip takes minutes.
$(TRACKERS_VENV)/stamp: requirements/mlflow.lock | $(VENV)/test.stamp
	@echo "Installing the trackers that the tests read from into $(TRACKERS_VENV) (once) …"
	@$(PY) -m venv --without-pip --clear $(TRACKERS_VENV)
	@$(VENV)/bin/uv pip sync --quiet --require-hashes --python $(TRACKERS_VENV)/bin/python requirements/mlflow.lock
	@touch $@

# The first Python on the PATH that is new enough; a name may exist and still not run, so each is asked.
$(VENV)/bin/pip:
	@for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Python 3.11 or newer is needed, and none is on the PATH. On Debian or Ubuntu: apt install python3 python3-venv" >&2; \
	  exit 1; \
	fi; \
	$$found -m venv $(VENV) || { \
	  echo "Python could not make a virtual environment in $(VENV). On Debian or Ubuntu: apt install python3-venv" >&2; \
	  exit 1; \
	}
