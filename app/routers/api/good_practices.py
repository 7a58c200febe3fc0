"""Good practices over the API: told, changed, removed and brought back by their organisation, read by everybody."""

from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from app.models.practice_document import PracticeDocument, practice_of
from app.routers.addresses import Country, Text, Texts
from app.routers.api.documents import api_router, changed_document, page_of_documents, tagged
from app.routers.api.funding_lines import DocumentToSave, Long, Many, saved_as_json
from app.routers.dependencies import LARGEST, Id, Read, SignedIn
from app.services.document_kinds import PRACTICE
from app.services.remove_document import remove_document, restore_document
from app.services.save_document import save_document
from app.services.search_practices import practice_as_json, read_practice_filter, search_practices, show_practice

router = api_router("good-practices")


class PracticeToSave(BaseModel):
    """A good practice as in docs/api.md. `version`: of the one that is changed."""

    title: Text
    description: Long = ""
    results: Long = ""
    lessons: Long = ""
    conditions: Long = ""
    evidence: Text = "described"
    countries: Many = []
    areas: Many = []
    projects: Many = []
    documents: Annotated[list[DocumentToSave], Field(max_length=400)] = []
    contact: Text = ""
    visibility: Literal["private", "shared"] = "shared"
    version: int | None = None

    def document(self) -> PracticeDocument:
        documents = tuple((one.title, one.url) for one in self.documents)
        return practice_of({**self.model_dump(), "title": self.title.strip(), "documents": documents})


class PracticeAddress(BaseModel):
    """The filters of a list of practices: those of the page, by the same names."""

    q: Text = ""
    country: Country = ""
    area: Texts = Field(default_factory=list)
    evidence: Text = ""
    organisation: Text = ""
    project: Text = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[int, Field(ge=0, le=LARGEST)] = 0


@router.get("")
def list_good_practices(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[PracticeAddress, Query()]
) -> Response:
    """Every good practice that the caller may see, by id."""
    said = address.model_dump(exclude={"limit", "cursor"})
    asked = read_practice_filter({name: one if isinstance(one, list) else [one] for name, one in said.items()})
    page = search_practices(connection, viewer, asked, address.limit + 1, after=address.cursor)
    items = [practice_as_json(one) for one in page.practices]
    return tagged(request, {**page_of_documents(items, address.limit), "total": page.total})


@router.get("/{number}")
def get_good_practice(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    """One good practice."""
    return tagged(request, practice_as_json(show_practice(connection, viewer, number)))


@router.post("", status_code=201)
def add_good_practice(viewer: SignedIn, sent: PracticeToSave) -> dict[str, Any]:
    """Tell of a good practice of the caller's own organisation."""
    return saved_as_json(save_document(viewer, sent.document()))


@router.put("/{number}")
def replace_good_practice(viewer: SignedIn, number: Id, sent: PracticeToSave) -> dict[str, Any]:
    """Put a good practice in the place of what is stored; what is left out is empty then."""
    return saved_as_json(save_document(viewer, sent.document(), number, sent.version))


@router.patch("/{number}")
def change_good_practice(viewer: SignedIn, connection: Read, number: Id, sent: dict[str, Any]) -> dict[str, Any]:
    """Change just the fields that are sent."""
    stored = practice_as_json(show_practice(connection, viewer, number))
    practice = changed_document(PracticeToSave, stored, sent)
    return saved_as_json(save_document(viewer, practice.document(), number, practice.version))


@router.delete("/{number}", status_code=204)
def remove_good_practice(viewer: SignedIn, number: Id) -> None:
    """Take a good practice out of every list."""
    remove_document(viewer, PRACTICE, number)


@router.post("/{number}/restore", status_code=204)
def restore_good_practice(viewer: SignedIn, number: Id) -> None:
    """Bring back a good practice that was removed."""
    restore_document(viewer, PRACTICE, number)
