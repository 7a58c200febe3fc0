"""The workbook to fill in: empty, or with all that an organisation reports."""

from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy import Connection

from app.errors import InvalidInput, NotAllowed
from app.models.packed import unpack_record
from app.models.worded import worded
from app.queries.mappings import tags_of
from app.queries.organisations import organisation_by_ref
from app.queries.records import iterate_visible
from app.rules.permissions import ADMIN, Viewer
from exports import template
from exports.base import StoredRecord, read_stored


def write_template(out: BinaryIO, language: str) -> None:
    """Write the empty workbook; a language that it is not in is English."""
    template.write_template(out, language)


def write_filled_template(connection: Connection, viewer: Viewer, owner: str, language: str, out: BinaryIO) -> int:
    """Write the workbook with the current projects of `owner` (a reference; '' for the viewer's own); how many.

    Raises NotAllowed, InvalidInput.
    """
    owner_id = _owner_id(connection, viewer, owner)
    return template.write_template(out, language, read_stored(_records(connection, viewer, owner_id), with_keys=True))


def _owner_id(connection: Connection, viewer: Viewer, owner: str) -> int:
    organisation = organisation_by_ref(connection, owner) if owner else None
    owner_id: int | None = organisation.id if organisation else viewer.organisation_id
    if owner and organisation is None:
        raise InvalidInput(worded("There is no organisation %(owner)s here.", owner=owner))
    if owner_id is None:
        raise InvalidInput("Your account belongs to no organisation: say whose projects the workbook shall hold.")
    if viewer.role != ADMIN and owner_id != viewer.organisation_id:
        raise NotAllowed("You can have the workbook of your own organisation only.")
    return owner_id


def _records(connection: Connection, viewer: Viewer, owner_id: int) -> Iterator[StoredRecord]:
    for rows in iterate_visible(connection, viewer, owner_id=owner_id):
        tags = tags_of(connection, [row.activity_id for row in rows])
        for row in rows:
            yield StoredRecord(unpack_record(row.record), tags.get(row.activity_id, ()))
