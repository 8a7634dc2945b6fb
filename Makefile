# The course's commands; `make` lists them. Each one sets up what it needs, once.

PYTHON ?= python3
JOBS ?= 1

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
PYTEST := $(PY) -m pytest -n 2

SITE_VENV := .venv-site
SITE_PY := $(SITE_VENV)/bin/python
SITE_STAMP := $(SITE_VENV)/.installed

# `make refresh 01` means `make refresh LESSON=01`.
ifeq (refresh,$(firstword $(MAKECMDGOALS)))
LESSON ?= $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
ifneq (,$(filter-out refresh,$(MAKECMDGOALS)))
.PHONY: $(filter-out refresh,$(MAKECMDGOALS))
$(filter-out refresh,$(MAKECMDGOALS)): ; @:
endif
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab test test-part test-rest test-seeds test-all refresh lock bench evidence site \
  test-site clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

lab: $(STAMP) ## open the course in JupyterLab
	@root=; [ "$$(id -u)" != 0 ] || root=--allow-root; \
	exec $(PY) -m jupyterlab --ip=127.0.0.1 $$root \
	  --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb \
	  --LabApp.news_url=None $(LABFLAGS)

test: $(STAMP) ## style, unit tests, and every notebook with its default settings
	@$(PYTEST)

test-part: $(STAMP) ## test-rest, for the notebooks that changed lately and a part of the others
	@$(PYTEST) --course=part notebooks

test-rest: $(STAMP) ## what learners do: changed settings, nonsense, every cell twice
	@$(PYTEST) --course=rest notebooks tests/test_own_data.py

test-seeds: $(STAMP) ## every lesson with other seeds, three times: which claims survive?
	@$(PYTEST) --course=seeds notebooks

test-all: test ## test, then test-rest
	@$(MAKE) --no-print-directory test-rest

refresh: $(STAMP) ## run notebooks and store their outputs: make refresh, make refresh 01
	@$(PY) -m tools.refresh --jobs $(JOBS) $(LESSON)

evidence: $(STAMP) ## make the stored results that are missing or stale: make evidence LESSON=04
	@$(PY) -m tools.evidence --jobs $(JOBS) $(LESSON)

bench: $(STAMP) ## measure the training speed
	@$(PY) -m bench.train_speed
	@$(PY) -m bench.sweep_speed

site: $(SITE_STAMP) ## build the website from the stored notebooks, in build/site
	@$(SITE_PY) site/build.py

test-site: $(SITE_STAMP) ## the website's tests; with COURSE_BROWSER=1 a Chromium has to be there
	@$(SITE_PY) -m pytest -n 2 -c site/pytest.ini site/tests

# The environment. `find_python` sets $$python; `make_venv` makes .venv unless a good one is there.
define find_python
python=; \
for try in "$(PYTHON)" python3.13 python3.12 python3.11; do \
  if "$$try" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
    >/dev/null 2>&1; then python="$$try"; break; fi; \
done; \
if [ -z "$$python" ]; then \
  echo "This course needs Python 3.11, 3.12 or 3.13: install one, or name it: make PYTHON=..." >&2; \
  exit 1; \
fi
endef

define make_venv
if ! $(PY) -c 'import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
  >/dev/null 2>&1; then \
  $(find_python); \
  echo "Making $(VENV) with $$("$$python" --version)."; \
  "$$python" -m venv --clear $(VENV) || exit 1; \
fi
endef

NEWS := @jupyterlab/apputils-extension:announcements  # asks learners whether to fetch news
PIP := $(PY) -m pip install --quiet --disable-pip-version-check

$(STAMP): requirements.txt
	@rm -f $(STAMP)
	@$(make_venv)
	@echo "Installing requirements.txt into $(VENV); the first time this takes some minutes."
	@$(PIP) --requirement requirements.txt
	@$(VENV)/bin/jupyter-labextension disable --level=sys_prefix $(NEWS) >/dev/null 2>&1 || true
	@touch $(STAMP)

$(SITE_STAMP): VENV := $(SITE_VENV)
$(SITE_STAMP): PY := $(SITE_PY)
$(SITE_STAMP): site/requirements.txt
	@rm -f $@
	@$(make_venv)
	@echo "Installing site/requirements.txt into $(VENV), once."
	@$(PY) -m pip install --quiet --disable-pip-version-check --requirement site/requirements.txt
	@touch $@

lock: ## write requirements*.txt anew from requirements*.in
	@$(make_venv)
	@$(PIP) uv
	@$(PY) -m tools.lock

clean: ## remove caches (and nothing else)
	@rm -rf .pytest_cache .ruff_cache
	@find . -path ./$(VENV) -prune -o -path ./.git -prune -o -type d \
	  \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
