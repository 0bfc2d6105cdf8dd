"""Says what is missing on this machine without which a book would be made that is not ours, or none."""

from collections.abc import Iterable
from pathlib import Path

import pypandoc

from companion import style
from companion.ledger import ROOT
from companion_press.theme import site_theme

#: The typefaces of figures and of the site.
TYPEFACES = (*(style.FONTS / name for name in style.FACES), *(site_theme.ASSETS / name for name in site_theme.FONTS))

PANDOC = (
    "Pandoc is missing, which sets the citations; it comes with the package pypandoc_binary. "
    "Remove .venv and run make book, which makes the environment anew."
)


def lacking(typefaces: Iterable[Path] = TYPEFACES) -> list[str]:
    """Return a sentence for each thing that is missing, with what to do."""
    said = [_missing(path) for path in typefaces if not path.is_file()]
    try:
        pypandoc.get_pandoc_path()
    except OSError:
        said.append(PANDOC)
    return said


def _missing(path: Path) -> str:
    if path.is_relative_to(ROOT):
        name = path.relative_to(ROOT).as_posix()
        return f"The typeface {name} is missing: bring it back with git checkout -- {name}."
    return f"The typeface {path} is missing: remove .venv and run make book, which makes the environment anew."
