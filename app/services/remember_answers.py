"""Remember what an owner answers about its files."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from app.errors import InvalidInput
from app.models.worded import worded
from app.queries.heading_profiles import read_profile, write_profile
from app.rules.answers import KINDS, Path, is_path, set_answer, write_path


def remember_answers(connection: Connection, owner_id: int, profile: str, given: Mapping[Path, str | None]) -> None:
    """Add `given` (path -> value; None: forget it) to the owner's mapping `profile`. Raises InvalidInput."""
    answers = put_answers(read_profile(connection, owner_id, profile) or {}, given)
    write_profile(connection, owner_id, profile, answers)


def put_answers(answers: Mapping[str, Any], given: Mapping[Path, str | None]) -> dict[str, Any]:
    """The answers with those in `given` put in. Raises InvalidInput for one that answers nothing."""
    changed = dict(answers)
    for path, value in given.items():
        if not is_path(path):
            known = ", ".join(kind + ("/…" if of_several else "") for kind, of_several in KINDS.items())
            raise InvalidInput(
                worded(
                    "“%(value)s” is nothing that can be answered. It begins with one of: %(known)s.",
                    value=write_path(path),
                    known=known,
                )
            )
        changed = set_answer(changed, path, value)
    return changed
