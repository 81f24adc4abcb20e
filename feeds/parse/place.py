"""GeoRSS and the W3C's geo: where an item takes place."""

from __future__ import annotations

from typing import Any

from feeds.model import Place
from feeds.parse.parts import Fields, number_of, text

POINTS = 500  # of a line or a polygon; half an outline is another one


def place(entry: Fields, geo: str = "") -> Place | None:
    """A place on the globe. `geo`: a geo URI (RFC 5870) that says it where nothing else does."""
    name = text(entry, "georss_featurename")
    where = dict.get(entry, "where")
    if isinstance(where, dict) and (found := _shape(where)):
        shape, points = found
        return _on_earth(shape, points, name)
    latitude, longitude = number_of(text(entry, "geo_lat")), number_of(text(entry, "geo_long"))
    if latitude is None and geo.startswith("geo:"):
        said = geo.removeprefix("geo:").partition(";")[0].split(",")
        latitude, longitude = (number_of(said[0]), number_of(said[1])) if len(said) > 1 else (None, None)
    if latitude is None or longitude is None:
        return None
    return _on_earth("point", ((latitude, longitude),), name)


def _on_earth(shape: Any, points: tuple[tuple[float, float], ...], name: str) -> Place | None:
    if not 0 < len(points) <= POINTS or not all(abs(lat) <= 90 and abs(long) <= 180 for lat, long in points):
        return None
    latitude, longitude = points[0]
    if shape == "point" or len(points) == 1:
        return Place(latitude=latitude, longitude=longitude, name=name)
    return Place(latitude=latitude, longitude=longitude, name=name, shape=shape, points=points)


def _shape(where: Fields) -> tuple[str, tuple[tuple[float, float], ...]] | None:
    """feedparser speaks GeoJSON: longitude first, a polygon's ring in a list of rings."""
    kind = where.get("type")
    told: Any = where.get("coordinates") or ()
    try:
        if kind == "Point":
            return "point", _turned((told[:2],))
        if kind == "LineString":
            return "line", _turned(told)
        if kind == "Polygon":
            return "polygon", _turned(told[0])
        if kind == "Box":
            (west, south), (east, north) = (pair[:2] for pair in told)
            ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
            return "polygon", _turned(ring)
    except (TypeError, ValueError, IndexError):
        return None
    return None


def _turned(pairs: Any) -> tuple[tuple[float, float], ...]:
    return tuple((float(pair[1]), float(pair[0])) for pair in pairs)
