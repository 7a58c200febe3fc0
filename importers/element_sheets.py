"""Workbooks and CSV files that hold IATI elements (see element_layouts.py) -> activities, every element kept.

Rows belong to the activity whose id stands in them, or else above them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from app.models.issue import Issue
from app.models.record import MONEY_ELEMENTS, TESSERA_NS, XML_LANG, Reported
from importers.base import Source, refuse_file
from importers.build_parties import add_column, add_narrative
from importers.clean import Ambiguous, Cell, DateOrder, Unclear, date_order, is_blank, parse_date
from importers.element_layouts import (
    NARRATIVE,
    ElementLayout,
    ElementPart,
    ElementPath,
    known_by_headings,
    known_by_sheets,
)
from importers.headings import Heading, Meaning, heading_text
from importers.layout_cells import heading_key
from importers.questions import Questions
from importers.read_sheets import RawSheet, read_sheets
from importers.tables import cell_text

_CODED = re.compile(r"([\w.-]{1,12}) - \S.*", re.DOTALL)  # `2 - Actual start`
_NOT_CODED = {"ref", "vocabulary-uri", "url", "name", "value", "owner-ref", "activity-id"}
_DATES = {"iso-date", "value-date"}
_ORDER = {tag: place for place, tag in enumerate((
    "iati-identifier", "reporting-org", "title", "description", "participating-org", "other-identifier", "activity-status",
    "activity-date", "contact-info", "activity-scope", "recipient-country", "recipient-region", "location", "sector", "tag",
    "country-budget-items", "humanitarian-scope", "policy-marker", "collaboration-type", "default-flow-type",
    "default-finance-type", "default-aid-type", "default-tied-status", "budget", "planned-disbursement", "capital-spend",
    "transaction", "document-link", "related-activity", "legacy-data", "conditions",
))}  # fmt: skip
Element = etree._Element


@dataclass(slots=True)
class _Activity:
    """One activity while its rows are read; `places` say where each element came from."""

    element: Element
    place: str
    places: dict[Element, str] = field(default_factory=dict)
    last: dict[int, Element] = field(default_factory=dict)  # by part, the element that a row may add to
    issues: list[Issue] = field(default_factory=list)


class IatiElements:
    """The importer of tables of IATI elements."""

    key = "iati-elements"

    def read(self, sources: list[Source]) -> Iterator[Reported]:
        answers: dict[str, Any] = {name: value for source in sources for name, value in source.answers.items()}
        reading = _Reading(answers.get("date_order"))
        for source in sources:
            reading.take_file(list(read_sheets(source)))
        if not reading.activities:
            raise refuse_file(
                "no-projects", "No row of this file has an activity's id.", "Give each activity its identifier."
            )
        activities = [_finish(activity, answers.get("reporter")) for activity in reading.activities.values()]
        activities[0].issues[:0] = reading.issues
        activities[0].questions += reading.questions.build()
        yield from activities


class _Reading:
    """The activities of files that are given together, by identifier."""

    def __init__(self, order: DateOrder | None) -> None:
        self.activities: dict[str, _Activity] = {}
        self.issues: list[Issue] = []
        self.questions = Questions()
        self._answered = order
        self._order = order

    def take_file(self, sheets: list[RawSheet]) -> None:
        self._order = date_order(cell for sheet in sheets for row in sheet.rows for cell in row) or self._answered
        layout = known_by_sheets({sheet.name for sheet in sheets})
        for sheet in sheets:
            self.issues += sheet.issues
            texts = [heading_text(cell) for cell in sheet.rows[0]] if sheet.rows else []
            chosen = layout or known_by_headings(set(texts))
            if chosen is not None:
                parts = [part for part in chosen.parts if part.sheet in ("", heading_key(sheet.name))]
                self._take_sheet(sheet, texts, chosen, parts)

    def _take_sheet(self, sheet: RawSheet, texts: list[str], layout: ElementLayout, parts: list[ElementPart]) -> None:
        columns: dict[str, Heading] = {}
        for column, text in enumerate(texts):
            columns.setdefault(heading_key(text), Heading(text, column, Meaning()))
        if layout.identifier not in columns or not parts:
            return
        identifier = ""
        for number, cells in enumerate(sheet.rows[1:], 2):
            row = cells + [""] * (len(texts) - len(cells))
            own = cell_text(row[columns[layout.identifier].column])
            identifier = own or identifier
            if identifier:
                self._take_row(
                    self._activity(identifier, f"{sheet.name}!{number}"), parts, columns, row, f"{sheet.name}!{number}"
                )
            elif any(not is_blank(cell) for cell in row):
                self.issues.append(_no_identifier(sheet.name, number))

    def _activity(self, identifier: str, place: str) -> _Activity:
        if identifier not in self.activities:
            element = etree.Element("iati-activity", nsmap={"tessera": TESSERA_NS})
            etree.SubElement(element, "iati-identifier").text = identifier
            self.activities[identifier] = _Activity(element, place)
        return self.activities[identifier]

    def _take_row(
        self, activity: _Activity, parts: list[ElementPart], columns: dict[str, Heading], row: list[Cell], place: str
    ) -> None:
        taken = {key for part in parts for key in part.columns}
        for part in parts:
            filled = [key for key in part.columns if key in columns and not is_blank(row[columns[key].column])]
            if filled:
                element = _element_of(activity, part, bool(part.starts & set(filled)), place)
                made: dict[tuple[str, ...], Element] = {}
                for key in filled:
                    _fill(
                        element,
                        part.columns[key],
                        self._text(activity, part.columns[key], columns[key], row, place),
                        made,
                    )
        others = [heading for key, heading in list(columns.items())[1:] if key not in taken and heading.text]
        for heading in others:
            if not is_blank(row[heading.column]):
                target = activity.last.get(id(parts[0])) if len(parts) == 1 else None
                add_column(activity.element if target is None else target, heading.name, cell_text(row[heading.column]))

    def _text(self, activity: _Activity, path: ElementPath, heading: Heading, row: list[Cell], place: str) -> str:
        cell = row[heading.column]
        text = cell_text(cell)
        if path.attribute in _DATES:
            return self._date(activity, cell, heading, place)
        if not path.attribute:
            return text
        if text in ("True", "False", "TRUE", "FALSE"):
            return str(int(text.casefold() == "true"))
        coded = _CODED.fullmatch(text) if path.attribute not in _NOT_CODED else None
        return coded[1] if coded else text

    def _date(self, activity: _Activity, cell: Cell, heading: Heading, place: str) -> str:
        sheet, _, row = place.rpartition("!")
        try:
            period = parse_date(cell, self._order)
        except Ambiguous:
            self.questions.ask("date-order", ("date_order",), sheet, heading.name, cell_text(cell))
            return ""
        except Unclear as unclear:
            activity.issues.append(Issue("error", unclear.code, unclear.message, unclear.hint, sheet, int(row), heading.name,
                                         f"{heading.letters}{row}", value=cell_text(cell)))  # fmt: skip
            return ""
        return str(period.start) if period else ""


# --- elements ------------------------------------------------------------------------------


def _element_of(activity: _Activity, part: ElementPart, is_start: bool, place: str) -> Element:
    if not part.tag:
        return activity.element
    if is_start or id(part) not in activity.last:
        activity.last[id(part)] = etree.SubElement(activity.element, part.tag, {"type": part.type} if part.type else {})
        activity.places[activity.last[id(part)]] = place
    return activity.last[id(part)]


def _fill(element: Element, path: ElementPath, text: str, made: dict[tuple[str, ...], Element]) -> None:
    """Put a text where its column goes. What a row fills in is new, but a narrative joins what is there."""
    node = element
    for depth, step in enumerate(path.steps, 1):
        key = path.steps[:depth]
        if key not in made:
            there = node.findall(step)
            if not there or step == NARRATIVE or not path.is_narrative:
                there.append(_add_beside(node, step, there))
            made[key] = there[-1]
        node = made[key]
    if not path.attribute:
        node.text = text
    elif text:
        node.set(XML_LANG if path.attribute == "xml:lang" else path.attribute, text)


def _add_beside(node: Element, tag: str, alike: list[Element]) -> Element:
    """A new child, behind those of its name: the schema wants them together."""
    child = etree.SubElement(node, tag)
    if alike:
        alike[-1].addnext(child)
    return child


def _finish(activity: _Activity, reporter: dict[str, str] | None) -> Reported:
    element = activity.element
    if reporter and (reporter.get("ref") or reporter.get("name")):
        _add_reporter(element, reporter)
    _join_points(element)
    element[:] = sorted(element, key=lambda child: _ORDER.get(str(child.tag), len(_ORDER)))
    money = [activity.places.get(child, activity.place) for child in element if child.tag in MONEY_ELEMENTS]
    xml = etree.tostring(element, encoding="utf-8")
    return Reported(element, xml, places=[activity.place, *money], partial=True, issues=activity.issues)


def _add_reporter(element: Element, reporter: dict[str, str]) -> None:
    found = element.find("reporting-org")
    organisation = etree.SubElement(element, "reporting-org") if found is None else found
    for name in ("ref", "type"):
        if reporter.get(name):
            organisation.set(name, reporter[name])
    if reporter.get("name"):
        add_narrative(organisation, reporter["name"])


def _join_points(element: Element) -> None:
    """Latitude and longitude, which stand in two columns, as the one text of a place."""
    for pos in element.iter("pos"):
        degrees = [pos.attrib.pop(name, "") for name in ("latitude", "longitude")]
        if all(degrees):
            pos.text = " ".join(map(str, degrees))


def _no_identifier(sheet: str, row: int) -> Issue:
    return Issue("error", "identifier-missing", "No activity's id stands in this row or above it.",
                 "Write the activity's identifier into the first row of the activity.", sheet, row)  # fmt: skip
