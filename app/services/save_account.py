"""Give somebody an account, or change one."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection

from app.models.worded import phrase, worded
from app.queries import accounts, imports, users
from app.queries.audit import note_action
from app.queries.organisations import organisation_by_ref
from app.rules.check_funding import Fault, error
from app.rules.permissions import ADMIN, ROLES, Viewer
from app.services.add_user import is_address
from app.services.sign_in import new_password


class AccountForm(NamedTuple):
    """An account as a form says it; `organisation`: its reference, of one that is not known yet if `is_new`."""

    email: str = ""
    name: str = ""
    role: str = ""
    organisation: str = ""
    is_new: bool = False


class SavedAccount(NamedTuple):
    """`id` None: nothing was saved, for these faults. `password`: of a new account; it is kept nowhere."""

    id: int | None
    password: str = ""
    faults: tuple[Fault, ...] = ()


def save_account(connection: Connection, viewer: Viewer, form: AccountForm, number: int | None = None) -> SavedAccount:
    """Add an account, or change the one numbered `number`, all or nothing. Raises NotAllowed, NotFound."""
    form = form._replace(
        email=form.email.strip().lower(), name=form.name.strip(), organisation=form.organisation.strip()
    )
    accounts.check_keeper(viewer)
    stored = accounts.get_account(connection, viewer, number) if number else None
    if faults := tuple(_check(connection, viewer, form, number)):
        return SavedAccount(None, faults=faults)
    organisation = imports.organisation_id(connection, form.organisation) if form.organisation else None
    values = {"email": form.email, "name": form.name, "role": form.role, "organisation_id": organisation}
    password = ""
    if number:
        accounts.change_account(connection, number, **values)
    else:
        password, hashed = new_password()
        number = users.insert_user(connection, **values, password_hash=hashed)
        if number is None:  # somebody else added it at this moment
            return SavedAccount(None, faults=(_taken(form.email),))
    said = f"{form.role} {form.organisation}".strip()
    if stored and stored.email != form.email:
        said = f"{said}, was {stored.email}"
    note_action(connection, viewer.user_id, "change account" if stored else "add account", form.email, said)
    return SavedAccount(number, password)


def _check(connection: Connection, viewer: Viewer, form: AccountForm, number: int | None) -> Iterator[Fault]:
    namesake = users.find_user(connection, form.email)
    if not is_address(form.email):
        message = worded("“%(value)s” is no e-mail address.", value=form.email)
        yield error("email-wrong", "email", message, "Write it like name@example.org.")
    elif namesake is not None and namesake.id != number:
        yield _taken(form.email)
    if form.role not in ROLES:
        yield error("role-unknown", "role", "The account has no role.", "Choose reader, editor or admin.")
    elif number == viewer.user_id and form.role != ADMIN:
        hint = phrase("Ask another admin, so that there is always one.")
        yield error("own-role", "role", "You can't take your own admin role away.", hint)
    if not form.organisation and form.role != ADMIN:
        hint = phrase("Choose one: readers and editors see and change what is its own.")
        yield error("organisation-missing", "organisation", "The account has no organisation.", hint)
    elif form.organisation and not form.is_new and organisation_by_ref(connection, form.organisation) is None:
        message = worded("There is no organisation “%(value)s” here.", value=form.organisation)
        hint = phrase("Choose one of the list, or say that it is new here.")
        yield error("organisation-unknown", "organisation", message, hint)


def _taken(email: str) -> Fault:
    message = worded("There is an account of %(value)s already.", value=email)
    return error("email-taken", "email", message, "Find it in the list: a closed one can be opened again.")
