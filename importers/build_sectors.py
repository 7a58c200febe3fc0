"""Sectors, recommendation areas and policy markers of a project."""

import re
from decimal import Decimal

from lxml import etree

from app.codelists import is_code, match_code
from app.frameworks import load_builtin, vocabulary_uri
from app.models.record import TESSERA_NS
from importers.build_parties import add_narrative
from importers.build_places import Parts, add_part, numbers_of, set_percentage, shares_beside
from importers.cell_lists import read_pieces, split_list
from importers.headings import Heading
from importers.project_rows import Project
from importers.tables import Row
from importers.words import fold, words

DEFAULT_FRAMEWORK = "florence-2008"
_CODE_FIRST = re.compile(r"(\d{3,5})\s*[-–—:. ]\s*(\D.*)", re.DOTALL)
_CODE_LAST = re.compile(r"(.*\D)\s*[(\[]\s*(\d{3,5})\s*[)\]]", re.DOTALL)
Element = etree._Element


def add_sectors(project: Project, activity: Element) -> None:
    parts: Parts = {}
    names: dict[str, str] = {}
    for row in project.rows:
        for number in numbers_of(row, "sector", "sector-name"):
            cell = row.first("sector", number)
            beside = row.text("sector-name", number)
            cell = cell or row.first("sector-name", number)
            if cell is not None and cell[0].meaning.number == number:
                _collect_sectors(project, parts, names, row, cell, beside, number)
    for code, (percentage, row, _) in parts.items():
        vocabulary = row.text("sector-vocabulary").split(" ")[0] or sector_vocabulary(code)
        element = etree.SubElement(activity, "sector", vocabulary=vocabulary, code=code)
        set_percentage(element, percentage)
        if names.get(code):
            add_narrative(element, names[code])


def sector_vocabulary(code: str) -> str:
    """1 for a purpose code of the DAC, 2 for a code of three digits, 99 for the reporter's own."""
    if len(code) == 5 and is_code("Sector", code):
        return "1"
    return "2" if len(code) == 3 and code.isdigit() else "99"


def _collect_sectors(
    project: Project,
    parts: Parts,
    names: dict[str, str],
    row: Row,
    cell: tuple[Heading, str],
    beside: str,
    number: int,
) -> None:
    pieces = read_pieces(cell[1], lambda name: name.isdigit() or bool(match_code("Sector", name)))
    shares = shares_beside(row, "sector-percentage", number, len(pieces))
    own_names = split_list(beside) if beside != cell[1] else []
    if len(pieces) == 1:
        own_names = [beside] if own_names else []
    for index, (text, own) in enumerate(pieces):
        code, name = _read_sector(text)
        add_part(project, parts, code, own if own is not None else shares[index], row, cell[0])
        if name or len(own_names) == len(pieces):
            names.setdefault(code, name or own_names[index])


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
    found: dict[tuple[str, str], Decimal | None] = {}
    for row in project.rows:
        for number in numbers_of(row, "areas"):
            for heading, text in row.filled("areas", number):
                framework = _framework_of(heading.text, row.table.answers.get("framework") or DEFAULT_FRAMEWORK)
                codes = _area_codes(framework)
                pieces = read_pieces(text, lambda name, codes=codes: fold(name) in codes)  # type: ignore[misc]
                shares = shares_beside(row, "areas-percentage", number, len(pieces))
                for index, (name, own) in enumerate(pieces):
                    code = codes.get(fold(name)) if codes else name
                    if code:
                        found.setdefault((framework, code), own if own is not None else shares[index])
                    else:
                        _keep_area(project, row, heading, name, framework)
    for (framework, code), share in found.items():
        tag = etree.SubElement(
            activity, "tag", {"vocabulary": "99", "vocabulary-uri": vocabulary_uri(framework), "code": code}
        )
        set_percentage(tag, share, f"{{{TESSERA_NS}}}share")


def _keep_area(project: Project, row: Row, heading: Heading, name: str, framework: str) -> None:
    row.note(
        "warning",
        "area-unknown",
        f"“{name}” is not an area of the framework {framework}; it was kept as a column.",
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


def _area_codes(framework: str) -> dict[str, str]:
    """Folded codes and titles -> codes of a built-in framework; {} for one that is not known here."""
    chosen = next((f for f in load_builtin() if f.key == framework), None)
    if chosen is None:
        return {}
    return {fold(wording): area.code for area in chosen.areas for wording in (area.title, area.code)}


def add_markers(project: Project, activity: Element) -> None:
    found: dict[str, str] = {}
    for row in project.rows:
        for name, headings in row.table.by_field.items():
            if name.startswith("marker:"):
                for heading in headings:
                    _collect_marker(project, found, row, heading, name.removeprefix("marker:"))
    for code, significance in found.items():
        etree.SubElement(activity, "policy-marker", vocabulary="1", code=code, significance=significance)


def _collect_marker(project: Project, found: dict[str, str], row: Row, heading: Heading, code: str) -> None:
    cell = next((text for h, text in row.filled(f"marker:{code}") if h is heading), "")
    if not cell:
        return
    significance = words("significances").get(fold(cell)) or match_code("PolicySignificance", cell.split(" ")[0])
    if significance:
        found.setdefault(code, significance)
        return
    row.note(
        "warning",
        "marker-unreadable",
        f"“{cell}” is not the significance of a policy marker; it was kept as a column.",
        "Write 0 (not targeted), 1 (significant) or 2 (principal).",
        heading,
    )
    project.keep(heading, cell)
