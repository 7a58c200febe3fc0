"""Sectors, recommendation areas and policy markers of a project."""

import re
from collections.abc import Iterator
from functools import cache

from lxml import etree

from app.codelists import codes, is_code, match_code
from app.frameworks import load_builtin, vocabulary_uri
from app.models.record import TESSERA_NS
from app.models.worded import worded
from importers.build_parties import add_narrative
from importers.build_places import (
    Key,
    Parts,
    add_part,
    add_recipient,
    match_place,
    numbers_of,
    read_places,
    set_percentage,
    shares_beside,
)
from importers.cell_lists import read_pieces, split_list
from importers.headings import Heading
from importers.project_rows import Project
from importers.tables import Row
from importers.words import fold, words

DEFAULT_FRAMEWORK = "florence-2008"
_NOTES = ("state", "source", "confidence", "evidence")
_CODE_FIRST = re.compile(r"(\d{3,5})\s*[-–—:. ]\s*(\D.*)", re.DOTALL)
_CODE_LAST = re.compile(r"(.*\D)\s*[(\[]\s*(\d{3,5})\s*[)\]]", re.DOTALL)
_OTHER_FRAMEWORK = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)+): (.+)")
_MARKERS = tuple(f"marker:{code}" for code in codes("PolicyMarker", withdrawn=True))
Element = etree._Element


def add_sectors(project: Project, activity: Element) -> None:
    parts: Parts = {}
    names: dict[Key, str] = {}
    for row in project.rows:
        for number in numbers_of(row, "sector", "sector-name"):
            cell = row.first("sector", number)
            beside = row.text("sector-name", number)
            cell = cell or row.first("sector-name", number)
            if cell is not None and cell[0].meaning.number == number:
                _collect_sectors(project, parts, names, row, cell, beside, number)
    for key, (percentage, _, _) in parts.items():
        element = etree.SubElement(activity, "sector", vocabulary=key[0], code=key[1])
        set_percentage(element, percentage)
        if names.get(key):
            add_narrative(element, names[key])


def add_flow_split(project: Project, transaction: Element, row: Row, number: int) -> None:
    """The sectors and countries that a transaction names for itself: they override the project's."""
    if cell := row.first("transaction-sector", number):
        vocabularies = _vocabularies(row, "transaction-sector-vocabulary", number)
        pieces = read_pieces(cell[1], lambda name: bool(vocabularies) or _is_sector(name))
        for index, (text, share) in enumerate(pieces):
            code, _ = _read_sector(text)
            vocabulary = _vocabulary_of(code, vocabularies, index)
            set_percentage(etree.SubElement(transaction, "sector", vocabulary=vocabulary, code=code), share)
    if cell := row.first("transaction-country", number):
        for text, share in read_places(cell[1]):
            if code := match_place(project, row, cell[0], text):
                set_percentage(add_recipient(transaction, code), share)


def sector_vocabulary(code: str) -> str:
    """1 for a purpose code of the DAC, 2 for a code of three digits, 99 for the reporter's own."""
    if len(code) == 5 and is_code("Sector", code):
        return "1"
    return "2" if len(code) == 3 and code.isdigit() else "99"


def _collect_sectors(
    project: Project,
    parts: Parts,
    names: dict[Key, str],
    row: Row,
    cell: tuple[Heading, str],
    beside: str,
    number: int,
) -> None:
    vocabularies = _vocabularies(row, "sector-vocabulary", number)
    pieces = read_pieces(cell[1], lambda name: bool(vocabularies) or _is_sector(name))
    shares = shares_beside(row, "sector-percentage", number, len(pieces))
    own_names = split_list(beside) if beside != cell[1] else []
    if len(pieces) == 1:
        own_names = [beside] if own_names else []
    for index, (text, own) in enumerate(pieces):
        code, name = _read_sector(text)
        key = _vocabulary_of(code, vocabularies, index), code
        add_part(project, parts, key, own if own is not None else shares[index], row, cell[0])
        if name or len(own_names) == len(pieces):
            names.setdefault(key, name or own_names[index])


def _vocabularies(row: Row, name: str, number: int) -> list[str]:
    return [text.split(" ")[0] for text in split_list(row.text(name, number))]


def _vocabulary_of(code: str, vocabularies: list[str], index: int) -> str:
    """The vocabulary beside a code (one entry stands for all codes of the cell), else that of its shape."""
    beside = vocabularies if len(vocabularies) != 1 else vocabularies * (index + 1)
    return beside[index] if index < len(beside) else sector_vocabulary(code)


def _is_sector(name: str) -> bool:
    return name.isdigit() or bool(match_code("Sector", name)) or is_code("Sector", _read_sector(name)[0])


def _read_sector(text: str) -> tuple[str, str]:
    """Code and name of `12220`, `12220 - Basic health care`, `Basic health care (12220)`, or of a name
    alone.
    """
    if match := _CODE_FIRST.fullmatch(text):
        return match[1], match[2].strip()
    if match := _CODE_LAST.fullmatch(text):
        return match[2], match[1].strip()
    if text.isdigit():
        return text, ""
    return match_code("Sector", text) or text, text


def add_areas(project: Project, activity: Element) -> None:
    """Areas from lists and from rows of their own; one that is stated anywhere is no mere suggestion."""
    parts: Parts = {}
    said: dict[Key, dict[str, str]] = {}
    for row in project.rows:
        for name, state in (("areas", ""), ("areas-suggested", "suggested")):
            for number in numbers_of(row, name):
                for cell in row.filled(name, number):
                    notes = {note: row.text(f"area-{note}") for note in _NOTES}
                    notes["state"] = notes["state"] or state
                    for key in _collect_areas(project, parts, row, cell, name, number):
                        said[key] = _join_notes(said.get(key, notes), notes)
    for (framework, code), (share, _, _) in parts.items():
        uri = vocabulary_uri(framework)
        tag = etree.SubElement(activity, "tag", {"vocabulary": "99", "vocabulary-uri": uri, "code": code})
        set_percentage(tag, share, f"{{{TESSERA_NS}}}share")
        for note, text in said[framework, code].items():
            if text:
                tag.set(f"{{{TESSERA_NS}}}{note}", text)


def _join_notes(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    both = {note: one[note] or other[note] for note in _NOTES}
    return both if one["state"] and other["state"] else both | {"state": "", "source": ""}


def _collect_areas(
    project: Project, parts: Parts, row: Row, cell: tuple[Heading, str], name: str, number: int
) -> Iterator[Key]:
    """Add the areas of a cell to `parts`; their frameworks and codes."""
    heading, text = cell
    default = row.table.answers.get("framework") or DEFAULT_FRAMEWORK
    usual = row.text("area-framework") or _framework_of(heading.text, default)
    pieces = read_pieces(text, lambda name: bool(_match_area(usual, name)))
    shares = shares_beside(row, f"{name}-percentage", number, len(pieces))
    for index, (wording, own) in enumerate(pieces):
        prefixed = _OTHER_FRAMEWORK.fullmatch(wording)
        framework, area = prefixed.groups() if prefixed else (usual, wording)
        if code := _match_area(framework, area):
            add_part(project, parts, (framework, code), own if own is not None else shares[index], row, heading)
            yield framework, code
        else:
            _keep_area(project, row, heading, wording, framework)


def _match_area(framework: str, wording: str) -> str | None:
    """The code that is or whose title is `wording`; whatever it is in a framework that is not known here."""
    codes = _area_codes(framework)
    return codes.get(fold(wording)) if codes else wording


def _keep_area(project: Project, row: Row, heading: Heading, name: str, framework: str) -> None:
    row.note(
        "warning",
        "area-unknown",
        worded(
            "“%(value)s” is not an area of the framework %(framework)s; it was kept as a column.",
            value=name,
            framework=framework,
        ),
        "Write the area's code, such as N3, or name the framework in the heading.",
        heading,
        name,
    )
    project.keep(heading, name)


def _framework_of(heading: str, default: str) -> str:
    wording = f" {fold(heading)} "
    return next(
        (f.key for f in load_builtin() if f" {fold(f.key)} " in wording or f" {fold(f.short_title)} " in wording),
        default,
    )


@cache
def _area_codes(framework: str) -> dict[str, str]:
    """Folded codes and titles, in any language, -> codes of a built-in framework; {} for one that is not known here."""
    chosen = next((f for f in load_builtin() if f.key == framework), None)
    if chosen is None:
        return {}
    found = {}
    for area in chosen.areas:
        titles = {area.title, *area.titles.values()}
        wordings = (*titles, area.code, *(f"{area.code} {title}" for title in titles))
        found.update({fold(wording): area.code for wording in wordings})
    return found


def add_markers(project: Project, activity: Element) -> None:
    found: dict[str, str] = {}
    for row in project.rows:
        for name in _MARKERS:
            for heading in row.table.by_field.get(name, ()):
                _collect_marker(project, found, row, heading, name.removeprefix("marker:"))
    for code, significance in found.items():
        etree.SubElement(activity, "policy-marker", vocabulary="1", code=code, significance=significance)


def _collect_marker(project: Project, found: dict[str, str], row: Row, heading: Heading, code: str) -> None:
    cell = row.said(heading)
    if not cell:
        return
    significance = words("significances").get(fold(cell)) or match_code("PolicySignificance", cell.split(" ")[0])
    if significance:
        found.setdefault(code, significance)
        return
    row.note(
        "warning",
        "marker-unreadable",
        worded("“%(value)s” is not the significance of a policy marker; it was kept as a column.", value=cell),
        "Write 0 (not targeted), 1 (significant) or 2 (principal).",
        heading,
    )
    project.keep(heading, cell)
