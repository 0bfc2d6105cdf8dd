"""Imports what every kernel of a chapter imports; `warm` copies the process that has done so."""

import geopandas  # noqa: F401
import ipykernel.kernelapp  # noqa: F401
import ipykernel.zmqshell  # noqa: F401
import ipywidgets  # noqa: F401

import companion  # noqa: F401
import companion_press.execution.kernel  # noqa: F401
