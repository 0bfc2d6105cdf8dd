# Bare `make` lists the commands. `make book` and `make test` need nothing but
# Python 3.11 to 3.13 with venv; everything else they set up themselves.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python
PORT   ?= 8000
LOCKING := -q --universal --generate-hashes --no-header --python-version 3.11 $(if $(NEWEST),--upgrade)

# The same bytes every time: no dates, no random names.
export SOURCE_DATE_EPOCH := 1795305600
export PYTHONHASHSEED    := 0
export MPLBACKEND        := agg
export PYDEVD_DISABLE_FILE_VALIDATION := 1

.PHONY: help book ledger chapter watch test test-all serve check clean lock lab lab-reset notebooks class-trial lite lite-trial tidy addresses new-source pdf epub paper-ready release links audit picture modules
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

book: $(VENV)/book.stamp ledger ## build the site and say where to open it
	@$(RUN) -m companion_press.commands.build

chapter: $(VENV)/book.stamp ## build one page for its author, in seconds (NAME=war)
	@$(RUN) -m companion_press.commands.chapter $(NAME)

watch: $(VENV)/watch.stamp ## build again at each change and reload the page (PORT=8000, NAME=war for one page alone)
	@$(RUN) -m companion_press.commands.watch $(PORT) $(NAME)

ledger: $(VENV)/book.stamp ## check the ledger, the sources and the pages without building
	@$(RUN) -m companion_checks .

check: ledger $(VENV)/lint.stamp ## check the ledger as above, the code (style, types, what may import what), spelling, and the links of the papers
	@$(RUN) -m ruff check --quiet src tests
	@$(RUN) -m ruff format --check --quiet src tests
	@$(RUN) -m companion_checks.cells .
	@$(RUN) -m companion_checks.papers .
	@$(VENV)/bin/codespell -D - -D .ci/spelling/names.txt $(SPELLED)
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports --no-logo > /dev/null || $(VENV)/bin/lint-imports --no-logo

test: $(VENV)/test.stamp check ## check everything and run the tests (under ten minutes)
	@$(RUN) -m pytest tests -q -m "not long" -n 2 --dist loadfile

test-all: $(VENV)/test.stamp $(VENV)/lint.stamp ## run the long tests: fresh environments, clean builds, a real JupyterLab (under forty minutes)
	@$(RUN) -m pytest tests -q -m long -n 2 --dist loadfile

lab: book $(VENV)/lab.stamp ## open the chapters in JupyterLab, as copies in lab/ (OPTIONS=--no-browser)
	@$(RUN) -m companion_press.notebooks.lab $(OPTIONS)

lab-reset: ## give the originals in lab/ back; your own notebooks are set aside
	@PYTHONPATH=src $(PYTHON) -m companion_press.notebooks.lab --reset

notebooks: book ## make the tree that is published as the branch "notebooks"
	@$(RUN) -m companion_press.notebooks.branch

class-trial: notebooks $(VENV)/test.stamp ## try a JupyterHub with several students at once and write down what it took (needs npm, git, chromium)
	@$(RUN) -m companion_press.notebooks.class_trial $(VENV)-hub

lite: export BOOK_LITE := 1
lite: book $(VENV)-lite/lite.stamp ## build the site with JupyterLite, which runs chapters in the browser
	@$(RUN) -m companion_press.notebooks.lite $(VENV)-lite $(PYODIDE)

lite-trial: lite $(VENV)/test.stamp ## try JupyterLite in a browser with every other host out of reach (needs npm, chromium)
	@$(RUN) -m companion_press.notebooks.lite_trial $(VENV)-lite _build/lite-trial

tidy: $(VENV)/book.stamp ## write the chapters as Jupyter saves them, and how many rows each table has
	@$(RUN) -m companion_press.commands.tidy

new-source: $(VENV)/book.stamp ## add a source text: open a form, or read FORM=FILE (DRY=1 only tells; BLANK=FILE writes an empty one)
	@$(RUN) -m companion_checks.new_source $(if $(FORM),--form $(FORM)) $(if $(BLANK),--blank $(BLANK)) $(if $(DRY),--dry) $(if $(QUICK),--quick)

modules: $(VENV)/lint.stamp ## draw the modules from their imports, in docs/modules.md
	@$(RUN) -m companion_press.commands.modules

picture: book $(VENV)/test.stamp ## take the picture of the README from the built site (needs chromium)
	@$(RUN) -m companion_press.commands.picture

addresses: book $(VENV)/test.stamp ## add new addresses of the site to those that must stay
	@$(RUN) -m companion_press.commands.addresses

pdf: paper-ready book ## make the whole book as a PDF (needs Pango: it says what to install)
	@$(RUN) -m companion_press.paper pdf

epub: book $(VENV)/paper.stamp ## make the whole book as an EPUB
	@$(RUN) -m companion_press.paper epub

release: $(if $(DRY),$(VENV)/book.stamp,paper-ready) ## make the files of a release in _build/release (VERSION=1.2.3; DRY=1 only tells; CHECKED=1: tests have passed in this tree)
	@$(RUN) -m companion_press.commands.release $(VERSION) $(if $(DRY),--dry) $(if $(CHECKED),--checked)

links: book $(VENV)/links.stamp ## ask whether each address that the book cites still answers (goes out to the network)
	@$(VENV)/bin/linkchecker --config .ci/linkchecker.ini _build/html/book/sources.html

audit: $(VENV)-audit/audit.stamp ## ask whether what the locks name has known vulnerabilities (goes out to the network)
	@PYTHONPATH=src $(PYTHON) -m companion_press.commands.audit $(VENV)-audit

paper-ready: $(VENV)/paper.stamp
	@$(RUN) -m companion_press.paper ready

serve: $(if $(LITE),lite,book) ## build, then serve the site on this machine (PORT=8000, LITE=1 with JupyterLite)
	@echo "Open http://localhost:$(PORT)/ (Ctrl+C ends it)"
	@$(RUN) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

clean: ## remove everything that was built, the environment included
	rm -rf _build $(foreach kind,$(VENV) $(VENV)-lite $(VENV)-hub $(VENV)-audit,$(kind) $(kind).lock $(kind).begun)

lock: ## resolve the direct dependencies anew (needs uv; NEWEST=1 takes the newest versions that are allowed)
	uv pip compile $(LOCKING) pyproject.toml --group build -o requirements.txt
	for group in test lint paper lab watch links; do uv pip compile $(LOCKING) --group $$group -c requirements.txt -o locks/$$group.txt || exit; done
	for group in lite audit; do uv pip compile $(LOCKING) --group $$group -o locks/$$group.txt || exit; done

# Where spelling is checked: common slips, and those in the names of the region, which are spelt as the book spells them.
SPELLED := *.md CITATION.cff Makefile .ci .github docs book data seeds src

ENVIRONMENT := src/companion_press/commands/environment.py

$(VENV)/book.stamp: requirements.txt pyproject.toml $(ENVIRONMENT)
	@$(PYTHON) $(ENVIRONMENT) $(VENV) requirements.txt --project
	@touch $@

$(VENV)/%.stamp: locks/%.txt $(VENV)/book.stamp
	@$(PYTHON) $(ENVIRONMENT) $(VENV) $<
	@touch $@

$(VENV)-lite/lite.stamp: locks/lite.txt $(ENVIRONMENT)
	@$(PYTHON) $(ENVIRONMENT) $(VENV)-lite $<
	@touch $@

$(VENV)-audit/audit.stamp: locks/audit.txt $(ENVIRONMENT)
	@$(PYTHON) $(ENVIRONMENT) $(VENV)-audit $<
	@touch $@
