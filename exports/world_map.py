"""A world map as SVG, for pages and files alike: countries in colours and patterns, small ones as dots, each a link.

Outlines: Natural Earth 1:50m (public domain), as npm's world-atlas packs it (TopoJSON). Projection: Equal Earth, which
shows areas in their true proportion (Šavrič, Patterson and Jenny 2018). Drawn once a process; no script is needed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import pairwise
from math import asin, cos, floor, radians, sin, sqrt
from pathlib import Path

from app.codelists.countries import country_of_m49

OUTLINES = Path(__file__).parent.parent / "app" / "static" / "vendor" / "countries-50m.json"
WIDTH, HEIGHT = 960, 430
_SCALE, _MIDDLE = 176.0, 240.0  # pixels a radian; where the equator lies
_CENTRE = 11.5  # degrees east: the edge runs through the Bering strait, so that no country is cut in two
_NEAREST = 0.35  # degrees between two points of a border
_SMALLEST = 0.7  # square pixels of an island that is drawn
_DOT, _DOT_BELOW = 3.2, 14.0  # radius of a dot; a country of fewer square pixels has one
_LETTER, _LINE = 5.2, 9  # pixels of a label's letter, and of its height
ANTARCTICA = "AQ"
# Shapes that the file has no number for, and countries that it lacks: they have a dot (longitude, latitude).
_NAMED = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY"}
_DOTS = {
    "BQ": (-68.3, 12.2), "CC": (96.9, -12.2), "CX": (105.7, -10.5), "GF": (-53.1, 3.9), "GI": (-5.4, 36.1),
    "GP": (-61.5, 16.2), "MQ": (-61.0, 14.6), "RE": (55.5, -21.1), "SJ": (16.0, 78.2), "TK": (-171.8, -9.2),
    "TV": (179.2, -8.5), "YT": (45.2, -12.8),
}  # fmt: skip
LAND, BORDER, INK = "#e9edf0", "#8c9aa8", "#10202e"
HEAT = ("#ffffff", "#eef4fa", "#d6e5f3", "#aecbe6", "#82add6", "#2c6aa3", "#123f6b")
_DARK = 5  # the step from which labels are white
# Status -> back, lines, and the path of its pattern in a square of 6: told apart without colours too.
STATUSES = {
    "no data": ("#ffffff", "#a3a3a3", "M-1 1L1-1M0 6L6 0M5 7L7 5"),
    "gap": ("#fbe0dc", "#b3261e", "M3 3h.01"),
    "gap with need": ("#f3b4ab", "#7a1608", "M0 0L6 6M6 0L0 6"),
    "single donor": ("#fdf0c4", "#a07a10", "M0 3h6"),
    "shared": ("#dcefe2", "", ""),
    "crowded": ("#e2d9f3", "#6b4db0", "M2 0v6M5 0v6"),
}
Point = tuple[float, float]
Fill = int | str  # a step of the colours, 0 to 6, or a status


@dataclass(frozen=True, slots=True)
class MapPlace:
    """What is said of a country: its colour, a word or figure on it where there is room, all of it, and its link."""

    fill: Fill
    label: str
    title: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A country as it is drawn: the path of its land, the middle of its largest part, and the room for a label there."""

    path: str
    x: float
    y: float
    room: float
    is_small: bool


def draw_map(places: Mapping[str, MapPlace], name: str) -> str:
    """The map; `name` says what it shows. Countries that are not in `places` are land without a figure."""
    outlines = world_outlines()
    land = "".join(one.path for code, one in outlines.items() if code not in places)
    known = {code: outlines[code] for code in places if code in outlines}
    # Small ones last: nothing covers their dots.
    order = sorted(known, key=lambda code: (known[code].is_small, code))
    shapes = "".join(_shape(places[code], known[code]) for code in order)
    labels = "".join(_label(places[code], known[code]) for code in order)
    defs = "".join(_pattern(status, f"map-{_key(status)}") for status in sorted(_statuses(places.values())))
    drawing = f'font-family="Noto Sans, sans-serif" stroke="{BORDER}" stroke-width=".5" stroke-linejoin="round"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="world" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" '
        f'aria-label="{escape(name)}" {drawing}><defs>{defs}</defs><path d="{land}" fill="{LAND}"/>{shapes}'
        f'<g aria-hidden="true" stroke="none" font-size="{_LINE}" text-anchor="middle" pointer-events="none">{labels}</g></svg>'
    )


def draw_swatch(fill: Fill) -> str:
    """A piece of the legend."""
    defs = f"<defs>{_pattern(fill, f'key-{_key(fill)}')}</defs>" if isinstance(fill, str) else ""
    paint = f"url(#key-{_key(fill)})" if isinstance(fill, str) else HEAT[fill]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="swatch" viewBox="0 0 24 14" width="24" height="14" '
        f'aria-hidden="true">{defs}<rect x=".5" y=".5" width="23" height="13" fill="{paint}" stroke="{BORDER}"/></svg>'
    )


def is_on_map(code: str) -> bool:
    return code in world_outlines()


def _key(status: str) -> str:
    return status.replace(" ", "-")


def _statuses(places: Iterable[MapPlace]) -> set[str]:
    return {one.fill for one in places if isinstance(one.fill, str)}


def _pattern(status: str, number: str) -> str:
    back, lines, path = STATUSES[status]
    drawn = f'<path d="{path}" stroke="{lines}" stroke-width="1.4" stroke-linecap="round"/>' if path else ""
    return (
        f'<pattern id="{number}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="{back}" stroke="none"/>{drawn}</pattern>'
    )


def _shape(place: MapPlace, outline: Outline) -> str:
    paint = f"url(#map-{_key(place.fill)})" if isinstance(place.fill, str) else HEAT[place.fill]
    drawn = f'<title>{escape(place.title)}</title><path d="{outline.path}" fill="{paint}"/>'
    if outline.is_small:
        drawn += f'<circle cx="{outline.x}" cy="{outline.y}" r="{_DOT}" fill="{paint}" stroke="{INK}"/>'
    if place.href:
        return f'<a href="{escape(place.href)}" aria-label="{escape(place.title)}">{drawn}</a>'
    return f"<g>{drawn}</g>"


def _label(place: MapPlace, outline: Outline) -> str:
    """Where there is room; on a pattern with a rim, so that it can be read."""
    if not place.label or len(place.label) * _LETTER >= outline.room:
        return ""
    is_status = isinstance(place.fill, str)
    ink = "#ffffff" if not is_status and int(place.fill) >= _DARK else INK
    rim = f' stroke="{STATUSES[str(place.fill)][0]}" stroke-width="2.5" paint-order="stroke"' if is_status else ""
    return f'<text x="{outline.x}" y="{outline.y + _LINE / 3:.1f}" fill="{ink}"{rim}>{escape(place.label)}</text>'


# --- outlines ------------------------------------------------------------------------------


def equal_earth(longitude: float, latitude: float) -> Point:
    """Degrees -> pixels of the map (Equal Earth, equations 1 and 2 of its authors)."""
    theta = asin(sqrt(3) / 2 * sin(radians(latitude)))
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    t2 = theta * theta
    t6 = t2 * t2 * t2
    x = (
        2
        * sqrt(3)
        * radians(longitude - _CENTRE)
        * cos(theta)
        / (3 * (9 * a4 * t6 * t2 + 7 * a3 * t6 + 3 * a2 * t2 + a1))
    )
    y = theta * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))
    return WIDTH / 2 + x * _SCALE, _MIDDLE - y * _SCALE


@lru_cache(maxsize=1)
def world_outlines() -> dict[str, Outline]:
    """Every country's outline by its code of two letters; '' for land of no country."""
    content = json.loads(OUTLINES.read_bytes())
    arcs = [_thin(list(_points(arc, content["transform"]))) for arc in content["arcs"]]
    rings: dict[str, list[list[Point]]] = {}
    for shape in content["objects"]["countries"]["geometries"]:
        code = country_of_m49(shape.get("id", "")) or _NAMED.get(shape["properties"]["name"], "")
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings.setdefault(code, []).extend(_ring(arcs, one) for polygon in polygons for one in polygon)
    found = {code: _outline(some) for code, some in rings.items() if code != ANTARCTICA}
    for code, (longitude, latitude) in _DOTS.items():
        if code not in found:
            x, y = equal_earth((longitude - _CENTRE + 180) % 360 - 180 + _CENTRE, latitude)
            found[code] = Outline("", round(x, 1), round(y, 1), 0, True)
    return found


def _points(arc: Sequence[Sequence[int]], transform: Mapping[str, Sequence[float]]) -> Iterator[Point]:
    """In degrees. TopoJSON keeps each point as its difference from the last, in whole steps."""
    (by_x, by_y), (from_x, from_y) = transform["scale"], transform["translate"]
    x = y = 0
    for right, up in arc:
        x, y = x + right, y + up
        yield x * by_x + from_x, y * by_y + from_y


def _thin(points: list[Point]) -> list[Point]:
    """Without points that nobody sees; both ends stay, so that neighbours still meet."""
    kept = [points[0]]
    for point in points[1:-1]:
        (x, y), (last_x, last_y) = point, kept[-1]
        if abs(x - last_x) * cos(radians(y)) + abs(y - last_y) >= _NEAREST:
            kept.append(point)
    return [*kept, points[-1]]


def _ring(arcs: Sequence[list[Point]], numbers: Sequence[int]) -> list[Point]:
    """A ring in pixels. A number below zero is the arc ~number backwards; each arc begins where the last one ends."""
    ring: list[Point] = []
    turn = 0.0  # degrees that lead on over the date line
    for number in numbers:
        for x, y in arcs[number] if number >= 0 else arcs[~number][::-1]:
            if ring and abs(x + turn - ring[-1][0]) > 180:
                turn += 360 if x + turn < ring[-1][0] else -360
            ring.append((x + turn, y))
    middle = sum(x for x, _ in ring) / len(ring)
    back = 360 * floor((middle - _CENTRE + 180) / 360)
    return [equal_earth(x - back, y) for x, y in ring]


def _outline(rings: list[list[Point]]) -> Outline:
    largest = max(rings, key=_area)
    left, right = min(x for x, _ in largest), max(x for x, _ in largest)
    top, bottom = min(y for _, y in largest), max(y for _, y in largest)
    drawn = [ring for ring in rings if ring is largest or _area(ring) >= _SMALLEST]
    x, y = _middle(largest) if _area(largest) else ((left + right) / 2, (top + bottom) / 2)
    if sum(map(_area, rings)) < _DOT_BELOW:
        return Outline("".join(map(_path, drawn)), round(x, 1), round(y, 1), 0, True)
    left, right = _widest(largest, y)
    room = right - left if bottom - top > 1.5 * _LINE else 0.0
    return Outline("".join(map(_path, drawn)), round((left + right) / 2, 1), round(y, 1), room, False)


def _widest(ring: Sequence[Point], y: float) -> Point:
    """Where the land lies at this height: from left to right, the widest piece."""
    crossed = sorted(
        x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]])
        if (y1 > y) != (y2 > y)
    )
    pieces = list(zip(crossed[::2], crossed[1::2], strict=True))
    return max(pieces, key=lambda piece: piece[1] - piece[0], default=(ring[0][0], ring[0][0]))


def _area(ring: Sequence[Point]) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]))) / 2


def _middle(ring: Sequence[Point]) -> Point:
    """The centre of gravity."""
    parts = [(x1 * y2 - x2 * y1, x1 + x2, y1 + y2) for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]])]
    whole = 3 * sum(weight for weight, _, _ in parts)
    return sum(weight * x for weight, x, _ in parts) / whole, sum(weight * y for weight, _, y in parts) / whole


def _path(ring: Sequence[Point]) -> str:
    """In tenths of a pixel, each point from the last one."""
    tenths = [(round(x * 10), round(y * 10)) for x, y in ring]
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(tenths)]
    drawn = " ".join(f"{x / 10:g} {y / 10:g}" for x, y in steps if x or y)
    return f"M{tenths[0][0] / 10:g} {tenths[0][1] / 10:g}l{drawn}z" if drawn else ""
