"""Finds the activities whose money depends on each other, and writes what counts of it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from sqlalchemy import Alias, Connection, Select, bindparam, select, union

from app.models.activity import Activity, ActivityRelation
from app.models.allocation import ALL_MONEY, Allocation
from app.models.flow import Flow
from app.models.link import ActivityLink
from app.models.organisation import Organisation
from app.queries.bulk import in_chunks, one_of
from app.rules.claims import ACCEPTED
from app.rules.netting import FUNDS, AmountRow, Claim, Incoming, NetAmount, NettingActivity, net_amounts

ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
RELATION = ActivityRelation.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
FLOW = Flow.__table__  # type: ignore[attr-defined]
LINK = ActivityLink.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
PARENT, CHILD = "1", "2"
# Relations that move money from one report to another: RelatedActivityType and our own two.
NETTED = (PARENT, CHILD, "provider", "receiver")
KEY = ("activity_id", "country", "flow_type", "donor_id", "year")


def net_linked(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Net the money of these activities and of all that are linked to them, directly or through others: whom it reached."""
    linked = _closure(connection, ids)
    if linked:
        graph = _Graph(connection, sorted(linked))
        net = net_amounts(graph.activities(), graph.claims())
        _write(connection, graph, net)
    return linked


def release_linked(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Let all money count of activities linked to these, which are about to change or go; the linked ones.

    Whoever calls this has them netted anew afterwards: a link may be gone then.
    """
    linked = {activity for pair in _pairs(connection, ids) for activity in pair}
    for some in in_chunks(sorted(linked)):
        c = ALLOCATION.c
        chosen = one_of(c.activity_id, some)
        connection.execute(
            ALLOCATION.update().where(c.framework_id == ALL_MONEY, chosen).values(net=c.gross, linked=0, reasons="")
        )
    return linked


# --- who is linked to whom -----------------------------------------------------------------


def _closure(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Every activity with a link, reachable from `ids`; those without any are not in it."""
    linked: set[int] = set()
    frontier = set(ids)
    while frontier:
        pairs = set(_pairs(connection, sorted(frontier)))
        found = {activity for pair in pairs for activity in pair}
        frontier = found - linked - set(ids)
        linked |= found
    return linked


def _pairs(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    for some in in_chunks(ids):
        yield from map(tuple, connection.execute(_links(some)))


def _links(ids: Sequence[int]) -> Any:
    """Pairs of current activities of which one is among `ids`."""
    one, other = ACTIVITY.alias("one"), ACTIVITY.alias("other")
    current = (one.c.state == "current", other.c.state == "current")
    twins = select(one.c.id, other.c.id.label("linked")).join(
        other, (other.c.identifier == one.c.identifier) & (other.c.id != one.c.id)
    )
    related = (
        select(one.c.id, other.c.id.label("linked"))
        .join(RELATION, (RELATION.c.activity_id == one.c.id) & RELATION.c.type.in_(NETTED))
        .join(other, (other.c.identifier == RELATION.c.ref) & (other.c.id != one.c.id))
    )
    decided = _decided(one, other, one.c.id, other.c.id.label("linked"))
    return union(
        twins.where(one_of(one.c.id, ids), *current),
        related.where(one_of(one.c.id, ids), *current),
        related.where(one_of(other.c.id, ids), *current),
        decided.where(one_of(one.c.id, ids)),
        decided.where(one_of(other.c.id, ids)),
    )


def _decided(one: Alias, other: Alias, *columns: Any) -> Select[Any]:
    """Accepted decisions with the present reports that they are about."""
    k = LINK.c
    return (
        select(*columns)
        .select_from(LINK)
        .join(one, (one.c.identifier == k.identifier) & (one.c.reporter_id == k.reporter_id))
        .join(other, (other.c.identifier == k.other_identifier) & (other.c.reporter_id == k.other_reporter_id))
        .where(k.state == ACCEPTED, one.c.state == "current", other.c.state == "current")
    )


# --- the money of a linked set ---------------------------------------------------------------


class _Graph:
    """All that netting needs of a set of linked activities, read in a handful of queries."""

    def __init__(self, connection: Connection, ids: list[int]) -> None:
        self._connection = connection
        self._ids = ids
        c = ALLOCATION.c
        self.rows = self._all(
            select(*[c[name] for name in KEY], c.gross, c.net, c.linked, c.reasons)
            .where(c.framework_id == ALL_MONEY, c.activity_id.in_(bindparam("ids", expanding=True)))
            .order_by(*[c[name] for name in KEY])
        )
        self._heads = self._all(_heads())
        self._by_identifier: dict[str, list[int]] = {}
        for head in self._heads:
            self._by_identifier.setdefault(head.identifier, []).append(head.id)
        one, other = ACTIVITY.alias("one"), ACTIVITY.alias("other")
        decided = _decided(one, other, LINK, one.c.id.label("one_id"), other.c.id.label("other_id"))
        self._decided = self._all(decided.where(one.c.id.in_(bindparam("ids", expanding=True))))
        self._relations = self._all(
            select(RELATION).where(RELATION.c.activity_id.in_(bindparam("ids", expanding=True)))
        )
        self._refs: dict[tuple[int, str], list[str]] = {}
        for row in self._relations:
            self._refs.setdefault((row.activity_id, row.type), []).append(row.ref)

    def _all(self, query: Select[Any]) -> list[Any]:
        found: list[Any] = []
        for some in in_chunks(self._ids):
            found += self._connection.execute(query, {"ids": some})
        return found

    def activities(self) -> list[NettingActivity]:
        amounts: dict[int, dict[str, list[AmountRow]]] = {head.id: {} for head in self._heads}
        for number, row in enumerate(self.rows):
            rows = amounts[row.activity_id].setdefault(row.flow_type, [])
            rows.append(AmountRow(number, row.year, row.year, row.gross))
        incoming = self._incoming()
        return [
            NettingActivity(
                head.id, head.identifier, head.reporter_id, head.ref, head.owner_id, head.secondary, head.hierarchy,
                self._related(head.id, PARENT), self._related(head.id, CHILD), amounts[head.id], incoming.get(head.id, []),
            )
            for head in self._heads
        ]  # fmt: skip

    def _related(self, activity: int, kind: str) -> set[int]:
        refs = self._refs.get((activity, kind), ())
        return {other for ref in refs for other in self._by_identifier.get(ref, [])}

    def _incoming(self) -> dict[int, list[Incoming]]:
        """Incoming funds and commitments as the receiver reports them; where it reports none from a
        provider that names it as receiver, what that provider reports to have paid."""
        c = FLOW.c
        flows = self._all(
            select(c.activity_id, c.kind, c.start, c.base_cents, c.provider_activity, c.receiver_activity).where(
                c.activity_id.in_(bindparam("ids", expanding=True)), c.base_cents.is_not(None), c.start.is_not(None),
                c.kind.in_(("1", "11", "2", "3", "4")), (c.provider_activity != "") | (c.receiver_activity != ""),
            )
        )  # fmt: skip
        received: dict[int, list[Incoming]] = {}
        told: set[tuple[int, int]] = set()
        for flow in flows:
            if flow.kind in ("1", "11"):
                for provider in self._by_identifier.get(flow.provider_activity, []):
                    told.add((flow.activity_id, provider))
                    kind: Literal["commitment", "funds"] = "commitment" if flow.kind == "11" else "funds"
                    received.setdefault(flow.activity_id, []).append(
                        Incoming(provider, flow.start.year, flow.base_cents, kind)
                    )
                    break
        for flow in flows:
            if flow.kind in ("3", "4"):
                for receiver in self._by_identifier.get(flow.receiver_activity, []):
                    if (receiver, flow.activity_id) not in told and receiver != flow.activity_id:
                        received.setdefault(receiver, []).append(
                            Incoming(flow.activity_id, flow.start.year, flow.base_cents, "funds")
                        )
        return received

    def claims(self) -> list[Claim]:
        """What people decided about these activities."""
        pairs = [
            (row, *((row.one_id, row.other_id) if row.leads == "one" else (row.other_id, row.one_id)))
            for row in self._decided
        ]
        told = self._told([(leader, follower) for row, leader, follower in pairs if row.kind == FUNDS])
        return [
            Claim(row.id, row.kind, leader, follower, tuple(told.get((leader, follower), ())))
            for row, leader, follower in pairs
        ]

    def _told(self, pairs: list[tuple[int, int]]) -> dict[tuple[int, int], list[Incoming]]:
        """(payer, receiver) -> what the receiver says it received from the payer's reporter, no activity named."""
        reporters = {head.id: head.reporter_id for head in self._heads}
        c, found = FLOW.c, dict[tuple[int, int], list[Incoming]]()
        query = select(c.activity_id, c.kind, c.start, c.base_cents, c.provider_id).where(
            one_of(c.activity_id, sorted({receiver for _, receiver in pairs})),
            c.kind.in_(("1", "11")), c.provider_activity == "", c.base_cents.is_not(None), c.start.is_not(None),
        )  # fmt: skip
        for flow in self._connection.execute(query) if pairs else ():
            for payer, receiver in pairs:
                if (receiver, reporters[payer]) == (flow.activity_id, flow.provider_id):
                    kind: Literal["commitment", "funds"] = "commitment" if flow.kind == "11" else "funds"
                    gift = Incoming(payer, flow.start.year, flow.base_cents, kind)
                    found.setdefault((payer, receiver), []).append(gift)
        return found

    def linked_cents(self) -> dict[int, bool]:
        """Whether each activity has a traceable link to another one that is here: its report or the other's names
        it, or people decided so."""
        own = {head.id: head.identifier for head in self._heads}
        named = [row for row in self._relations if row.ref in self._by_identifier and row.ref != own[row.activity_id]]
        linked = {row.activity_id for row in named}.union(*[(row.one_id, row.other_id) for row in self._decided])
        refs = {row.ref for row in named}
        return {head.id: head.id in linked or head.identifier in refs for head in self._heads}


def _heads() -> Select[Any]:
    c = ACTIVITY.c
    return (
        select(c.id, c.identifier, c.reporter_id, ORGANISATION.c.ref, c.owner_id, c.secondary, c.hierarchy)
        .join(ORGANISATION, ORGANISATION.c.id == c.reporter_id)
        .where(c.id.in_(bindparam("ids", expanding=True)), c.state == "current")
        .order_by(c.id)
    )


def _write(connection: Connection, graph: _Graph, net: dict[int, NetAmount]) -> None:
    """Update the rows whose net, link or reasons are other than what is stored."""
    is_linked = graph.linked_cents()
    rows = []
    for number, row in enumerate(graph.rows):
        cents, reasons = net[number]
        linked = row.gross if is_linked[row.activity_id] else 0
        told = json.dumps([list(reason if reason.claim else reason[:2]) for reason in reasons]) if reasons else ""
        if (cents, linked, told) != (row.net, row.linked, row.reasons):
            key = {f"k_{name}": getattr(row, name) for name in KEY}
            rows.append({**key, "v_net": cents, "v_linked": linked, "v_reasons": told})
    _update(connection, rows)


def _update(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    values = list(rows)
    if values:
        c = ALLOCATION.c
        same = [c[name] == bindparam(f"k_{name}") for name in KEY]
        connection.execute(
            ALLOCATION.update()
            .where(c.framework_id == ALL_MONEY, c.area_id == 0, *same)
            .values(net=bindparam("v_net"), linked=bindparam("v_linked"), reasons=bindparam("v_reasons")),
            values,
        )
