"""Keeps allocations right after a change: netting, then areas, then the roll-ups."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select

from app.models.allocation import ALL_MONEY, Allocation
from app.models.mapping import AreaMapping
from app.queries.bulk import in_chunks, insert_models, one_of, wait_for_figures
from app.queries.netting import net_linked
from app.queries.reviews import refresh_reviews
from app.queries.roll_ups import roll_up
from app.rules.effective_areas import AreaSplit, MappedArea, effective_areas
from app.rules.split import apportion

ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]


def refresh_allocations(connection: Connection, ids: Sequence[int]) -> None:
    """Bring netting, areas and roll-ups up to date for activities whose money or mapping changed, and for those
    that netting reaches from them through links."""
    wait_for_figures(connection)
    refreshed = sorted({*ids, *net_linked(connection, ids)})
    split_areas(connection, refreshed)
    refresh_reviews(connection, refreshed)
    roll_up(connection, refreshed)


def refresh_areas(connection: Connection, ids: Sequence[int]) -> None:
    """Bring areas and roll-ups up to date for activities of which only the mapping changed."""
    wait_for_figures(connection)
    split_areas(connection, ids)
    refresh_reviews(connection, ids)
    roll_up(connection, ids)


def split_areas(connection: Connection, ids: Sequence[int]) -> None:
    """Write the allocations by area of these activities anew, from all their money and their mappings."""
    for chunk in in_chunks(ids):
        gone = delete(ALLOCATION).where(one_of(ALLOCATION.c.activity_id, chunk), ALLOCATION.c.framework_id != ALL_MONEY)
        connection.execute(gone)
        splits = _splits(connection, chunk)
        if splits:
            _insert_split(connection, splits)


def _splits(connection: Connection, ids: Sequence[int]) -> dict[int, dict[int, AreaSplit]]:
    """activity -> framework -> the areas that count."""
    c = MAPPING.c
    rows = connection.execute(
        select(c.activity_id, c.framework_id, c.area_id, c.share, c.state)
        .where(one_of(c.activity_id, ids), c.state != "rejected")
        .order_by(c.activity_id, c.framework_id, c.area_id)
    )
    mapped: dict[tuple[int, int], list[MappedArea]] = {}
    for activity, framework, *one in rows:
        mapped.setdefault((activity, framework), []).append(MappedArea(*one))
    found: dict[int, dict[int, AreaSplit]] = {}
    for (activity, framework), areas in mapped.items():
        split = effective_areas(areas)
        if split is not None:
            found.setdefault(activity, {})[framework] = split
    return found


class _Money(NamedTuple):
    """One allocation of all money, as the split by area needs it."""

    activity_id: int
    country: str
    flow_type: str
    donor_id: int
    year: int
    gross: int
    net: int
    equal: int
    linked: int
    reasons: str


def _insert_split(connection: Connection, splits: dict[int, dict[int, AreaSplit]]) -> None:
    columns = [ALLOCATION.c[name] for name in _Money._fields]
    chosen = one_of(ALLOCATION.c.activity_id, list(splits))
    money = connection.execute(select(*columns).where(chosen, ALLOCATION.c.framework_id == ALL_MONEY))
    rows: list[tuple[Any, ...]] = []
    for row in map(_Money._make, money):
        for framework, split in splits[row.activity_id].items():
            rows += _by_area(row, framework, split)
    insert_models(connection, Allocation, rows)


def _by_area(row: _Money, framework: int, split: AreaSplit) -> list[tuple[Any, ...]]:
    """One allocation over its areas; each column sums to the whole to the cent."""
    activity, country, flow_type, donor, year, gross, net, equal, linked, reasons = row
    if len(split.areas) == 1:
        confirmed = net if split.confirmed else 0
        key = (framework, country, flow_type, split.areas[0], donor, activity, year)
        return [(*key, gross, net, equal, confirmed, linked, reasons)]
    grosses = apportion(gross, split.weights)
    # By the parts of gross: by the weights, an area's net could be a rounded cent above its gross.
    nets = grosses if net == gross else apportion(net, grosses) if net else [0] * len(grosses)
    equals = grosses if split.rule in ("equal", "remainder") or equal == gross else apportion(equal, split.weights)
    links = grosses if linked == gross else apportion(linked, split.weights)
    confirmed_parts = nets if split.confirmed else [0] * len(nets)
    return [
        (framework, country, flow_type, area, donor, activity, year, *parts, reasons)
        for area, *parts in zip(split.areas, grosses, nets, equals, confirmed_parts, links, strict=True)
    ]
