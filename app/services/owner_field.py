"""The field of a form in which an admin says whose a funding line, a plan or a good practice is."""

from sqlalchemy import Connection

from app.models.worded import worded
from app.queries.organisations import organisation_by_ref
from app.rules.check_funding import Fault, error
from app.rules.permissions import ADMIN, Viewer
from app.services.line_form import Form, first_of


def find_owner(connection: Connection, viewer: Viewer, form: Form, faults: list[Fault]) -> int | None:
    """The organisation that an admin names in a form that asks for it; a fault where it is none that is here."""
    if viewer.role != ADMIN or "owner" not in form:
        return None
    ref = first_of(form, "owner")
    row = organisation_by_ref(connection, ref) if ref else None
    if row is not None:
        return int(row.id)
    if ref or viewer.organisation_id is None:
        message = worded("There is no organisation “%(value)s” here.", value=ref)
        faults.append(
            error("owner-unknown", "owner", message, "Write its identifier as the list of organisations has it.")
        )
    return None
