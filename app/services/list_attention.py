"""What needs somebody's attention: the home page."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.codelists import name_of
from app.queries import attention, imports
from app.queries.claims import ClaimFilter, count_claims
from app.queries.frameworks import StoredFramework, get_framework
from app.rules.permissions import ADMIN, Viewer, may_see_import
from app.services.express_interest import EXPRESSED, InterestShown, list_interests
from app.services.keep_shortlist import Shortlisted, list_shortlist
from app.services.report_overlap import OverlapFilter, report_overlap
from app.services.search_lines import LineShown

SHOWN = 8
COUNTRIES = 12
DEADLINES = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CountryNeeds:
    """How many areas of a country nobody funds, and how many are crowded."""

    code: str
    name: str
    gaps: int
    crowded: int


@dataclass(slots=True)
class Attention:
    """Open matters of the viewer's organisation (for somebody without one: of all), SHOWN of each kind.

    `refused` comes with the issue codes of each import; `owner` is the reference of the organisation;
    `newest` is the last import, `may_open_newest` whether it is the viewer's business; `is_start`: for an
    organisation that has nothing here yet, and for admins.
    """

    owner: str | None
    framework: StoredFramework
    previewed: list[Any]
    refused: list[tuple[Any, dict[str, int]]]
    unknown_donors: list[Any]
    without_area: int
    only_suggested: int
    left_out: list[Any]
    headline: attention.Headline
    newest: Any
    may_open_newest: bool
    is_start: bool
    twins: int = 0
    countries: list[CountryNeeds] = field(default_factory=list)
    deadlines: list[Shortlisted] = field(default_factory=list)
    interests: list[InterestShown] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        lists = (
            self.previewed,
            self.refused,
            self.unknown_donors,
            self.left_out,
            self.countries,
            self.deadlines,
            self.interests,
        )
        return not (any(lists) or self.without_area or self.only_suggested or self.twins)


def list_attention(connection: Connection, viewer: Viewer, locale: str = "en") -> Attention:
    """Everything on the home page; names of countries in `locale`."""
    owner = viewer.organisation_id
    framework, ref = get_framework(connection), imports.organisation_ref(connection, owner)
    without_area, only_suggested = attention.count_unmapped(connection, owner, framework.id)
    refused = attention.refused_runs(connection, owner, SHOWN)
    newest = attention.newest_run(connection)
    return Attention(
        ref,
        framework,
        attention.previewed_runs(connection, owner, SHOWN),
        [(run, json.loads(run.issue_counts or "{}")) for run in refused],
        attention.unknown_donors(connection, owner, SHOWN),
        without_area,
        only_suggested,
        attention.count_left_out(connection, owner),
        attention.read_headline(connection, viewer),
        newest,
        newest is not None and may_see_import(viewer, newest.owner_id),
        viewer.role == ADMIN or owner is None or not attention.has_projects(connection, owner),
        count_claims(connection, viewer, ClaimFilter(organisation=ref or "")) if owner is None or ref else 0,
        _countries(connection, owner, locale) if owner is not None else [],
        _deadlines(connection, viewer),
        [one for one in list_interests(connection, viewer) if one.state == EXPRESSED and one.donor != ref][:SHOWN],
    )


def _deadlines(connection: Connection, viewer: Viewer) -> list[Shortlisted]:
    """Shortlisted lines that close within DEADLINES."""
    now = datetime.now(UTC)
    kept = [one for one in list_shortlist(connection, viewer, now) if one.line and one.line.line.closes]
    return [one for one in kept if one.line and _closes_in(one.line, now)][:SHOWN]


def _closes_in(shown: LineShown, now: datetime) -> bool:
    closes = shown.closes_at
    if closes is None:
        return False
    return now < (closes if closes.tzinfo else closes.replace(tzinfo=UTC)) <= now + DEADLINES


def _countries(connection: Connection, owner_id: int, locale: str) -> list[CountryNeeds]:
    """Gaps and crowded areas where the organisation works, those with most of them first."""
    codes = attention.countries_of_owner(connection, owner_id, COUNTRIES)
    if not codes:
        return []
    counted = {code: [0, 0] for code in codes}
    for line in report_overlap(connection, OverlapFilter(countries=tuple(codes))).figures.areas:
        if line.country in counted:
            counted[line.country][0] += line.status.status.startswith("gap")
            counted[line.country][1] += line.status.status == "crowded"
    rows = [CountryNeeds(code, name_of("Country", code, locale), *pair) for code, pair in counted.items() if any(pair)]
    return sorted(rows, key=lambda row: (-row.crowded, -row.gaps, row.name))
