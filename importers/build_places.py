"""Countries, regions and places of a project, and the percentages beside lists of codes.

A region beside a country describes the country and is kept as a column: as a recipient it would
take half of the money.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from lxml import etree

from app.codelists import match_code
from app.codelists.countries import match_country, match_region
from app.models.worded import worded
from importers.build_parties import add_columns, add_narrative
from importers.cell_lists import Piece, read_pieces, read_shares, split_list
from importers.clean import is_blank
from importers.headings import Heading
from importers.project_rows import Project
from importers.questions import KEEP, answer
from importers.tables import Row

_DEGREES = re.compile(r"[-+]?\d{1,3}(?:\.\d+)?")
WGS84 = "http://www.opengis.net/def/crs/EPSG/0/4326"
Element = etree._Element
# Vocabulary ('' for places) and code.
Key = tuple[str, str]
Parts = dict[Key, tuple[Decimal | None, Row, Heading]]
# How a record names regions of the UN's vocabulary and of the reporter's own.
_OTHER_REGION = re.compile(r"(2|99)-(.+)", re.DOTALL)


def add_countries(project: Project, activity: Element) -> None:
    parts: Parts = {}
    for row in project.rows:
        for number in numbers_of(row, "country", "country-code"):
            cell = row.first("country-code", number) or row.first("country", number)
            if cell is not None and cell[0].meaning.number == number:
                _collect(project, parts, row, cell, "country", number, match_place)
    has_countries = bool(parts)
    for row in project.rows:
        for number in numbers_of(row, "region", "region-code"):
            cell = row.first("region-code", number) or row.first("region", number)
            if cell is not None and has_countries and not row.first("region-percentage", number):
                project.keep(*cell)
            elif cell is not None:
                _collect(project, parts, row, cell, "region", number, _match_region_or_keep)
    for is_region in (False, True):
        for (_, code), (percentage, _, _) in parts.items():
            if code[:1].isalpha() != is_region:
                set_percentage(add_recipient(activity, code), percentage)


def add_recipient(parent: Element, code: str) -> Element:
    """Add a country, a DAC region, or a region of another vocabulary (`99-Mekong delta`)."""
    if code[:1].isalpha():
        return etree.SubElement(parent, "recipient-country", code=code)
    other = _OTHER_REGION.fullmatch(code)
    vocabulary, own = other.groups() if other else ("1", code)
    return etree.SubElement(parent, "recipient-region", code=own, vocabulary=vocabulary)


def set_percentage(element: Element, percentage: Decimal | None, name: str = "percentage") -> None:
    if percentage is not None:
        element.set(name, f"{percentage:f}")


def match_place(project: Project, row: Row, heading: Heading, text: str) -> str:
    """A country's code, or a region's; '' where nobody knows the name: then it is asked, or kept as answered."""
    code = _place_of(text)
    if code:
        return code
    given = str(answer(row.table.answers, "countries", text) or "")
    if given == KEEP:
        project.keep(heading, text)
        return ""
    code = _place_of(given) if given else ""
    if not code:
        row.table.ask("country", ("countries", text), heading, text)
    return code


@lru_cache(maxsize=16384)
def _place_of(text: str) -> str:
    return match_country(text) or match_region(text) or (text if _OTHER_REGION.fullmatch(text) else "")


def _match_region_or_keep(_: Project, __: Row, ___: Heading, text: str) -> str:
    """A DAC region's code; the reporter's own region where the DAC has none of that name."""
    known = match_region(text) or match_country(text)
    return known or (text if _OTHER_REGION.fullmatch(text) else f"99-{text}")


def _collect(
    project: Project,
    parts: Parts,
    row: Row,
    cell: tuple[Heading, str],
    what: str,
    number: int,
    match: Callable[[Project, Row, Heading, str], str],
) -> None:
    """Add the codes of a cell to `parts`, with percentages from the cell itself or from the column beside
    it.
    """
    heading, text = cell
    pieces = read_places(text)
    shares = shares_beside(row, f"{what}-percentage", number, len(pieces))
    for index, (name, own) in enumerate(pieces):
        code = match(project, row, heading, name)
        if code:
            add_part(project, parts, ("", code), own if own is not None else shares[index], row, heading)


@lru_cache(maxsize=16384)
def read_places(text: str) -> list[Piece]:
    """The countries and regions that a cell names; nobody changes the list."""
    return read_pieces(text, is_place)


def is_place(name: str) -> bool:
    return bool(match_country(name) or match_region(name))


def add_part(project: Project, parts: Parts, key: Key, percentage: Decimal | None, row: Row, heading: Heading) -> None:
    """Add a code with its percentage: what one cell lists twice adds up, what two rows say has to agree."""
    known = parts.get(key)
    if known is None or known[0] is None:
        parts[key] = (percentage, row, heading)
    elif percentage is not None and known[1] is row and known[2] is heading:
        parts[key] = (known[0] + percentage, row, heading)
    elif percentage not in (None, known[0]):
        first, second = f"{key[1]} {known[0]}%", f"{key[1]} {percentage}%"
        project.note_contradiction((known[1], heading, first), (row, heading, second))


def shares_beside(row: Row, name: str, number: int, count: int) -> list[Decimal | None]:
    """The percentages of a parallel column, one for each of `count` codes."""
    nothing: list[Decimal | None] = [None] * count
    found = next(iter(row.filled(name, number)), None)
    if found is None:
        return nothing
    if count == 1:
        return [row.percentage(found[0], row.cell(found[0]))]
    shares = read_shares(found[1])
    if shares is None or len(shares) != count:
        row.note(
            "error",
            "percentages-unmatched",
            worded("“%(value)s” does not give a percentage for each of %(count)s codes.", value=found[1], count=count),
            "Write as many percentages as codes, in the same order, such as 60; 40.",
            found[0],
        )
        return nothing
    return shares


def codes_beside(project: Project, row: Row, name: str, number: int, count: int, codelist: str) -> list[str]:
    """The codes that a parallel column names, one for each of `count` entries, '' for none.

    A column that names others, or not as many, is kept as it is.
    """
    cell = row.first(name, number)
    texts = split_list(cell[1]) if cell else []
    codes = ["" if is_blank(text) else match_code(codelist, text) for text in texts]
    if cell and (None in codes or len(codes) != count):
        project.keep(*cell)
        codes = []
    return [code or "" for code in codes] or [""] * count


def add_locations(project: Project, activity: Element) -> None:
    for row in project.rows:
        for number in numbers_of(row, "location", "latitude", "location-code"):
            names = split_list(row.text("location", number))
            point = _read_point(project, row, number)
            code = row.text("location-code", number)
            for name in names or ([""] if point or code else []):
                _add_location(activity, row, name, point if len(names) < 2 else "", code)


def _read_point(project: Project, row: Row, number: int) -> str:
    """`latitude longitude` in degrees; coordinates in any other writing are kept as columns."""
    cells = [row.first("latitude", number), row.first("longitude", number)]
    degrees = [cell[1].replace(",", ".") for cell in cells if cell]
    if len(degrees) == 2 and all(_DEGREES.fullmatch(text) for text in degrees):
        return " ".join(degrees)
    for cell in cells:
        if cell:
            project.keep(*cell)
    return ""


def _add_location(activity: Element, row: Row, name: str, point: str, code: str) -> None:
    location = etree.SubElement(activity, "location")
    if code:
        etree.SubElement(location, "location-id", vocabulary="G1", code=code)
    if name:
        add_narrative(etree.SubElement(location, "name"), name)
    if point:
        position = etree.SubElement(location, "point", srsName=WGS84)
        etree.SubElement(position, "pos").text = point
    for tag in ("exactness", "location-class"):
        if value := row.text(tag):
            etree.SubElement(location, tag, code=value)
    if row.table.kind == "location":
        add_columns(location, row)


def numbers_of(row: Row, *names: str) -> list[int]:
    """The numbers of repeated columns (`Donor 1`, `Donor 2`) that a table has for these fields."""
    return row.table.numbers(*names)
