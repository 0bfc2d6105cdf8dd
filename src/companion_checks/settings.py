"""Reads ``_config.yml``, the settings: each one that the book knows, with a value that it can work with."""

import pathlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from companion_checks.files import text_of
from companion_checks.problems import FIX, Problem, nearest, short
from companion_checks.rules.addresses import is_web
from companion_checks.structured import Unreadable, yaml_of

FILE = "_config.yml"


@dataclass(frozen=True)
class Kind:
    """What a setting may be: a test, and how one is written."""

    fits: Callable[[Any], bool]
    right: str


def _text(pattern: str = r"\S(.*\S)?") -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _address(value: Any) -> bool:
    return value == "" or (isinstance(value, str) and value.startswith("https://") and is_web(value))


def _texts(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _mapping(key: str, fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(_text(key)(k) and fits(v) for k, v in value.items())


TEXT = Kind(_text(), "Write a text in quotation marks")
LEAD = _text(r"[\w-]+(/[\w-]+)*\.html(#[\w:-]+)?")
PAGES = "Write lines such as index: book/index.html"
#: The settings, as they are nested. What is no `Kind` must be just so: the book is made for it.
SETTINGS: dict[str, Any] = {
    "title": TEXT,
    "author": TEXT,
    "copyright": Kind(_text(r"\d{4}(–\d{4})?"), 'Write a year in quotation marks, such as "2026"'),
    "only_build_toc_files": True,
    "exclude_patterns": Kind(
        lambda value: _texts(_text(r"[\w.*/-]+"))(value) and {".*", "_build", "lab", "src", "docs"} <= set(value),
        'Write a list that holds ".*", _build, lab, src and docs',
    ),
    "execute": {
        "execute_notebooks": "off",
        "timeout": Kind(lambda value: type(value) is int and 0 < value <= 86400, "Write a whole number of seconds"),
        "stderr_output": "error",
    },
    "parse": {
        "myst_enable_extensions": ["colon_fence", "deflist", "attrs_inline", "attrs_block"],
        "myst_url_schemes": ["mailto", "http", "https"],
    },
    "html": {
        "baseurl": Kind(
            lambda value: _address(value) and (not value or value.endswith("/")) and not re.search(r"[?#]", value),
            "Write the site's address, https://…/, or nothing between the quotation marks",
        ),
        "use_issues_button": False,
        "use_repository_button": False,
        "use_edit_page_button": False,
        "home_page_in_navbar": True,
    },
    "latex": {"use_jupyterbook_latex": False},
    "sphinx": {
        "config": {
            "extensions": [
                "myst_nb",
                "jupyter_book",
                "sphinx_comments",
                "sphinx_external_toc",
                "sphinx_exercise",
                "sphinx.ext.autodoc",
                "companion_press.extension",
            ],
            "templates_path": ["src/companion_press/theme/templates"],
            "autodoc_typehints": "none",
            "autodoc_preserve_defaults": True,
            "default_role": "code",
            "companion_repository": Kind(_text(r"|[\w.-]+/[\w.-]+"), 'Write "owner/name", or ""'),
            "companion_hub": Kind(_address, 'Write the address of a JupyterHub, "https://…", or ""'),
            "html_theme": "companion",
            "html_theme_options": {},
            "html_static_path": [],
            "html_title": TEXT,
            "html_use_index": False,
            "html_domain_indices": False,
            "html_permalinks_icon": "#",
            "companion_moved": Kind(_mapping(r"[\w-]+(/[\w-]+)*", LEAD), PAGES),
            "companion_former_disagreements": Kind(
                _mapping(r"[\w-]+", _texts(_text(r"[a-z0-9-]+"))), "Write ids of disagreements below each chapter"
            ),
            "companion_withdrawn": Kind(_mapping(r"[\w-]+(/[\w-]+)*(\.zip)?", LEAD), PAGES),
            "html_copy_source": False,
            "html_show_sourcelink": False,
            "html_last_updated_fmt": None,
            "numfig": True,
            "nb_merge_streams": True,
        }
    },
}


def problems_of_settings(root: pathlib.Path) -> list[Problem]:
    """Return what is wrong with the settings of a project."""
    text, problems = text_of(root, FILE, "it holds the settings")
    if text is None:
        return problems
    try:
        held = yaml_of(text)
    except Unreadable as error:
        return [Problem(FILE, error.line, "", error.wrong, FIX)]
    if not isinstance(held, dict):
        return [Problem(FILE, 0, "", "it holds no settings", "Write one on each line, such as title: …")]
    faults = list(_faults(held, SETTINGS))
    title = held.get("title")
    if not faults and held["sphinx"]["config"]["html_title"] != title:
        faults.append((("sphinx", "config", "html_title"), "the title appears twice and differs", f"Write {title!r}"))
    lines = dict(_lines(yaml.compose(text, yaml.SafeLoader))) if faults else {}
    return [Problem(FILE, lines.get(path, 0), ".".join(path), wrong, right) for path, wrong, right in faults]


def _lines(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, key.value), key.start_mark.line + 1
            yield from _lines(value, (*path, key.value))


def _faults(held: Any, wanted: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Compare settings with what they may be: path, what is wrong, what would be right."""
    if isinstance(wanted, Kind):
        if not wanted.fits(held):
            yield path, f"{short(held)} does not fit", wanted.right
    elif not isinstance(wanted, dict) or not wanted:
        if held != wanted or type(held) is not type(wanted):
            yield (
                path,
                f"the book is made for {wanted!r}, not for {short(held)}",
                f"Write {path[-1]}: {_written(wanted)}",
            )
    elif not isinstance(held, dict):
        yield path, f"{short(held)} is not a group of settings", f"It has: {', '.join(wanted)}"
    else:
        for key in held:
            if key not in wanted:
                right = f"{nearest(str(key), wanted)}. A new setting is told to companion_checks/settings.py first"
                yield (*path, str(key)), f"there is no setting {str(key)!r}", right
        for key, inner in wanted.items():
            if key in held:
                yield from _faults(held[key], inner, (*path, key))
            else:
                yield (*path, key), "the setting is missing", _right(key, inner)


def _right(key: str, wanted: Any) -> str:
    """Return what to write for a setting that is missing; a group names what it holds, since that may be of any value."""
    if isinstance(wanted, Kind):
        return wanted.right
    if isinstance(wanted, dict) and wanted:
        return f"Write the group {key}, with {', '.join(wanted)}"
    return f"Write {key}: {_written(wanted)}"


def _written(value: Any) -> str:
    """Return a value as YAML writes it on one line."""
    return yaml.safe_dump(value, default_flow_style=True, width=10_000).removesuffix("\n...\n").strip()
