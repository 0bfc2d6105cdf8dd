"""Programmers: every public function of the package is documented, and shown at work."""

import inspect
import re

import companion
from built_site import PROJECT
from companion import pages

SOURCE = (PROJECT / "book/reference.md").read_text("utf-8")


def public():
    """The dotted name of each public function, class and method that a chapter can reach."""
    for name in companion.__all__:
        thing = getattr(companion, name)
        if inspect.ismodule(thing):
            # A package says what it offers; a module offers its own functions.
            inside = {inner: getattr(thing, inner) for inner in getattr(thing, "__all__", [])} or {
                inner: value
                for inner, value in vars(thing).items()
                if getattr(value, "__module__", "") == thing.__name__
            }
            yield from (
                f"companion.{name}.{inner}"
                for inner, value in inside.items()
                if inspect.isfunction(value) and not inner.startswith("_")
            )
        elif callable(thing):
            yield f"companion.{name}"
    # The names of data that the chapters use.
    for path in pages.notebooks(PROJECT):
        cells = "\n".join(cell.code for cell in pages.cells(path.read_text("utf-8")))
        yield from (
            f"companion.{found}"
            for found in re.findall(r"\bcompanion\.((?:\w+\.)?[A-Z][A-Z_]+)\b", cells)
            if "." in found
        )
    for name, value in vars(companion.Ledger).items():
        if inspect.isfunction(value) and not name.startswith("_"):
            yield f"companion.Ledger.{name}"


def test_every_public_function_is_on_the_page_with_a_cell_that_runs_it():
    code = "\n".join(cell.code for cell in pages.cells(SOURCE))
    listed = re.findall(r"^\.\. auto\w+:: (\S+)", SOURCE, re.M)
    names = list(dict.fromkeys(public()))
    assert len(names) > 40
    assert set(names) <= set(listed), set(names) - set(listed)
    for name in listed:
        last = name.rsplit(".", 1)[-1]
        owner = (
            name.split(".")[-2]
            if name.startswith(
                ("companion.charts", "companion.maps", "companion.dates", "companion.wording", "companion.style")
            )
            else ""
        )
        if name in (
            "companion.Ledger",
            "companion.style.Theme",
            "companion.ledger.Quantity",
            "companion.ledger.Report",
        ):
            continue  # made by companion.load, by the themes themselves and by methods of the ledger
        assert re.search(rf"\b{owner}\.{last}\b" if owner else rf"\.{last}\b", code), f"no cell uses {name}"


def test_the_page_shows_parameters_and_no_path_of_the_machine_that_built_it(site):
    page = (site / "book/reference.html").read_text("utf-8")
    assert page.count('class="sig ') >= len(set(public()))
    assert "Parameters" in page and "Raises" in page
    assert "PosixPath" not in page and str(PROJECT) not in page
    assert not re.search(r"<p>-{4,}", page), "a docstring's section was not understood"
