"""The owner has looked at what was taken for personal data, and says that it tells of nobody."""

from sqlalchemy import Connection

from app.errors import InvalidInput, NotAllowed
from app.models.packed import unpack_record
from app.models.read_record import read_record
from app.models.record import Reported
from app.queries import held_texts, project
from app.queries.audit import note_action
from app.queries.bulk import wait_for_turn
from app.rules.compare import parse_record
from app.rules.permissions import Viewer, may_change
from app.rules.personal_data import Finding
from app.rules.text_care import digest_findings, findings_in, text_of


def release_texts(connection: Connection, viewer: Viewer, activity_id: int) -> None:
    """Share the project with these words in it; other words would hold it again. Raises NotFound, NotAllowed,
    InvalidInput."""
    wait_for_turn(connection)
    row = project.get_project(connection, viewer, activity_id)
    if not may_change(viewer, row.owner_id):
        raise NotAllowed("Only editors of the organisation that brought this project may share its texts.")
    if row.visibility != held_texts.HELD:
        raise InvalidInput("The texts of this project are not held back.")
    found = find_held(connection, row.version_id)
    held_texts.release(connection, activity_id, digest_findings(found), viewer.user_id)
    note_action(
        connection, viewer.user_id, "texts released", f"activity {activity_id}", "; ".join(one.masked for one in found)
    )


def find_held(connection: Connection, version_id: int) -> tuple[Finding, ...]:
    """What in a version's texts may be personal data."""
    xml = unpack_record(project.read_version(connection, version_id).record)
    return findings_in(text_of(read_record(Reported(parse_record(xml), xml, places=[]))))
