"""Everything about one project: the object behind its page and its downloads."""

import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.models.packed import unpack_record
from app.queries import project
from app.queries.frameworks import StoredFramework, list_frameworks
from app.queries.held_texts import HELD
from app.rules.effective_areas import CONFIRMED, SUGGESTED, MappedArea, effective_areas
from app.rules.permissions import Viewer, may_change, may_decide_claim, may_see_import
from app.rules.personal_data import Finding
from app.rules.terminology import find_discouraged
from app.services.netting_reasons import ShownReason, explain_reasons
from app.services.record_details import RecordDetails, record_details
from app.services.release_texts import find_held

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class ShownFlow:
    """One flow as its table shows it; `value` is the reported amount, exact, None where it was unreadable."""

    row: Any
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class ShownMapping:
    """One area mapping; `share` is the percent that counts in the figures, None where it does not count."""

    row: Any
    evidence: list[str]
    share: Decimal | None


@dataclass(slots=True)
class FrameworkAreas:
    """The mappings of one framework, with the rule that split the money and the areas one may still add."""

    framework: StoredFramework
    mappings: list[ShownMapping]
    rule: str
    addable: list[Any]


@dataclass(slots=True)
class ProjectPage:
    """One project; see the queries of `app.queries.project` for the rows."""

    row: Any
    version: Any
    details: RecordDetails
    parties: list[Any]
    places: list[Any]
    sectors: list[Any]
    areas: list[FrameworkAreas]
    flows: list[ShownFlow]
    allocations: list[Any]
    reasons: dict[str, list[ShownReason]]
    totals: dict[str, tuple[int, int]]
    relations: list[Any]
    named_by: list[Any]
    same_identifier: list[Any]
    links: list[Any]
    history: list[Any]
    may_decide: bool
    may_pair: bool
    may_see_import: bool
    held: tuple[Finding, ...]
    discouraged: list[tuple[str, str]]


def show_project(connection: Connection, viewer: Viewer, number: int, locale: str = "en") -> ProjectPage:
    """Read the project `number`. Raises NotFound, also for one that the viewer may not see."""
    row = project.get_project(connection, viewer, number)
    version = project.read_version(connection, row.version_id)
    details = record_details(unpack_record(version.record), locale)
    allocations = project.read_allocations(connection, number)
    totals: dict[str, tuple[int, int]] = {}
    for one in allocations:
        gross, net = totals.get(one.flow_type, (0, 0))
        totals[one.flow_type] = (gross + one.gross, net + one.net)
    return ProjectPage(
        row, version, details,
        project.read_parties(connection, number), project.read_places(connection, number),
        project.read_sectors(connection, number), _areas(connection, number),
        [ShownFlow(flow, _exact(flow)) for flow in project.read_flows(connection, number)],
        allocations, explain_reasons(connection, viewer, [one.reasons for one in allocations]), totals,
        project.read_relations(connection, viewer, number), project.read_named_by(connection, viewer, row),
        project.read_same_identifier(connection, viewer, row), project.read_links(connection, viewer, row),
        project.read_history(connection, number), may_change(viewer, row.owner_id),
        may_decide_claim(viewer, (row.owner_id, row.reporter_id)),
        may_see_import(viewer, version.file_owner_id),
        find_held(connection, row.version_id) if row.visibility == HELD else (),
        list(dict.fromkeys(find_discouraged("\n".join(_told(details))))),
    )  # fmt: skip


def _told(details: RecordDetails) -> list[str]:
    return [*(text for _, text in details.titles), *(text for _, _, text in details.descriptions)]


def _exact(flow: Any) -> Decimal | None:
    if flow.whole is None:
        return None
    value = Decimal(flow.whole) + Decimal(flow.pico or 0).scaleb(-12)
    return value.quantize(Decimal("0.01")) if value == value.quantize(Decimal("0.01")) else value.normalize()


def _areas(connection: Connection, number: int) -> list[FrameworkAreas]:
    by_framework: dict[int, list[Any]] = defaultdict(list)
    for row in project.read_mappings(connection, number):
        by_framework[row.framework_id].append(row)
    return [_framework_areas(one, by_framework[one.id]) for one in list_frameworks(connection)]


def _framework_areas(framework: StoredFramework, rows: list[Any]) -> FrameworkAreas:
    split = effective_areas([MappedArea(row.area_id, row.share, row.state) for row in rows if row.state != "rejected"])
    counted = dict(zip(split.areas, split.weights, strict=True)) if split else {}
    mappings = [
        ShownMapping(
            row,
            json.loads(row.evidence or "[]"),
            counted.get(row.area_id) if row.state != "rejected" else None,
        )
        for row in rows
    ]
    order = {CONFIRMED: 0, SUGGESTED: 1}
    mappings.sort(key=lambda one: order.get(one.row.state, 2))
    taken = {row.area_id for row in rows if row.state != "rejected"}
    addable = [area for area in framework.areas if area.id not in taken]
    return FrameworkAreas(framework, mappings, split.rule if split else "", addable)
