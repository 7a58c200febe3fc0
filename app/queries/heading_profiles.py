"""What an owner answered about its files before."""

import json
from typing import Any

from sqlalchemy import Connection, select

from app.models.import_run import HeadingProfile
from app.queries.organisations import organisation_by_ref
from app.rules.answers import merge_answers

PROFILE = HeadingProfile.__table__  # type: ignore[attr-defined]
DEFAULT = "default"


def get_answers(connection: Connection, owner: str, name: str | None = None) -> dict[str, Any]:
    """The owner's answers with itself as reporter; those of the mapping `name` go before those of the default."""
    organisation = organisation_by_ref(connection, owner)
    # One that nobody has named yet is called by its reference: that is no name to write into a record.
    is_named = organisation is not None and organisation.name != organisation.ref
    reporter = {
        "ref": owner,
        "name": organisation.name if is_named else "",
        "type": organisation.type if organisation else "",
    }
    answers: dict[str, Any] = {"reporter": reporter}
    for profile in dict.fromkeys((DEFAULT, name or DEFAULT)) if organisation else ():
        answers = merge_answers(answers, read_profile(connection, organisation.id, profile) or {})
    return answers


def read_profile(connection: Connection, owner_id: int, name: str) -> dict[str, Any] | None:
    """What was remembered under this name; None if nothing ever was."""
    query = select(PROFILE.c.answers).where(PROFILE.c.owner_id == owner_id, PROFILE.c.name == name)
    found = connection.execute(query).scalar()
    return None if found is None else dict(json.loads(found))


def write_profile(connection: Connection, owner_id: int, name: str, answers: dict[str, Any]) -> None:
    """Remember `answers` in the place of those before."""
    told = json.dumps(answers, ensure_ascii=False, sort_keys=True)
    which = (PROFILE.c.owner_id == owner_id) & (PROFILE.c.name == name)
    if not connection.execute(PROFILE.update().where(which).values(answers=told)).rowcount:
        connection.execute(PROFILE.insert().values(owner_id=owner_id, name=name, answers=told))


def list_profiles(connection: Connection, owner_id: int) -> list[tuple[str, dict[str, Any]]]:
    """The owner's mappings by name, the default first."""
    query = select(PROFILE.c.name, PROFILE.c.answers).where(PROFILE.c.owner_id == owner_id)
    rows = connection.execute(query.order_by(PROFILE.c.name != DEFAULT, PROFILE.c.name))
    return [(name, json.loads(answers)) for name, answers in rows]
