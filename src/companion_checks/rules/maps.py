"""What the maps are drawn from: places within their countries, routes that lead somewhere."""

import math
from collections.abc import Iterator
from typing import Any

import shapely
import shapely.geometry

from companion_checks.problems import Problem, a
from companion_checks.project import Table
from companion_checks.registry import rule

#: How far outside the generalised shape of its country a place may lie, in degrees: a port on a pier.
MARGIN = 0.1


@rule
def routes_have_two_points(routes: Table, route_points: Table) -> Iterator[Problem]:
    """A route leads from one place to another."""
    places: dict[str, set[str]] = {}
    for _, row in route_points:
        places.setdefault(row["route"], set()).add(row["place"])
    for number, row in routes:
        count = len(places.get(row["id"], ()))
        if count < 2:
            wrong = f"the route {row['id']!r} has {('no place', 'one place')[count]}"
            yield routes.problem(number, "id", wrong, "Give it at least two places in route-points.csv")


@rule
def routes_do_not_stand_still(route_points: Table) -> Iterator[Problem]:
    """The next point of a route is another place."""
    stops: dict[str, list[tuple[float, int, str]]] = {}
    for number, row in route_points:
        if row["seq"].isdecimal():
            stops.setdefault(row["route"], []).append((int(row["seq"]), number, row["place"]))
    for route in stops.values():
        route.sort()
        for (*_, before), (_, number, place) in zip(route, route[1:]):
            if place == before:
                right = "Drop one of the two, or name the place in between"
                yield route_points.problem(number, "place", f"the route stays in {place!r}", right)


@rule
def countries_of_places_are_states(places: Table, actors: Table) -> Iterator[Problem]:
    """The country of a place is a state."""
    kinds = {row["id"]: row["kind"] for _, row in actors}
    for number, row in places:
        kind = kinds.get(row["country"], "")
        if kind and kind != "state":
            wrong, right = f"{row['country']!r} is {a(kind)}", "Name a state, or leave the cell empty"
            yield places.problem(number, "country", wrong, right)


@rule
def places_have_both_coordinates(places: Table) -> Iterator[Problem]:
    """A place has latitude and longitude, or neither."""
    for number, row in places:
        if bool(row["lat"]) != bool(row["lon"]):
            field = "lon" if row["lat"] else "lat"
            yield places.problem(number, field, "only one of 'lat' and 'lon' is filled", "Fill both or neither")


@rule
def names_have_both_degrees(actors: Table) -> Iterator[Problem]:
    """The place of a state's name on maps has both its degrees, or neither."""
    for number, row in actors:
        if bool(row["label_lon"]) != bool(row["label_lat"]):
            empty = "label_lat" if row["label_lon"] else "label_lon"
            wrong = "the place of a name on maps needs both its degrees"
            yield actors.problem(number, empty, wrong, "Write label_lon (east) and label_lat (north), or neither")


@rule
def places_lie_in_their_country(places: Table, actors: Table, countries: dict[str, Any]) -> Iterator[Problem]:
    """A place lies within its country, or just outside its generalised shape."""
    shapes = shapes_by_code(countries)
    codes = {row["id"]: row["iso3"] for _, row in actors}
    for number, row in places:
        code, point = codes.get(row["country"], ""), point_of(row["lat"], row["lon"])
        if code not in shapes or point is None:
            continue
        if shapes[code].distance(point) > MARGIN:
            wrong = f"{row['name']} at {row['lat']}, {row['lon']} is not in {row['country']!r}, {frame(shapes[code])}"
            right = "Correct the coordinates or the country"
            if shapes[code].distance(shapely.Point(point.y, point.x)) <= MARGIN:
                right = "It would be with latitude and longitude the other way round"
            yield places.problem(number, "lat", wrong, right)


def shapes_by_code(countries: dict[str, Any]) -> dict[str, shapely.Geometry]:
    """Return the shape of each country by its code, from GeoJSON."""
    return {
        feature["properties"]["iso3"]: shapely.geometry.shape(feature["geometry"]) for feature in countries["features"]
    }


def point_of(lat: str, lon: str) -> shapely.Point | None:
    """Return a point on the map, or None where it has no coordinates or cells that are not numbers."""
    try:
        x, y = float(lon), float(lat)
    except ValueError:
        return None
    return shapely.Point(x, y) if math.isfinite(x) and math.isfinite(y) else None


def frame(shape: shapely.Geometry) -> str:
    """Say between which degrees a country lies."""
    west, south, east, north = shape.bounds
    return f"which lies between {south:.1f} and {north:.1f} north, {west:.1f} and {east:.1f} east"
