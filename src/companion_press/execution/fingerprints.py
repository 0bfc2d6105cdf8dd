"""Fingerprints of what a drawing function can see: its code, and the values that it names.

Whatever is not plainly a value raises `Opaque`, and then nothing is remembered: a picture is
drawn once too often rather than once too seldom.
"""

import builtins
import dataclasses
import datetime
import decimal
import functools
import hashlib
import pathlib
import re
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from companion.ledger import Ledger

#: Names by which code reaches what it does not name.
_HIDDEN = {"eval", "exec", "globals", "locals", "vars", "open", "__import__", "compile", "getattr", "setattr"}

#: In a query of pandas, a name of the code around it.
_QUERIED = re.compile(r"@([A-Za-z_]\w*)?")


#: Types of which ``repr`` says all; a column of a table mostly has nothing else.
_PLAIN = {str, int, float, bool, type(None)}


class Opaque(Exception):
    """A value whose content cannot be told."""


def fingerprint(*values: object) -> str:
    """Return the fingerprint of values and of everything that they hold.

    A ledger is named and no more: what is read from it is noted while it is read (`drawings`).

    Raises ``Opaque`` for a value that is none of those known here.
    """
    return look(*values)[0]


def look(*values: object) -> tuple[str, list]:
    """Return the fingerprint of values, and the functions of the page among them that remember what they once returned."""
    found = _Fingerprint()
    for value in values:
        found.take(value)
    return found.total.hexdigest(), found.remembering


class _Fingerprint:
    def __init__(self) -> None:
        self.total = hashlib.sha256()
        self.functions: dict[int, int] = {}  # those already taken: functions call each other
        self.remembering: list = []

    def add(self, *texts: object) -> None:
        for text in texts:
            content = text if isinstance(text, bytes) else str(text).encode()
            self.total.update(b"%d:" % len(content) + content)

    def take(self, value: object) -> None:
        kind = type(value)
        self.add(kind.__module__, kind.__qualname__)
        for types_, taker in _TAKERS:
            if isinstance(value, types_):
                taker(self, value)
                return
        if dataclasses.is_dataclass(value) and not isinstance(value, type) and kind.__module__.startswith("companion."):
            for field in dataclasses.fields(value):
                self.take(getattr(value, field.name))
            return
        raise Opaque(f"{kind.__module__}.{kind.__qualname__}")

    def many(self, values: Iterable[object]) -> None:
        values = list(values)
        if _PLAIN.issuperset(map(type, values)):
            self.add(repr(values))
            return
        self.add(len(values))
        for value in values:
            self.take(value)

    def mapping(self, value: Mapping) -> None:
        self.add(len(value))
        for key, item in value.items():  # in its order, which a drawing may follow
            self.take(key)
            self.take(item)

    def unordered(self, value: Iterable[object]) -> None:
        self.add(*sorted(fingerprint(item) for item in value))

    def array(self, value: np.ndarray) -> None:
        self.add(value.shape, value.dtype.str)
        if value.dtype.hasobject:
            self.many(value.ravel().tolist())
        else:
            self.add(value.tobytes())

    def index(self, value: pd.Index) -> None:
        self.many(value.names)
        self.many(value.tolist())

    def series(self, value: pd.Series) -> None:
        self.take(value.name)
        self.take(value.index)
        self.add(value.dtype)
        self.mapping(value.attrs)
        self.add(getattr(value, "crs", ""))
        array = value.to_numpy()
        self.array(array) if isinstance(array, np.ndarray) else self.many(array.tolist())

    def frame(self, value: pd.DataFrame) -> None:
        self.take(value.columns)
        self.take(value.index)
        self.mapping(value.attrs)
        for place in range(value.shape[1]):
            self.series(value.iloc[:, place])

    def function(self, value: types.FunctionType) -> None:
        if value.__module__ != "__main__":
            # Of the package or of a library, which the key of all pictures holds.
            self.add(value.__module__, value.__qualname__)
            if "<locals>" in value.__qualname__ or value.__closure__:
                raise Opaque(f"{value.__module__}.{value.__qualname__}")
            return
        if id(value) in self.functions:
            self.add("as", self.functions[id(value)])
            return
        self.functions[id(value)] = len(self.functions)
        self.take(value.__defaults__)
        self.take(value.__kwdefaults__)
        names = self.code(value.__code__)
        for cell in value.__closure__ or ():
            self.take(cell.cell_contents)
        for name in sorted(names):
            if name in value.__globals__:
                self.add(name)
                self.take(value.__globals__[name])
            elif name in _HIDDEN and hasattr(builtins, name):
                raise Opaque(name)

    def code(self, value: types.CodeType) -> set[str]:
        """Take what a piece of code does; return the names that it uses, those of attributes too."""
        self.add(value.co_code, value.co_flags, value.co_argcount, value.co_kwonlyargcount)
        self.add(value.co_exceptiontable, value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars)
        names = set(value.co_names)
        for constant in value.co_consts:
            if isinstance(constant, types.CodeType):
                names |= self.code(constant)
                continue
            self.take(constant)
            for text in constant if isinstance(constant, tuple) else (constant,):
                for match in _QUERIED.finditer(text) if isinstance(text, str) else ():
                    if match[1] is None:
                        raise Opaque("a name put together in a query")
                    names.add(match[1])
        return names

    def named(self, value: type | np.ufunc) -> None:
        if getattr(value, "__module__", "") == "__main__":
            raise Opaque(f"a class of the page: {value.__qualname__}")
        self.add(getattr(value, "__module__", ""), getattr(value, "__qualname__", value.__name__))

    def built_in(self, value: types.BuiltinFunctionType) -> None:
        owner = value.__self__
        self.add(value.__name__)
        if isinstance(owner, types.ModuleType):
            self.add(owner.__name__)
        elif owner is None:
            self.add("None")
        else:
            self.take(owner)

    def cached(self, value: "functools._lru_cache_wrapper") -> None:
        self.add(repr(value.cache_parameters()))
        self.take(value.__wrapped__)
        if value.__module__ == "__main__":
            self.remembering.append(value)

    def method(self, value: types.MethodType) -> None:
        self.take(value.__self__)
        self.take(value.__func__)

    def partial(self, value: functools.partial) -> None:
        self.take(value.func)
        self.many(value.args)
        self.mapping(value.keywords)


#: Takers by type, the narrower before the wider.
_TAKERS: tuple[tuple[type | tuple[type, ...], Callable[[_Fingerprint, Any], None]], ...] = (
    (Ledger, lambda found, value: found.add("ledger")),
    ((bool, int, float, complex, type(None), type(...)), lambda found, value: found.add(repr(value))),
    ((str, bytes), lambda found, value: found.add(value)),
    (
        (datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, range, slice, pathlib.PurePath),
        lambda found, value: found.add(repr(value)),
    ),
    (re.Pattern, lambda found, value: found.add(repr(value.pattern), value.flags)),
    (BaseGeometry, lambda found, value: found.add(value.wkb)),
    (pd.DataFrame, _Fingerprint.frame),
    (pd.Series, _Fingerprint.series),
    (pd.Index, _Fingerprint.index),
    (np.ndarray, _Fingerprint.array),
    (np.generic, lambda found, value: found.add(value.dtype.str, value.tobytes())),
    ((list, tuple), _Fingerprint.many),
    (dict, _Fingerprint.mapping),
    ((set, frozenset), _Fingerprint.unordered),
    (types.ModuleType, lambda found, value: found.add(value.__name__)),
    (types.FunctionType, _Fingerprint.function),
    (types.MethodType, _Fingerprint.method),
    (types.BuiltinFunctionType, _Fingerprint.built_in),
    ((type, np.ufunc), _Fingerprint.named),
    (functools.partial, _Fingerprint.partial),
    (type(functools.cache(len)), _Fingerprint.cached),
)
