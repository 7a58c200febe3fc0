"""The shortlist of the caller's organisation over the API."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from app.routers.api.documents import Cursor, Limit, api_router, page_of_documents, tagged
from app.routers.dependencies import LARGEST, Id, Read, SignedIn
from app.services.alert_json import shortlisted_as_json
from app.services.keep_shortlist import add_note, add_to_shortlist, list_shortlist, take_off_shortlist

router = api_router("shortlist")
Number = Annotated[int, Field(ge=1, le=LARGEST)]
Note = Annotated[str, Field(max_length=8000, pattern=r"^[^\x00]*$")]


class LineToKeep(BaseModel):
    """A line by its number; `action`: the one of a plan that it is kept for."""

    line: Number
    action: Number | None = None
    note: Note = ""


class NoteToWrite(BaseModel):
    note: Note


@router.get("")
def list_entries(
    request: Request, viewer: SignedIn, connection: Read, limit: Limit = 100, cursor: Cursor = 0
) -> Response:
    """The lines that the organisation keeps an eye on, with their notes, by id."""
    found = [shortlisted_as_json(one) for one in list_shortlist(connection, viewer, datetime.now(UTC))]
    later = sorted((one for one in found if one["id"] > cursor), key=lambda one: one["id"])
    return tagged(request, page_of_documents(later, limit))


@router.post("", status_code=201)
def keep_line(viewer: SignedIn, sent: LineToKeep) -> dict[str, Any]:
    """Put a line on the list; a note to one that is there already."""
    return {"id": add_to_shortlist(viewer, sent.line, sent.note, sent.action)}


@router.post("/{entry_id}/notes", status_code=204)
def write_note(viewer: SignedIn, entry_id: Id, sent: NoteToWrite) -> None:
    """A note for colleagues."""
    add_note(viewer, entry_id, sent.note)


@router.delete("/{entry_id}", status_code=204)
def drop_line(viewer: SignedIn, entry_id: Id) -> None:
    """Off the list, with its notes."""
    take_off_shortlist(viewer, entry_id)
