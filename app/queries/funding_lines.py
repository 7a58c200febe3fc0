"""Funding lines as the database holds them: reading, searching, writing."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from app.codelists.countries import regions_of
from app.errors import NotFound
from app.models.funding_line import FundingLine, FundingLineChange, FundingLineTerm
from app.models.line_document import ANY, SHARED, LineDocument
from app.models.organisation import Organisation
from app.queries.bulk import one_of
from app.queries.folded_search import has_words, lists
from app.rules.opportunity_status import SOON
from app.rules.permissions import Viewer

LINE = FundingLine.__table__  # type: ignore[attr-defined]
TERM = FundingLineTerm.__table__  # type: ignore[attr-defined]
CHANGE = FundingLineChange.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
LISTS = ("countries", "excluded", "areas", "applicant_types", "nationalities", "languages", "documents")
NAMES = tuple(field.name for field in fields(LineDocument))
PLACE, NOT_PLACE, AREA = "place", "not-place", "area"
NOT_SAID = ""


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines; also what the address of the page says. `amount` in hundredths of the base currency;
    `closes_by` and `closes_after` are instants. `areas`: any of these answers."""

    words: str = ""
    country: str = ""
    areas: tuple[str, ...] = ()
    applicant: str = ""
    amount: int | None = None
    closes_after: datetime | None = None
    closes_by: datetime | None = None
    donor: str = ""
    type: str = ""
    statuses: tuple[str, ...] = ()
    reference: str = ""
    currency: str = ""
    language: str = ""
    visibility: str = ""


def lines_visible_to(viewer: Viewer | None, *columns: Any) -> Select[Any]:
    """Current lines that are shared, or that the viewer's organisation keeps; the operator sees all. The one door."""
    query = select(*columns).select_from(LINE.join(ORGANISATION, ORGANISATION.c.id == LINE.c.owner_id))
    return query.where(LINE.c.state == "current", _visible(viewer))


def _visible(viewer: Viewer | None) -> ColumnElement[bool]:
    if viewer is None:
        return or_(LINE.c.visibility == SHARED)
    if viewer.is_operator:
        return true()
    own: ColumnElement[bool] = LINE.c.owner_id == viewer.organisation_id
    return or_(LINE.c.visibility == SHARED, own)


def _whole(viewer: Viewer | None) -> Select[Any]:
    donor = (ORGANISATION.c.ref.label("donor_ref"), ORGANISATION.c.name.label("donor_name"))
    return lines_visible_to(viewer, LINE, *donor)


def document_of(row: Any) -> LineDocument:
    """The line of a row."""
    values = row._mapping
    own: dict[str, Any] = {name: _list_of(values[name]) if name in LISTS else values[name] for name in NAMES}
    return LineDocument(**own)


@lru_cache(maxsize=50_000)
def _list_of(text: str) -> tuple[Any, ...]:
    """A list of JSON; most lines have the lists of others."""
    return tuple(tuple(one) if isinstance(one, list) else one for one in json.loads(text))


def get_line(connection: Connection, viewer: Viewer | None, line_id: int) -> Any:
    """The row of a line with donor_ref and donor_name. Raises NotFound."""
    row = connection.execute(_whole(viewer).where(LINE.c.id == line_id)).first()
    if row is None:
        raise NotFound("There is no such funding line, or it is not shared with you.")
    return row


def list_lines(
    connection: Connection,
    viewer: Viewer | None,
    asked: LineFilter,
    now: datetime,
    limit: int | None = None,
    offset: int = 0,
    after: int | None = None,
) -> list[Any]:
    """The lines that `asked` describes: those that close first stand first, those without a date last; with `after`,
    by id and only those beyond it."""
    query = _whole(viewer).where(*_conditions(asked, now))
    if after is None:
        query = query.order_by(LINE.c.closes_at.is_(None), LINE.c.closes_at, LINE.c.title, LINE.c.id)
    else:
        query = query.where(LINE.c.id > after).order_by(LINE.c.id)
    return list(connection.execute(query.limit(limit).offset(offset)))


def count_lines(connection: Connection, viewer: Viewer | None, asked: LineFilter, now: datetime) -> int:
    query = lines_visible_to(viewer, func.count()).where(*_conditions(asked, now))
    return int(connection.execute(query).scalar_one())


def read_lines(connection: Connection, viewer: Viewer | None, ids: Sequence[int]) -> dict[int, Any]:
    """The rows of those lines that the viewer may see, by id."""
    return {row.id: row for row in connection.execute(_whole(viewer).where(one_of(LINE.c.id, ids)))}


def status_column(now: datetime) -> ColumnElement[str]:
    """The status by date, as `rules.opportunity_status` decides it."""
    c = LINE.c
    return case(
        (c.closes_at <= now, "closed"),
        (c.opens_at > now, "forecast"),
        (c.closes_at <= now + SOON, "closing soon"),
        (and_(c.closes_at.is_not(None), or_(c.opens_at.is_not(None), c.forecast == "")), "open"),
        (c.rolling, "rolling"),
        (c.opens_at.is_not(None), "open"),
        (c.forecast != "", "forecast"),
        else_="unknown",
    )


def _conditions(asked: LineFilter, now: datetime) -> list[ColumnElement[bool]]:
    c = LINE.c
    found: list[ColumnElement[bool]] = []
    if asked.words.strip():
        found.append(has_words(LINE.c.words, asked.words))
    if asked.country:
        found += [_has_term(PLACE, place_codes(asked.country)), ~_has_term(NOT_PLACE, places_of(asked.country))]
    if asked.areas:
        found.append(_has_term(AREA, [*asked.areas, ANY, NOT_SAID]))
    if asked.applicant:
        found.append(_names(c.applicant_types, asked.applicant))
    if asked.language:
        found.append(_names(c.languages, asked.language))
    if asked.amount is not None:
        found += [or_(c.minimum_base.is_(None), c.minimum_base <= asked.amount)]
        found += [or_(column.is_(None), column >= asked.amount) for column in (c.maximum_base, c.total_base)]
    found += _closes_within(asked)
    if asked.donor:
        found.append(ORGANISATION.c.ref == asked.donor)
    for name in ("type", "reference", "currency", "visibility"):
        if said := getattr(asked, name):
            found.append(c[name] == said)
    if asked.statuses:
        found.append(status_column(now).in_(asked.statuses))
    return found


def _names(column: Any, code: str) -> ColumnElement[bool]:
    """A list that has the code, or any, or was not said."""
    return or_(lists(column, code, ANY), column == "[]")


def _closes_within(asked: LineFilter) -> Iterator[ColumnElement[bool]]:
    closes = LINE.c.closes_at
    if asked.closes_after:
        yield or_(closes.is_(None), closes > asked.closes_after)
    if asked.closes_by:
        yield closes <= asked.closes_by


def places_of(country: str) -> list[str]:
    """The codes that hold a country."""
    return [country, *regions_of(country), ANY]


def place_codes(country: str) -> list[str]:
    """The terms under which a line for this country, or one that does not say, stands."""
    return [*places_of(country), "998", NOT_SAID]


def _has_term(kind: str, codes: Iterable[str]) -> ColumnElement[bool]:
    chosen = select(TERM.c.line_id).where(TERM.c.kind == kind, TERM.c.code.in_(sorted(set(codes))))
    found: ColumnElement[bool] = LINE.c.id.in_(chosen)
    return found


def candidate_lines(
    connection: Connection, viewer: Viewer | None, country: str, areas: Iterable[str], now: datetime
) -> dict[str, set[int]]:
    """area term -> lines not closed that name it ("*", "": any, not said), eligible in the country as far as they say."""
    names = sorted({*areas, ANY, NOT_SAID})
    there = lines_visible_to(viewer, LINE.c.id).where(
        _has_term(PLACE, place_codes(country)), ~_has_term(NOT_PLACE, places_of(country)),
        or_(LINE.c.closes_at.is_(None), LINE.c.closes_at > now),
    )  # fmt: skip
    query = select(TERM.c.code, TERM.c.line_id).where(
        TERM.c.kind == AREA, TERM.c.code.in_(names), TERM.c.line_id.in_(there)
    )
    found: dict[str, set[int]] = {}
    for code, line in connection.execute(query):
        found.setdefault(code, set()).add(line)
    return found


def find_line_id(connection: Connection, owner_id: int, reference: str) -> int | None:
    """The current line of this donor with this reference."""
    query = select(LINE.c.id).where(
        LINE.c.owner_id == owner_id, LINE.c.reference == reference, LINE.c.state == "current"
    )
    found: int | None = connection.execute(query).scalar()
    return found


def list_own_ids(connection: Connection, owner_id: int, state: str = "current") -> list[int]:
    """The lines of a donor, current or removed."""
    query = select(LINE.c.id).where(LINE.c.owner_id == owner_id, LINE.c.state == state)
    return list(connection.execute(query.order_by(LINE.c.id)).scalars())


def find_alike(connection: Connection, words: str, closes: str, line_id: int | None) -> list[Any]:
    """Other current lines with the same folded title and closing date: perhaps one call from two sources."""
    query = select(LINE.c.id, LINE.c.title, LINE.c.reference, ORGANISATION.c.name.label("donor")).select_from(
        LINE.join(ORGANISATION)
    )
    query = query.where(
        LINE.c.state == "current",
        LINE.c.visibility == SHARED,
        LINE.c.closes == closes,
        LINE.c.words.startswith(words, autoescape=True),
    )
    return list(connection.execute(query.where(LINE.c.id != line_id if line_id else literal(True))))


# --- writing -------------------------------------------------------------------------------


def write_line(connection: Connection, line_id: int | None, line: LineDocument, values: dict[str, Any]) -> int:
    """Write a line and what finds it; its id. `values` are the columns that the document does not have."""
    columns = line.as_json()
    columns |= {name: json.dumps(columns[name], ensure_ascii=False) for name in LISTS} | values
    if line_id is None:
        new = insert(LINE).values(**columns, version=1).returning(LINE.c.id)
        line_id = int(connection.execute(new).scalar_one())
    else:
        connection.execute(update(LINE).where(LINE.c.id == line_id).values(**columns, version=LINE.c.version + 1))
        connection.execute(delete(TERM).where(TERM.c.line_id == line_id))
    connection.execute(insert(TERM), [{"kind": kind, "code": code, "line_id": line_id} for kind, code in _terms(line)])
    return line_id


def _terms(line: LineDocument) -> list[tuple[str, str]]:
    places, areas = line.countries or (NOT_SAID,), line.areas or (NOT_SAID,)
    every = [
        *((PLACE, one) for one in places),
        *((NOT_PLACE, one) for one in line.excluded),
        *((AREA, one) for one in areas),
    ]
    return list(dict.fromkeys(every))


def lock_line(connection: Connection, line_id: int) -> Any:
    """The row of a line, current or removed, for writing. Raises NotFound."""
    query = select(LINE).where(LINE.c.id == line_id)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise NotFound("There is no such funding line.")
    return row


def set_line_state(connection: Connection, line_id: int, state: str, at: datetime) -> None:
    connection.execute(
        update(LINE).where(LINE.c.id == line_id).values(state=state, updated_at=at, version=LINE.c.version + 1)
    )


def insert_changes(connection: Connection, line_id: int, changes: Sequence[tuple[str, str, str]], at: datetime) -> None:
    """Log what happened to a line: (kind, before, after)."""
    if changes:
        rows = [
            {"line_id": line_id, "kind": kind, "before": before, "after": after, "at": at}
            for kind, before, after in changes
        ]
        connection.execute(insert(CHANGE), rows)


def list_line_changes(connection: Connection, line_id: int) -> list[Any]:
    """The log of one line, newest first."""
    return list(connection.execute(select(CHANGE).where(CHANGE.c.line_id == line_id).order_by(CHANGE.c.id.desc())))
