"""Stored records, in batches."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, tuple_

from app.models.activity import Activity, ActivityCountry, ActivityOrganisation, ActivityVersion
from app.models.organisation import Organisation
from app.models.packed import unpack_record
from app.models.read_record import read_record
from app.models.record import NOBODY, ActivityRecord, Party, Reported
from app.queries.activities import activities_visible_to
from app.queries.bulk import in_chunks, one_of
from app.queries.imports import organisation_ref
from app.rules.compare import parse_record
from app.rules.permissions import Viewer

ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
VERSION = ActivityVersion.__table__  # type: ignore[attr-defined]
COUNTRY = ActivityCountry.__table__  # type: ignore[attr-defined]
TAKES_PART = ActivityOrganisation.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
PAGE = 500


def iterate_records(
    connection: Connection,
    *,
    import_id: int | None = None,
    ids: Sequence[int] | None = None,
    size: int = PAGE,
    lock: bool = False,
) -> Iterator[Sequence[Any]]:
    """Current records with activity_id, version_id, reporter_id, places: of one import, of these activities, or
    all; by id. With `lock`, nobody else changes those activities until this transaction ends."""
    conditions = [ACTIVITY.c.state == "current"]
    if import_id is not None:
        conditions.append(ACTIVITY.c.import_id == import_id)
    for chosen in [None] if ids is None else in_chunks(sorted(set(ids))):
        only = [] if chosen is None else [one_of(ACTIVITY.c.id, chosen)]
        last = -1
        while rows := _page(connection, [*conditions, *only, ACTIVITY.c.id > last], size, lock):
            yield rows
            last = rows[-1].activity_id


def _page(connection: Connection, conditions: list[ColumnElement[bool]], size: int, lock: bool) -> Sequence[Any]:
    query = (
        select(ACTIVITY.c.id.label("activity_id"), ACTIVITY.c.reporter_id, VERSION.c.id.label("version_id"),
               VERSION.c.import_id, VERSION.c.record, VERSION.c.record_hash, VERSION.c.places)
        .join(VERSION, VERSION.c.id == ACTIVITY.c.version_id)
        .where(*conditions)
        .order_by(ACTIVITY.c.id)
        .limit(size)
    )  # fmt: skip
    return connection.execute(query.with_for_update(of=ACTIVITY) if lock else query).all()


def current_record(connection: Connection, activity_id: int) -> Any:
    """The stored record and places of a current activity, or None."""
    query = select(VERSION.c.record, VERSION.c.places).join(ACTIVITY, ACTIVITY.c.version_id == VERSION.c.id)
    return connection.execute(query.where(ACTIVITY.c.id == activity_id, ACTIVITY.c.state == "current")).first()


def read_stored(connection: Connection, row: Any) -> ActivityRecord:
    """The record of a version's row (record, places, reporter_id), with the reporter it was taken for
    where the report itself names none."""
    xml = unpack_record(row.record)
    record = read_record(Reported(parse_record(xml), xml, places=row.places.split("\n")))
    if record.reporter == NOBODY:
        record.reporter = Party(organisation_ref(connection, row.reporter_id) or "", "")
    return record


def iterate_visible(
    connection: Connection,
    viewer: Viewer,
    *,
    country: str = "",
    organisation: str = "",
    import_id: int | None = None,
    owner_id: int | None = None,
) -> Iterator[Sequence[Any]]:
    """Records that `viewer` may see, by identifier, in pages: activity_id, identifier, record."""
    conditions: list[ColumnElement[bool]] = []
    if country:
        conditions.append(ACTIVITY.c.id.in_(select(COUNTRY.c.activity_id).where(COUNTRY.c.code == country)))
    if organisation:
        conditions.append(ACTIVITY.c.id.in_(_with_organisation(organisation)))
    if import_id is not None:
        conditions.append(ACTIVITY.c.import_id == import_id)
    if owner_id is not None:
        conditions.append(ACTIVITY.c.owner_id == owner_id)
    key = tuple_(ACTIVITY.c.identifier, ACTIVITY.c.id)
    last: tuple[str, int] = ("", -1)
    while rows := connection.execute(_visible_page(viewer, conditions).where(key > last)).all():
        yield rows
        last = (rows[-1].identifier, rows[-1].activity_id)


def _visible_page(viewer: Viewer, conditions: list[ColumnElement[bool]]) -> Select[Any]:
    return (
        activities_visible_to(
            viewer, ACTIVITY.c.id.label("activity_id"), ACTIVITY.c.identifier, ACTIVITY.c.owner_id, VERSION.c.record
        )
        .join(VERSION, VERSION.c.id == ACTIVITY.c.version_id)
        .where(*conditions)
        .order_by(ACTIVITY.c.identifier, ACTIVITY.c.id)
        .limit(PAGE)
    )


def _with_organisation(ref: str) -> Select[Any]:
    named = select(ORGANISATION.c.id).where(ORGANISATION.c.ref == ref)
    return select(TAKES_PART.c.activity_id).where(TAKES_PART.c.organisation_id.in_(named))
