"""Codes of the world: countries, languages, currencies."""

import re
from collections.abc import Iterator

import pycountry

from companion_checks.problems import Problem, a, nearest
from companion_checks.project import Table, Tables
from companion_checks.registry import rule

CURRENCIES = {currency.alpha_3 for currency in pycountry.currencies}
COUNTRIES = {country.alpha_3 for country in pycountry.countries}
#: Units in capitals that are not money.
UNITS = {"TEU"}


@rule
def country_codes_exist(actors: Table) -> Iterator[Problem]:
    """A country code is one of ISO 3166-1."""
    for number, row in actors:
        code = row["iso3"]
        if code and code not in COUNTRIES:
            wrong = f"{code!r} is not an ISO 3166-1 country code"
            yield actors.problem(number, "iso3", wrong, nearest(code, COUNTRIES))


@rule
def only_states_have_country_codes(actors: Table) -> Iterator[Problem]:
    """Nothing but a state has a country code."""
    for number, row in actors:
        if row["iso3"] and row["kind"] != "state":
            right = "Leave it empty, or make the kind 'state'"
            yield actors.problem(number, "iso3", f"{a(row['kind'])} has no country code", right)


@rule
def local_names_have_a_language(actors: Table) -> Iterator[Problem]:
    """A local name says in which language it is."""
    for number, row in actors:
        if bool(row["local_name"]) != bool(row["language"]):
            wrong = "a local name goes with its language, and no language without a name"
            right = "Write its two letters (BCP 47), such as kk for Kazakh"
            yield actors.problem(number, "language", wrong, right)


@rule
def currencies_exist(tables: Tables) -> Iterator[Problem]:
    """A unit of three capitals is a currency of ISO 4217."""
    for table in tables.some("quantities", "derivations"):
        for number, row in table:
            unit = row["unit"]
            if re.fullmatch("[A-Z]{3}", unit) and unit not in CURRENCIES | UNITS:
                wrong = f"{unit!r} is not an ISO 4217 currency"
                yield table.problem(number, "unit", wrong, nearest(unit, CURRENCIES | UNITS))
            elif unit not in CURRENCIES and unit.upper() in CURRENCIES:
                wrong = f"{unit!r} is not a unit: a currency is written in capitals"
                yield table.problem(number, "unit", wrong, f"Did you mean {unit.upper()!r}?")
