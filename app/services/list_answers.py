"""What an organisation answered about its files, to be seen and changed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.errors import NotAllowed, NotFound
from app.models.worded import worded
from app.queries.heading_profiles import list_profiles
from app.queries.imports import organisation_ref
from app.queries.organisations import organisation_by_ref
from app.rules.answers import flatten_answers
from app.rules.permissions import Viewer, may_see_import


@dataclass(frozen=True, slots=True)
class RememberedAnswer:
    """One answer: the name of the mapping it belongs to ("default" unless named), its path, its value."""

    mapping: str
    path: tuple[str, ...]
    value: str


def list_answers(connection: Connection, viewer: Viewer, owner: str = "") -> list[RememberedAnswer]:
    """The answers of `owner` (a reference; default: the viewer's organisation), by mapping and path.

    Raises NotAllowed, NotFound.
    """
    organisation = answering(connection, viewer, owner)
    return [
        RememberedAnswer(name, path, value)
        for name, answers in list_profiles(connection, organisation.id)
        for path, value in flatten_answers(answers)
    ]


def answering(connection: Connection, viewer: Viewer, owner: str) -> Any:
    """The organisation whose answers the viewer may see. Raises NotAllowed, NotFound."""
    ref = owner.strip() or organisation_ref(connection, viewer.organisation_id) or ""
    organisation = organisation_by_ref(connection, ref)
    if organisation is None:
        if not ref:
            raise NotFound("Say whose answers: name an organisation.")
        raise NotFound(worded("There is no organisation “%(ref)s”.", ref=ref))
    if not may_see_import(viewer, organisation.id):
        raise NotAllowed("The answers about files are their owner's business.")
    return organisation
