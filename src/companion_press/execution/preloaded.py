"""Imports what every kernel of a chapter imports, sooner or later; `warm` copies the process that has done so."""

import geopandas.plotting  # noqa: F401
import ipykernel.kernelapp  # noqa: F401
import ipykernel.zmqshell  # noqa: F401
import ipywidgets  # noqa: F401
import matplotlib.backends.backend_agg  # noqa: F401
import matplotlib.backends.backend_pdf  # noqa: F401
import matplotlib.backends.backend_svg  # noqa: F401
import PIL.Image
import pybtex.database.input.bibtex  # noqa: F401

import companion  # noqa: F401
import companion_press.execution.kernel  # noqa: F401

PIL.Image.init()  # its formats
