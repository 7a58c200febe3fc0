"""What an owner answered about its files before."""

import json
from typing import Any

from sqlalchemy import Connection, select

from app.errors import NotFound
from app.models.import_run import HeadingProfile
from app.queries.organisations import organisation_by_ref

PROFILE = HeadingProfile.__table__  # type: ignore[attr-defined]


def get_answers(connection: Connection, owner: str, name: str | None = None) -> dict[str, Any]:
    """The owner's answers, with itself as reporter; those of one named mapping where given. Raises NotFound."""
    organisation = organisation_by_ref(connection, owner)
    # One that nobody has named yet is called by its reference: that is no name to write into a record.
    is_named = organisation is not None and organisation.name != organisation.ref
    reporter = {
        "ref": owner,
        "name": organisation.name if is_named else "",
        "type": organisation.type if organisation else "",
    }
    answers: dict[str, Any] = {"reporter": reporter}
    if name is not None:
        owned = PROFILE.c.owner_id == (organisation.id if organisation else None)
        profile = connection.execute(select(PROFILE.c.answers).where(owned, PROFILE.c.name == name)).scalar()
        if profile is None:
            raise NotFound(f"There is no remembered mapping “{name}” of {owner}.")
        answers |= json.loads(profile)
    return answers
