"""Ways on the map: the stops of routes, several routes joined to one, and what a way crosses."""

from __future__ import annotations

import functools
from itertools import groupby, pairwise

import pandas as pd
from shapely.geometry import LineString, Point

from companion.ledger import load
from companion.maps import ground

#: Metres from step to step of a way, and how many steps inside a state are the straight line's doing.
STEP, BRUSHED = 5000, 2

#: The sea of a stage by ship, by a word in the id of its route.
SEAS = {"caspian": "the Caspian Sea", "black": "the Black Sea"}


def stops(*routes: str) -> pd.DataFrame:
    """Return the places of routes in their order, ready for `companion.maps.routes`.

    Parameters
    ----------
    routes : ids of routes, or how they begin: ``"middle"`` stands for all parts of the Middle Corridor

    Returns
    -------
    ``route``, ``seq``, ``place``, ``name``, ``lat``, ``lon``, ``side`` and, of the route,
    ``line`` (its name), ``kind`` and ``state``.
    """
    ledger = load()
    table = ledger.route_points.merge(ledger.places.rename(columns={"id": "place"}), on="place")
    about = ledger.routes.rename(columns={"id": "route", "name": "line"})[["route", "line", "kind", "state"]]
    table = table[table["route"].str.startswith(routes)].merge(about, on="route").sort_values(["route", "seq"])
    names = ["route", "seq", "place", "name", "lat", "lon", "side", "line", "kind", "state"]
    return table[names].reset_index(drop=True)


def way(*routes: str) -> pd.DataFrame:
    """Return the stops of several routes, joined to one way.

    A route begins where the way already passes, which is left there; or, where it does not begin
    on the way, it is followed from the place that the way has reached.

    Parameters
    ----------
    routes : ids of routes in their order

    Returns
    -------
    The columns of `stops`; kind and state are those of the stage that ends at a stop.
    """
    path: list[dict] = []
    for route in routes:
        stage = stops(route)
        stage = stage[stage["route"] == route]
        places = [stop["place"] for stop in path]
        if path and stage["place"].iloc[0] in places:
            path = path[: places.index(stage["place"].iloc[0]) + 1]
        elif path:
            stage = stage[stage["seq"] >= stage.loc[stage["place"] == places[-1], "seq"].iloc[0]]
        path += stage.to_dict("records")[1 if path else 0 :]
    return pd.DataFrame(path)


@functools.cache
def _lands() -> tuple:
    lands = ground.countries().dissolve("actor")
    known = load().actors.set_index("id")["name"]
    return lands, {actor: known.get(actor, name) for actor, name in lands["name"].items()}


def crossed(data: pd.DataFrame) -> list[str]:
    """Return the states and seas on a way, in their order.

    The way is walked in steps of five kilometres. Two steps inside a neighbour are the straight
    line's doing and do not count; the ends always do.

    Parameters
    ----------
    data : the stops of a way, as `way` returns them

    Returns
    -------
    Names of states; a stage by ship is ``"the Caspian Sea"`` or the like.
    """
    lands, names = _lands()

    def state_at(point: Point) -> str | None:
        return next((names[actor] for actor in lands.index[lands.contains(point)]), None)

    points = ground.points(data["lon"], data["lat"])
    seen = []
    for (start, end), route, kind in zip(pairwise(points), data["route"][1:], data["kind"][1:]):
        leg = LineString([start, end])
        sea = next(sea for word, sea in SEAS.items() if word in route.split("-")) if kind == "sea" else None
        seen += [sea or state_at(leg.interpolate(step)) for step in range(0, int(leg.length) + 1, STEP)]
    runs = [(name, len(list(steps))) for name, steps in groupby(filter(None, seen))]
    found = [state_at(points.iloc[0]), *(name for name, steps in runs if steps > BRUSHED), state_at(points.iloc[-1])]
    return [name for name, _ in groupby(filter(None, found))]
