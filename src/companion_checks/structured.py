"""Reads YAML and JSON so that nothing in them is lost or surprising: no key twice, no aliases, no depth without end."""

import functools
import json
from typing import Any

import yaml


class Unreadable(ValueError):
    """A text is not what it should be: the line, and what is wrong."""

    def __init__(self, line: int, wrong: str) -> None:
        super().__init__(wrong)
        self.line, self.wrong = line, wrong


#: What a reader could not follow either.
TOO_DEEP = "it is nested too deeply"


class _Loader(yaml.SafeLoader):
    """YAML without aliases and with each key once."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise Unreadable(mark.line + 1, "an alias (*) stands for something else")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[Any] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Unreadable(key.start_mark.line + 1, "a key is not a plain word")
            if key.value in seen:
                raise Unreadable(key.start_mark.line + 1, f"the key {key.value!r} appears twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


@functools.lru_cache(maxsize=256)  # among them the metadata of all cells
def yaml_of(text: str) -> Any:
    """Return what a text in YAML holds; not to be changed.

    Raises
    ------
    Unreadable
        With the line within the text.
    """
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Unreadable(
            mark.line + 1 if mark else 0, f"not valid YAML ({getattr(error, 'problem', None) or error})"
        ) from error
    except RecursionError:
        raise Unreadable(0, TOO_DEEP) from None
    except (ValueError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(0, f"not valid YAML ({error})") from error  # a date that no calendar has


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(0, f"the key {twice!r} appears twice")
    return found


def _no_number(name: str) -> Any:
    raise Unreadable(0, f"{name} is not a number")


@functools.lru_cache(maxsize=16)
def json_of(text: str) -> Any:
    """Return what a text in JSON holds; not to be changed.

    Raises
    ------
    Unreadable
        With the line within the text, 0 where it is not known.
    """
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Unreadable(error.lineno, f"not valid JSON ({error})") from error
    except RecursionError:
        raise Unreadable(0, TOO_DEEP) from None
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(0, f"not valid JSON ({error})") from error  # a number with thousands of digits
