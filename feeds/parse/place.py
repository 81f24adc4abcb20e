"""Builds the location of an item from GeoRSS, the W3C's geo: elements, or a geo URI."""

from __future__ import annotations

from typing import Any, Literal

from feeds.model import GeoPlace
from feeds.parse.values import Fields, finite_number, text_field

Shape = Literal["point", "line", "polygon"]
Points = tuple[tuple[float, float], ...]  # (latitude, longitude)

MAX_POINTS = 500  # of a line or a polygon; one with more is dropped, as a part of it is another shape


def build_place(entry: Fields, geo: str = "") -> GeoPlace | None:
    """The place, or None. `geo`: a geo URI (RFC 5870), used if no element gives a location."""
    name = text_field(entry, "georss_featurename")
    where = dict.get(entry, "where")
    if isinstance(where, dict) and (parsed := _shape(where)):
        shape, points = parsed
        return _place(shape, points, name)
    latitude = finite_number(text_field(entry, "geo_lat"))
    longitude = finite_number(text_field(entry, "geo_long"))
    if latitude is None and geo.startswith("geo:"):
        first, *others = geo.removeprefix("geo:").partition(";")[0].split(",")
        latitude, longitude = (finite_number(first), finite_number(others[0])) if others else (None, None)
    if latitude is None or longitude is None:
        return None
    return _place("point", ((latitude, longitude),), name)


def _place(shape: Shape, points: Points, name: str) -> GeoPlace | None:
    """The place, whose coordinates `normalize.article` checks; None if it has no point or too many."""
    if not 0 < len(points) <= MAX_POINTS:
        return None
    latitude, longitude = points[0]
    if shape == "point" or len(points) == 1:
        return GeoPlace(latitude=latitude, longitude=longitude, name=name)
    return GeoPlace(latitude=latitude, longitude=longitude, name=name, shape=shape, points=points)


def _shape(where: Fields) -> tuple[Shape, Points] | None:
    """The shape in feedparser's GeoJSON, which has the longitude first and a polygon as a list of rings."""
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


def _latitude_first(pairs: Any) -> Points:
    return tuple((float(pair[1]), float(pair[0])) for pair in pairs)
