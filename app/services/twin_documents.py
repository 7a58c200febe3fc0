"""Pairs of projects as plain values and as a table: just what their page lists."""

from collections.abc import Sequence
from typing import Any

from app.queries.twin_sides import Side
from app.rules.twin_evidence import MOST
from app.services.list_twins import TwinLine
from app.services.overlap_json import money_text
from app.services.overlap_tables import money
from exports.table import Cell, Table


def twin_as_json(line: TwinLine, currency: str) -> dict[str, Any]:
    """One pair with its evidence and every answer, newest first; amounts are decimal strings of `currency`."""
    row = line.row
    return {
        "id": row.id,
        "state": row.state,
        "kind": row.kind,
        "leads": row.leads,
        "points": row.points,
        "points_at_most": MOST,
        "evidence": [{"code": code, "values": values} for code, *values in line.evidence],
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "changes": row.changes,
        "may_decide": line.may_decide,
        "currency": currency,
        "one": _side(line.one),
        "other": _side(line.other),
        "answers": [
            {
                "answer": said.answer, "kind": said.kind, "leads": said.leads, "note": said.note,
                "organisation": said.ref, "coordinator": said.organisation_id is None, "by": said.user_name or None,
                "at": said.at.isoformat(), "ended_at": said.ended_at.isoformat() if said.ended_at else None,
            }
            for said in line.answers
        ],
    }  # fmt: skip


def _side(side: Side) -> dict[str, Any]:
    return {
        "activity": side.id,
        "identifier": side.identifier,
        "title": side.title,
        "reporter": side.reporter_ref,
        "reporter_name": side.reporter,
        "start": side.start.isoformat() if side.start else None,
        "end": side.end.isoformat() if side.end else None,
        "countries": side.countries,
        "sectors": [code for _, code in side.sectors],
        "areas": [code for code, _, _ in side.areas],
        "names": [{"role": role, "organisation": ref, "name": name} for role, _, ref, name in side.parties],
        "money": {
            flow: {str(year): money_text(cents) for year, cents in years.items()} for flow, years in side.money.items()
        },
    }


def twins_table(lines: Sequence[TwinLine], currency: str) -> Table:
    """A row a pair."""
    headings = ["Pair", "State", "Kind", "Leads", "Points", "Why", "Decided"]
    for name in ("A", "B"):
        headings += [
            f"{name}: project", f"{name}: title", f"{name}: reporter", f"{name}: countries", f"{name}: start",
            f"{name}: end", f"{name}: committed ({currency})", f"{name}: disbursed ({currency})",
        ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            line.row.id, line.row.state, line.row.kind, {"one": "A", "other": "B"}[line.row.leads], line.row.points,
            "; ".join(" ".join(map(str, said)) for said in line.evidence),
            line.row.decided_at.date() if line.row.decided_at else None, *_cells(line.one), *_cells(line.other),
        ]
        for line in lines
    ]  # fmt: skip
    return Table("Likely twins", headings, rows)


def _cells(side: Side) -> list[Cell]:
    committed, disbursed = (sum(side.money.get(flow, {}).values()) for flow in ("commitment", "disbursement"))
    return [
        side.identifier, side.title, side.reporter, " ".join(side.countries), side.start, side.end, money(committed),
        money(disbursed),
    ]  # fmt: skip
