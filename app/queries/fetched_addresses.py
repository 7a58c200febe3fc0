"""What addresses answered when files were fetched from them last."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from app.models.fetched_address import FetchedAddress
from app.models.import_run import IN_FORCE, ImportRun
from app.queries.bulk import one_of

FETCHED = FetchedAddress.__table__  # type: ignore[attr-defined]
RUN = ImportRun.__table__  # type: ignore[attr-defined]
# States of an import whose file need not come again: it is in, or on its way.
_STANDING = ("queued", "running", "previewed", "confirming", *IN_FORCE)


def list_fetched(connection: Connection, addresses: Sequence[str], owner: str, mode: str) -> dict[str, Any]:
    """address -> (etag, last_modified, import_id) of those whose file stands as this owner's import in this mode."""
    f = FETCHED.c
    query = select(f.address, f.etag, f.last_modified, f.import_id).join(RUN, RUN.c.id == f.import_id)
    chosen = one_of(f.address, addresses)
    query = query.where(chosen, f.owner == owner, RUN.c.state.in_(_STANDING), RUN.c.mode == mode)
    return {row.address: row for row in connection.execute(query)}


def remember_fetched(
    connection: Connection, owner: str, import_id: int, answers: Sequence[tuple[str, str, str]]
) -> None:
    """Keep (address, etag, last_modified) of the files that an import brought."""
    f = FETCHED.c
    rows = {
        address: {"address": address, "owner": owner, "etag": etag, "last_modified": modified,
                  "import_id": import_id, "fetched_at": datetime.now(UTC)}
        for address, etag, modified in answers
    }  # fmt: skip
    connection.execute(delete(FETCHED).where(f.owner == owner, one_of(f.address, rows)))
    if rows:
        connection.execute(FETCHED.insert(), list(rows.values()))
