"""Draws the modules of the three packages from their imports, into ``docs/modules.md``: ``make modules``."""

import pathlib
from importlib.metadata import version

import grimp

from companion_press.keeping import whole

ROOT = pathlib.Path(__file__).resolve().parents[3]
PICTURE = ROOT / "docs/modules.md"
PACKAGES = ("companion", "companion_checks", "companion_press")

HEAD = """# The modules

Drawn by `make modules` from the imports themselves; a test holds that it is current. An arrow means
“imports”. A part that has modules of its own (in a box with double sides) stands for all of them.
What each one does, and why, is in [architecture](architecture.md).
"""


def graph() -> grimp.ImportGraph:
    """Return the imports between the parts of the packages, each part being one module."""
    imports = grimp.build_graph(*PACKAGES, cache_dir=None)
    for package in PACKAGES:
        for part in imports.find_children(package):
            if imports.find_children(part):
                imports.squash_module(part)
    return imports


def block(nodes: dict[str, str], arrows: dict[str, set[str]]) -> str:
    """Return a flow chart in Mermaid.

    Parameters
    ----------
    nodes : what each module is drawn as, by its name
    arrows : the modules that a module imports
    """
    lines = [f"  {nodes[name]}" for name in sorted(nodes)]
    # `end` is a word of Mermaid's: modules are named by their whole path, with underscores.
    lines += [
        f"  {key(name)} --> {' & '.join(key(target) for target in sorted(targets))}"
        for name, targets in sorted(arrows.items())
        if targets
    ]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```"])


def key(name: str) -> str:
    """Return the name by which a chart knows a module."""
    return name.replace(".", "__")


def picture(imports: grimp.ImportGraph) -> str:
    """Return the whole text of ``docs/modules.md``."""
    between = {
        package: {
            other
            for other in PACKAGES
            if other != package and imports.direct_import_exists(importer=package, imported=other, as_packages=True)
        }
        for package in PACKAGES
    }
    text = [HEAD, "## The three packages", "", block({name: name for name in PACKAGES}, between), ""]
    for package in PACKAGES:
        parts = imports.find_children(package)
        nodes = {part: shape(imports, part) for part in parts}
        arrows = {part: imports.find_modules_directly_imported_by(part) & parts - {part} for part in parts}
        text += [f"## {package}", "", block(nodes, arrows), ""]
    return "\n".join(text)


def shape(imports: grimp.ImportGraph, part: str) -> str:
    """Return how a part is drawn: with double sides where modules stand behind it."""
    label = part.rpartition(".")[2]
    return f"{key(part)}[[{label}]]" if imports.is_module_squashed(part) else f"{key(part)}[{label}]"


def main() -> None:
    whole.write(PICTURE, picture(graph()))
    print(f"{PICTURE.relative_to(ROOT).as_posix()} is drawn (grimp {version('grimp')}).")


if __name__ == "__main__":
    main()
