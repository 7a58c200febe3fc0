"""The world map: every country is on it, whole, and says what it was given."""

import pytest
from lxml import etree

from app.codelists import codes
from exports.world_map import HEIGHT, STATUSES, WIDTH, MapPlace, draw_map, draw_swatch, equal_earth, world_outlines

SVG = "{http://www.w3.org/2000/svg}"


def test_every_country_is_drawn_within_the_picture() -> None:
    outlines = world_outlines()
    no_land_of_their_own = {"AQ", "BV", "UM"}  # Antarctica is left out; two of islands without people
    assert {code for code in codes("Country") if len(code) == 2} - set(outlines) == no_land_of_their_own
    for code, one in outlines.items():
        assert 0 < one.x < WIDTH, code
        assert 0 < one.y < HEIGHT, code
    small = {code for code, one in outlines.items() if one.is_small}
    assert {"TV", "MT", "SC", "VA", "KI"} <= small
    assert not {"KH", "BT", "RU", "US"} & small


def test_no_country_is_torn_over_the_edge() -> None:
    for code, one in world_outlines().items():
        for ring in one.path.split("M")[1:]:
            numbers = [float(word) for word in ring.partition("l")[2].rstrip("z").split()]
            assert max(map(abs, numbers), default=0) < 60, code


def test_the_projection_is_equal_earth() -> None:
    """Its authors' figures: the width of the equator is 2.0546 times the height of the map."""
    left, right = equal_earth(-168.4, 0)[0], equal_earth(191.4, 0)[0]
    top, bottom = equal_earth(11.5, 90)[1], equal_earth(11.5, -90)[1]
    assert (right - left) / (bottom - top) == pytest.approx(2.0546, abs=0.003)


def test_what_is_said_is_written_and_never_markup() -> None:
    places = {
        "KH": MapPlace(6, "51", 'Cambodia: "5" <b> & more', "/reports/overlap?a=1&b=2"),
        "TV": MapPlace("gap", "1", "Tuvalu: gap"), "XX": MapPlace(1, "9", "nowhere"),
    }  # fmt: skip
    root = etree.fromstring(draw_map(places, "Money & more"))
    assert root.get("aria-label") == "Money & more"
    [link] = root.iter(f"{SVG}a")
    assert (link.get("href"), link.get("aria-label")) == ("/reports/overlap?a=1&b=2", 'Cambodia: "5" <b> & more')
    assert [one.text for one in root.iter(f"{SVG}title")] == ['Cambodia: "5" <b> & more', "Tuvalu: gap"]
    assert len(list(root.iter(f"{SVG}circle"))) == 1
    assert [one.get("id") for one in root.iter(f"{SVG}pattern")] == ["map-gap"]


@pytest.mark.parametrize("fill", [0, 6, *STATUSES])
def test_a_swatch_stands_alone(fill: int | str) -> None:
    root = etree.fromstring(draw_swatch(fill))
    used = {one.get("fill") for one in root.iter(f"{SVG}rect")}
    assert not isinstance(fill, str) or f"url(#{next(root.iter(f'{SVG}pattern')).get('id')})" in used
