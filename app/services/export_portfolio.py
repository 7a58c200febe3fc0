"""A portfolio, or a part of it, as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection

from app.errors import NotFound
from app.models.packed import unpack_record
from app.models.worded import worded
from app.queries.frameworks import list_frameworks
from app.queries.mappings import tags_of
from app.queries.records import iterate_visible
from app.rules.permissions import Viewer
from app.rules.text_care import blur_shelters
from app.services.whole_file import whole_file
from exports.base import StoredRecord
from exports.registry import EXPORTERS


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """Which projects: in a country or region, with an organisation in any role, brought by an import."""

    country: str = ""
    organisation: str = ""
    import_id: int | None = None


def export_portfolio(
    connection: Connection, viewer: Viewer, format_key: str, chosen: ExportFilter, out: BinaryIO
) -> int:
    """Write the projects that `viewer` may see to `out`, by identifier; how many. Raises NotFound."""
    exporter = EXPORTERS.get(format_key)
    if exporter is None:
        raise NotFound(
            worded(
                "There is no format “%(format_key)s”: choose %(choices)s.",
                format_key=format_key,
                choices=", ".join(EXPORTERS),
            )
        )
    return exporter.write(_records(connection, viewer, chosen), out)


def export_to_file(connection: Connection, viewer: Viewer, format_key: str, chosen: ExportFilter, path: Path) -> int:
    """Like export_portfolio, to a file that appears whole or not at all."""
    with whole_file(path) as out:
        return export_portfolio(connection, viewer, format_key, chosen, out)


def _records(connection: Connection, viewer: Viewer, chosen: ExportFilter) -> Iterator[StoredRecord]:
    pages = iterate_visible(
        connection, viewer, country=chosen.country, organisation=chosen.organisation, import_id=chosen.import_id
    )
    known = {framework.key for framework in list_frameworks(connection)}
    for rows in pages:
        tags = tags_of(connection, [row.activity_id for row in rows])
        for row in rows:
            yield StoredRecord(_for(viewer, row), tags.get(row.activity_id, ()), known)


def _for(viewer: Viewer, row: Any) -> bytes:
    """The record; for others than its owner without the exact place of a shelter."""
    xml = unpack_record(row.record)
    return xml if viewer.organisation_id == row.owner_id else blur_shelters(xml)
