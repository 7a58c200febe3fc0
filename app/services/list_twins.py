"""Likely twins side by side: what speaks for each pair, what was said about it, and who may decide."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.queries import claims
from app.queries.claims import ClaimFilter
from app.queries.twin_sides import Side, read_sides
from app.rules.marked_text import Piece
from app.rules.permissions import ADMIN, Viewer, may_decide_claim
from app.rules.twin_evidence import MOST
from app.rules.twins import mark_equal

PAGE_SIZE = 20
FLOWS = ("commitment", "disbursement", "budget", "incoming-commitment", "incoming")


@dataclass(slots=True)
class TwinLine:
    """One pair. `evidence`: [code, values...]; `answers`: what was said, newest first; `money`: (flow, year, cents of
    one, cents of the other); `mine`: the viewer's organisation has an answer that stands."""

    row: Any
    one: Side
    other: Side
    titles: tuple[list[Piece], list[Piece]]
    evidence: list[list[Any]]
    money: list[tuple[str, int, int | None, int | None]]
    answers: list[Any]
    may_decide: bool
    mine: bool

    @property
    def chance(self) -> str:
        """How likely, in a word: very likely, likely, possible; '' where a person put them side by side."""
        points = self.row.points
        return (
            "" if not points else "very likely" if points > MOST - 2 else "likely" if points > MOST - 4 else "possible"
        )

    def side(self, name: str) -> Side:
        return self.one if name == "one" else self.other


@dataclass(slots=True)
class TwinsPage:
    """One page of pairs, and how many there are on all pages."""

    lines: list[TwinLine]
    found: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // PAGE_SIZE))


def list_twins(connection: Connection, viewer: Viewer, asked: ClaimFilter, page: int | None = 1) -> TwinsPage:
    """Page `page` of the pairs that `asked` finds; None: all of them."""
    limit, offset = (None, 0) if page is None else (PAGE_SIZE, (page - 1) * PAGE_SIZE)
    rows = claims.list_claims(connection, viewer, asked, limit, offset)
    return TwinsPage(show_pairs(connection, viewer, rows), claims.count_claims(connection, viewer, asked), page or 1)


def show_pairs(connection: Connection, viewer: Viewer, rows: list[Any]) -> list[TwinLine]:
    """These rows of queries.claims with all that is known of both sides."""
    sides = read_sides(connection, sorted({number for row in rows for number in (row.one_id, row.other_id)}))
    history = claims.read_history(connection, [row.id for row in rows])
    return [_line(viewer, row, sides[row.one_id], sides[row.other_id], history.get(row.id, [])) for row in rows]


def _line(viewer: Viewer, row: Any, one: Side, other: Side, answers: list[Any]) -> TwinLine:
    mine = None if viewer.role == ADMIN else viewer.organisation_id
    may_decide = may_decide_claim(viewer, {one.owner_id, one.reporter_id, other.owner_id, other.reporter_id})
    return TwinLine(
        row, one, other, (mark_equal(one.title, other.title), mark_equal(other.title, one.title)),
        json.loads(row.evidence), _money(one, other), answers, may_decide,
        may_decide and any(said.organisation_id == mine and said.ended_at is None for said in answers),
    )  # fmt: skip


def _money(one: Side, other: Side) -> list[tuple[str, int, int | None, int | None]]:
    """What both report, year by year."""
    return [
        (flow, year, one.money.get(flow, {}).get(year), other.money.get(flow, {}).get(year))
        for flow in FLOWS
        for year in sorted({*one.money.get(flow, {}), *other.money.get(flow, {})})
    ]
