"""Reads the location of an item from GeoRSS, the W3C's geo: elements, or a geo URI."""

from __future__ import annotations

from typing import Any

from feeds.model import GeoPlace
from feeds.parse.values import Fields, finite_number, text_field

MAX_POINTS = 500  # of a line or a polygon; one with more is dropped, as a part of it is another shape


def read_place(entry: Fields, geo: str = "") -> GeoPlace | None:
    """The place, or None. `geo`: a geo URI (RFC 5870), used if no element gives a location."""
    name = text_field(entry, "georss_featurename")
    where = dict.get(entry, "where")
    if isinstance(where, dict) and (parsed := _shape(where)):
        shape, points = parsed
        return _valid_place(shape, points, name)
    latitude = finite_number(text_field(entry, "geo_lat"))
    longitude = finite_number(text_field(entry, "geo_long"))
    if latitude is None and geo.startswith("geo:"):
        first, *others = geo.removeprefix("geo:").partition(";")[0].split(",")
        latitude, longitude = (finite_number(first), finite_number(others[0])) if others else (None, None)
    if latitude is None or longitude is None:
        return None
    return _valid_place("point", ((latitude, longitude),), name)


def _valid_place(shape: Any, points: tuple[tuple[float, float], ...], name: str) -> GeoPlace | None:
    if not 0 < len(points) <= MAX_POINTS or any(abs(lat) > 90 or abs(long) > 180 for lat, long in points):
        return None
    latitude, longitude = points[0]
    if shape == "point" or len(points) == 1:
        return GeoPlace(latitude=latitude, longitude=longitude, name=name)
    return GeoPlace(latitude=latitude, longitude=longitude, name=name, shape=shape, points=points)


def _shape(where: Fields) -> tuple[str, tuple[tuple[float, float], ...]] | None:
    """Read feedparser's GeoJSON, which has the longitude first and a polygon as a list of rings."""
    kind = where.get("type")
    coordinates: Any = where.get("coordinates") or ()
    try:
        if kind == "Point":
            return "point", _latitude_first((coordinates[:2],))
        if kind == "LineString":
            return "line", _latitude_first(coordinates)
        if kind == "Polygon":
            return "polygon", _latitude_first(coordinates[0])
        if kind == "Box":
            (west, south), (east, north) = (pair[:2] for pair in coordinates)
            ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
            return "polygon", _latitude_first(ring)
    except (TypeError, ValueError, IndexError):
        return None
    return None


def _latitude_first(pairs: Any) -> tuple[tuple[float, float], ...]:
    return tuple((float(pair[1]), float(pair[0])) for pair in pairs)
