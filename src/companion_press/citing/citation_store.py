"""Keeps citations between builds, by what they are made from: the record, the style, pandoc, and our code around it."""

import importlib.metadata
from dataclasses import astuple
from pathlib import Path

from companion_press.citing import citations
from companion_press.execution import store


def engine(style: str) -> str:
    """Return the fingerprint of what sets the citations of a style (a key of `citations.STYLES`)."""
    here = Path(citations.__file__)
    csl, language = citations.FILES[style]
    return store.digest(
        here.read_bytes(),
        (here.parent / "styles" / csl).read_bytes(),
        language,
        importlib.metadata.version("pypandoc_binary"),
    )


#: The keys of what was taken up, by style.
recalled: dict[str, set[str]] = {}


def recall() -> None:
    """Take up what earlier builds have set."""
    for style in citations.STYLES:
        texts = store.store("citations").get_json(engine(style)) or {}
        recalled[style] = set(texts)
        citations.made.update({(style, key): citations.Entry(*entry) for key, entry in texts.items()})


def keep() -> None:
    """Keep what this build has asked for, and nothing else."""
    for style in citations.STYLES:
        keys = {key for asked, key in citations.asked if asked == style}
        if keys != recalled.get(style):
            texts = {key: astuple(citations.made[style, key]) for key in sorted(keys)}
            store.store("citations").put_json(engine(style), texts)
