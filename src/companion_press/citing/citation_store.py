"""Keeps citations between builds, by what they are made from: the record, the style, pandoc, and our code around it."""

import importlib.metadata
from dataclasses import astuple
from pathlib import Path

from companion_press.citing import citations, manuals
from companion_press.execution import store


def engine(style: str) -> str:
    """Return the fingerprint of what sets the citations of a style (a key of `manuals.STYLES`)."""
    here = Path(citations.__file__).parent
    csl, language = manuals.FILES[style]
    return store.digest(
        *((here / f"{room}.py").read_bytes() for room in ("citations", "csl_items", "engine", "manuals", "patterns")),
        (here / "styles" / csl).read_bytes(),
        language,
        importlib.metadata.version("pypandoc_binary"),
    )


#: The keys of what was taken up, by style.
recalled: dict[str, set[str]] = {}


def recall() -> None:
    """Take up what earlier builds have set."""
    for style in manuals.STYLES:
        texts = store.store("citations").get_json(engine(style)) or {}
        recalled[style] = set(texts)
        citations.made.update({(style, key): citations.Entry(*entry) for key, entry in texts.items()})


def keep() -> None:
    """Keep what this build has asked for, and nothing else."""
    for style in manuals.STYLES:
        keys = {key for asked, key in citations.asked if asked == style}
        if keys != recalled.get(style):
            texts = {key: astuple(citations.made[style, key]) for key in sorted(keys)}
            store.store("citations").put_json(engine(style), texts)
