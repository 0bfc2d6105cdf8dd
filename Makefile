# What `make NAME SETTING=VALUE` does is `python src/companion_press NAME SETTING=VALUE`, with or without make; bare `make`
# lists the commands. They stand in src/companion_press/commands/runner.py, and nothing but Python 3.11 to 3.13 with venv
# is needed: everything else they set up themselves.
PYTHON ?= python3

# The settings of the command line, quoted for the shell.
GIVEN = $(foreach name,$(filter-out PYTHON,$(.VARIABLES)),$(if $(filter command,$(origin $(name))),'$(name)=$(subst ','\'',$(value $(name)))'))

# All goals are handed over at once, so that what several of them need is done once.
.PHONY: commands $(MAKECMDGOALS)
commands:
	@$(PYTHON) src/companion_press $(MAKECMDGOALS) $(GIVEN)
$(MAKECMDGOALS): commands ; @:
