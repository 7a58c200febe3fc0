"""The amounts behind a report, for a snapshot of it."""

import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from app.models.activity import Activity
from app.models.allocation import ALL_MONEY, Allocation
from app.models.flow import Flow
from app.models.mapping import AreaMapping
from app.queries.bulk import fetch_plain, in_chunks, one_of
from app.queries.claims import read_deciders
from app.queries.overlap_money import Scope, within
from app.rules.allocate import FLOW_TYPES
from app.rules.effective_areas import REJECTED
from app.rules.frozen_money import AREA_UNKNOWN, FrozenMoney, FrozenProject, MappedShare, MoneyRow, Payment

ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
FLOW = Flow.__table__  # type: ignore[attr-defined]
MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
# (project) or (project, decision) of a reason -> how it is called
Names = dict[tuple[int, ...], str]
Amounts = dict[tuple[int, str, int, int], list[Any]]  # project, country, donor, year -> gross, net, reasons


def count_rows(connection: Connection, scope: Scope) -> int:
    """How many amounts there are, before areas split them."""
    query = within(select(func.count()).select_from(ALLOCATION), ALLOCATION, scope, framework=ALL_MONEY)
    return int(connection.execute(query).scalar_one())


def read_frozen_money(connection: Connection, scope: Scope, top: dict[int, int]) -> FrozenMoney:
    """Every amount of the scope with what it came from; `top`: donors that count as another one (governments).

    Projects that are not shared with everybody are there without their names: who may open a snapshot sees no
    more of them than the report's sums do.
    """
    found, whole = FrozenMoney(), _read_whole(connection, scope)
    ids = sorted({key[0] for key in whole})
    found.projects = _read_projects(connection, scope, ids)
    names = _other_names(connection, whole)
    c = ALLOCATION.c
    columns = (c.activity_id, c.country, c.area_id, c.donor_id, c.year, c.gross, c.net)
    query = within(select(*columns), ALLOCATION, scope, framework=scope.framework_id).order_by(*columns[:5])
    for project, country, area, donor, year, gross, net in fetch_plain(connection, query):
        rest = whole[project, country, donor, year]
        rest[0], rest[1] = rest[0] - gross, rest[1] - net
        why = _reasons(rest[2], names)
        found.rows.append(MoneyRow(project, country, area, top.get(donor, donor), year, gross, net, why))
    for (project, country, donor, year), (gross, net, why) in whole.items():
        if gross or net:
            row = (project, country, AREA_UNKNOWN, top.get(donor, donor), year, gross, net)
            found.rows.append(MoneyRow(*row, _reasons(why, names)))
    return found


def _read_whole(connection: Connection, scope: Scope) -> Amounts:
    c = ALLOCATION.c
    columns = (c.activity_id, c.country, c.donor_id, c.year, c.gross, c.net, c.reasons)
    query = within(select(*columns), ALLOCATION, scope, framework=ALL_MONEY).order_by(*columns[:4])
    return {tuple(row[:4]): list(row[4:]) for row in fetch_plain(connection, query)}


def _reasons(stored: str, names: Names) -> tuple[tuple[str, str], ...]:
    if not stored:
        return ()
    return tuple(
        (code, names.get((other, *claim), names.get((other,), ""))) for code, other, *claim in json.loads(stored)
    )


def _other_names(connection: Connection, whole: Amounts) -> Names:
    """The projects that reasons name, where everybody may see them; with who decided so, and when, where people did."""
    said = [reason for why in {why for _, _, why in whole.values() if why} for reason in json.loads(why)]
    names = _shared_identifiers(connection, sorted({int(other) for _, other, *_ in said}))
    deciders = read_deciders(connection, sorted({number for _, _, *claim in said for number in claim}))
    found: Names = {(other,): name for other, name in names.items()}
    for _, other, *claim in said:
        by = deciders.get(claim[0]) if claim else None
        if by is not None and other in names:
            who, day = by.name or by.organisation or "coordinator", by.decided_at.date().isoformat()
            found[other, by.id] = f"{names[other]} (decision {by.id}: {who}, {day})"
    return found


def _shared_identifiers(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    a, found = ACTIVITY.c, dict[int, str]()
    for chunk in in_chunks(ids):
        shared = select(a.id, a.identifier).where(one_of(a.id, chunk), a.visibility == "shared")
        found.update(dict(map(tuple, connection.execute(shared))))
    return found


def _read_projects(connection: Connection, scope: Scope, ids: Sequence[int]) -> dict[int, FrozenProject]:
    a, m, found = ACTIVITY.c, MAPPING.c, dict[int, FrozenProject]()
    for chunk in in_chunks(ids):
        for number, *names, visibility in connection.execute(
            select(a.id, a.identifier, a.title, a.visibility).where(one_of(a.id, chunk))
        ):
            found[number] = FrozenProject(*names) if visibility == "shared" else FrozenProject()
        mapped = select(m.activity_id, m.area_id, m.share, m.state).where(one_of(m.activity_id, chunk))
        mapped = mapped.where(m.framework_id == scope.framework_id, m.state != REJECTED).order_by(m.area_id)
        for number, area, share, state in connection.execute(mapped):
            found[number].areas += (MappedShare(area, share, state),)
        for number, payments in _read_payments(connection, scope, chunk).items():
            found[number].payments = tuple(payments)
    return found


def _read_payments(connection: Connection, scope: Scope, ids: Sequence[int]) -> dict[int, list[Payment]]:
    f = FLOW.c
    kinds = [kind for kind, flow_type in FLOW_TYPES.items() if flow_type == scope.flow_type]
    columns = (
        f.activity_id, f.kind, f.start, f.end, f.whole, f.pico, f.currency, f.rate, f.rate_date, f.rate_source,
        f.base_cents, f.place,
    )  # fmt: skip
    query = select(*columns).where(one_of(f.activity_id, ids), f.kind.in_(kinds), f.note != "replaced")
    found: dict[int, list[Payment]] = defaultdict(list)
    for number, kind, start, end, whole, pico, currency, rate, rate_date, source, cents, place in connection.execute(
        query.order_by(f.activity_id, f.position)
    ):
        amount = "" if whole is None else f"{(Decimal(whole) + Decimal(pico or 0).scaleb(-12)).normalize():f}"
        days = [day.isoformat() if day else "" for day in (start, end, rate_date)]
        found[number].append(Payment(kind, days[0], days[1], amount, currency, rate, days[2], source, cents, place))
    return found
