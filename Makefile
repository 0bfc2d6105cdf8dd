# Bare `make` lists the commands. `make book` and `make test` need nothing but
# Python 3.11 to 3.13 with venv; everything else they set up themselves.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python
PORT   ?= 8000

# The same bytes every time: no dates, no random names.
export SOURCE_DATE_EPOCH := 1795305600
export PYTHONHASHSEED    := 0
export MPLBACKEND        := agg
export PYDEVD_DISABLE_FILE_VALIDATION := 1

.PHONY: help book test test-all serve check clean lock
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

book: $(VENV)/book.stamp check ## build the site and say where to open it
	@$(RUN) tools/build.py

check: $(VENV)/book.stamp ## check the ledger, the sources and the pages without building
	@cd book && ../$(RUN) -m companion.validate

test: $(VENV)/test.stamp ## run the tests (under ten minutes)
	@$(RUN) -m pytest tests -q -m "not long"

test-all: $(VENV)/test.stamp ## run the long tests as well
	@$(RUN) -m pytest tests -q

serve: book ## build, then serve the site on this machine (PORT=8000)
	@echo "Open http://localhost:$(PORT)/ (Ctrl+C ends it)"
	@$(RUN) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

clean: ## remove everything that was built, the environment included
	rm -rf _build $(VENV)

lock: ## resolve the direct dependencies anew (needs uv)
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 tests/requirements.in -o tests/requirements.txt

$(VENV)/book.stamp: requirements.txt tools/environment.py
	@$(PYTHON) tools/environment.py $(VENV) requirements.txt
	@touch $@

$(VENV)/test.stamp: $(VENV)/book.stamp tests/requirements.txt
	@$(PYTHON) tools/environment.py $(VENV) tests/requirements.txt
	@touch $@
