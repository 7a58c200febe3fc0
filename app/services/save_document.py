"""Enter a funding line, a plan or a good practice, or change one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import ImportConflict, InvalidInput, NotAllowed
from app.models.worded import phrase
from app.queries.area_links import list_area_keys
from app.queries.audit import note_action
from app.queries.rates import stored_rates
from app.rules.check_funding import Fault, has_errors
from app.rules.permissions import Viewer, may_change
from app.services.document_kinds import Document, Kind, kind_of

_TAKEN = {
    "line": phrase("Another funding line of this organisation has this reference."),
    "plan": phrase("Another plan of this organisation has this reference."),
    "practice": phrase("Another good practice of this organisation has this title."),
}
_OTHERWISE = {
    "reference": phrase("Change that one, or give this one another reference."),
    "title": phrase("Change that one, or give this one another title."),
}


@dataclass(slots=True)
class Saved:
    """What became of a form: its id once it is in, None where an error kept it out; warnings never do."""

    id: int | None
    faults: list[Fault] = field(default_factory=list)


def save_document(
    viewer: Viewer,
    document: Document,
    number: int | None = None,
    version: int | None = None,
    owner_id: int | None = None,
) -> Saved:
    """Write the document, new or in the place of what `number` says; `version` is the one that the form was opened with.

    The actions of a plan are known again by their code, so that links and interests stay. `owner_id`: whose it is, for
    admins; all others enter what is their own organisation's. Raises NotAllowed, NotFound, InvalidInput, and
    ImportConflict if somebody else changed it meanwhile.
    """
    now, kind = datetime.now(UTC), kind_of(document)
    with database.write() as connection:
        stored = _open(connection, kind, viewer, number, version)
        owner = stored.owner_id if stored else owner_id or viewer.organisation_id
        if owner is None:
            raise InvalidInput("Name the organisation whose entry this is.")
        if not may_change(viewer, owner):
            raise NotAllowed("Only editors of the organisation whose entry this is may change it.")
        faults = kind.check(connection, document, number, now, list_area_keys(connection))
        if kind.find(connection, owner, document.reference) not in (None, number):
            faults.append(_taken(kind))
        if has_errors(faults):
            return Saved(None, faults)
        written = kind.store(connection, document, number, owner, stored_rates(connection), now)
        note_action(connection, viewer.user_id, f"save {kind.said}", f"{kind.said} {written}")
    return Saved(written, faults)


def _open(connection: Connection, kind: Kind, viewer: Viewer, number: int | None, version: int | None) -> Any:
    if number is None:
        return None
    kind.get(connection, viewer, number)
    stored = kind.lock(connection, number)
    if version is not None and stored.version != version:
        raise ImportConflict("Somebody else changed this entry meanwhile. Open it again and make your change there.")
    return stored


def _taken(kind: Kind) -> Fault:
    return Fault(
        "error",
        f"{kind.named_by}-taken",
        kind.named_by,
        _TAKEN[kind.name],
        _OTHERWISE[kind.named_by],
    )


def list_doubts(connection: Connection, document: Document, number: int) -> list[Fault]:
    """What is doubtful in a stored document, for its editors: warnings that kept nothing out."""
    faults = kind_of(document).check(connection, document, number, datetime.now(UTC), list_area_keys(connection))
    return [fault for fault in faults if fault.level == "warning"]
