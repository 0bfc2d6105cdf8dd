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

.PHONY: help book test test-all serve check clean lock lab lab-reset notebooks class-trial lite lite-trial tidy addresses new-source pdf epub paper-ready
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

book: $(VENV)/book.stamp check ## build the site and say where to open it
	@$(RUN) tools/build.py

check: $(VENV)/book.stamp ## check the ledger, the sources and the pages without building
	@cd book && ../$(RUN) -m companion.validate

test: $(VENV)/test.stamp ## run the tests (under ten minutes)
	@$(RUN) -m pytest tests -q -m "not long" -n 2 --dist loadfile

test-all: $(VENV)/test.stamp ## run the long tests: fresh environments, clean builds, a real JupyterLab (under forty minutes)
	@$(RUN) -m pytest tests -q -m long -n 2 --dist loadfile

lab: book $(VENV)/lab.stamp ## open the chapters in JupyterLab, as copies in lab/ (OPTIONS=--no-browser)
	@$(RUN) tools/lab.py $(OPTIONS)

lab-reset: ## give the originals in lab/ back; your own notebooks are set aside
	@$(PYTHON) tools/lab.py --reset

notebooks: book ## make the tree that is published as the branch "notebooks"
	@$(RUN) tools/notebooks.py

class-trial: notebooks $(VENV)/test.stamp ## try a JupyterHub with several students at once and write down what it took (needs npm, git, chromium)
	@$(RUN) tools/class_trial.py $(VENV)-hub

lite: export BOOK_LITE := 1
lite: book $(VENV)-lite/lite.stamp ## build the site with JupyterLite, which runs chapters in the browser
	@$(RUN) tools/lite.py $(VENV)-lite $(PYODIDE)

lite-trial: lite $(VENV)/test.stamp ## try JupyterLite in a browser with every other host out of reach (needs npm, chromium)
	@$(RUN) tools/lite_trial.py $(VENV)-lite _build/lite-trial

tidy: $(VENV)/book.stamp ## write the chapters as Jupyter saves them
	@$(RUN) tools/tidy.py

new-source: $(VENV)/book.stamp ## add a source text by dialogue or FORM=FILE (DRY=1 only tells; BLANK=FILE writes an empty form)
	@$(RUN) tools/new_source.py $(if $(FORM),--form $(FORM)) $(if $(BLANK),--blank $(BLANK)) $(if $(DRY),--dry) $(if $(QUICK),--quick)

addresses: book $(VENV)/test.stamp ## add new addresses of the site to those that must stay
	@$(RUN) tools/addresses.py

pdf: paper-ready book ## make the whole book as a PDF (needs Pango: it says what to install)
	@$(RUN) -m paper pdf

epub: book $(VENV)/paper.stamp ## make the whole book as an EPUB
	@$(RUN) -m paper epub

paper-ready: $(VENV)/paper.stamp
	@$(RUN) -m paper ready

serve: $(if $(LITE),lite,book) ## build, then serve the site on this machine (PORT=8000, LITE=1 with JupyterLite)
	@echo "Open http://localhost:$(PORT)/ (Ctrl+C ends it)"
	@$(RUN) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

clean: ## remove everything that was built, the environment included
	rm -rf _build $(VENV) $(VENV)-lite $(VENV)-hub

lock: ## resolve the direct dependencies anew (needs uv)
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 tests/requirements.in -o tests/requirements.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 readers/lab.in -o readers/lab.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 readers/lite.in -o readers/lite.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 paper/requirements.in -o paper/requirements.txt

$(VENV)/book.stamp: requirements.txt tools/environment.py
	@$(PYTHON) tools/environment.py $(VENV) requirements.txt
	@touch $@

$(VENV)/test.stamp: $(VENV)/book.stamp tests/requirements.txt
	@$(PYTHON) tools/environment.py $(VENV) tests/requirements.txt
	@touch $@

$(VENV)/paper.stamp: $(VENV)/book.stamp paper/requirements.txt
	@$(PYTHON) tools/environment.py $(VENV) paper/requirements.txt
	@touch $@

$(VENV)/lab.stamp: $(VENV)/book.stamp readers/lab.txt
	@$(PYTHON) tools/environment.py $(VENV) readers/lab.txt
	@touch $@

$(VENV)-lite/lite.stamp: readers/lite.txt tools/environment.py
	@$(PYTHON) tools/environment.py $(VENV)-lite readers/lite.txt
	@touch $@
