"""Accounts and the log of what people did, as admins see them."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, or_, select, update
from sqlalchemy.sql.functions import coalesce

from app.errors import NotAllowed, NotFound
from app.queries.audit import AUDIT
from app.queries.organisations import ORGANISATION
from app.queries.users import IS_OPEN, SESSION, TOKEN, USER
from app.rules.permissions import Viewer, may_keep_accounts

_TOKENS = select(func.count()).where(TOKEN.c.user_id == USER.c.id).scalar_subquery()
_REF, _NAME = coalesce(ORGANISATION.c.ref, ""), coalesce(ORGANISATION.c.name, "")
_ROW = (
    USER.c.id, USER.c.email, USER.c.name, USER.c.role, USER.c.created_at, USER.c.signed_in_at, USER.c.closed_at,
    _REF.label("ref"), _NAME.label("organisation"), _TOKENS.label("tokens"),
)  # fmt: skip


def check_keeper(viewer: Viewer) -> None:
    """Raises NotAllowed for who is no admin."""
    if not may_keep_accounts(viewer):
        raise NotAllowed("Only admins keep accounts, read the log and see how the installation does.")


def accounts_visible_to(viewer: Viewer, *columns: ColumnElement[Any]) -> Select[Any]:
    """The one door to accounts. Raises NotAllowed for who is no admin."""
    check_keeper(viewer)
    with_organisations = USER.outerjoin(ORGANISATION, ORGANISATION.c.id == USER.c.organisation_id)
    return select(*columns).select_from(with_organisations)


def list_accounts(
    connection: Connection, viewer: Viewer, words: str = "", role: str = "", state: str = "",
    limit: int | None = None, offset: int = 0,
) -> tuple[list[Any], int]:  # fmt: skip
    """Accounts by address, and how many there are; `state`: open, closed or '' for both."""
    chosen = [
        or_(*(column.icontains(word, autoescape=True) for column in (USER.c.email, USER.c.name, _REF, _NAME)))
        for word in words.split()
    ]
    if role:
        chosen.append(USER.c.role == role)
    if state:
        chosen.append(IS_OPEN if state == "open" else ~IS_OPEN)
    found = accounts_visible_to(viewer, *_ROW).where(*chosen)
    rows = connection.execute(found.order_by(USER.c.email).limit(limit).offset(offset)).all()
    count = accounts_visible_to(viewer, func.count()).where(*chosen)
    return list(rows), int(connection.execute(count).scalar_one())


def get_account(connection: Connection, viewer: Viewer, number: int) -> Any:
    """One account. Raises NotFound, NotAllowed."""
    row = connection.execute(accounts_visible_to(viewer, *_ROW).where(USER.c.id == number)).one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    return row


def change_account(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(USER).where(USER.c.id == number).values(**values))


def delete_sign_ins(connection: Connection, number: int, *, tokens: bool) -> None:
    """End every session of a person, and with `tokens` every token for scripts."""
    for table in (SESSION, TOKEN) if tokens else (SESSION,):
        connection.execute(delete(table).where(table.c.user_id == number))


def list_entries(
    connection: Connection, viewer: Viewer, words: str = "", before: int | None = None, limit: int | None = None
) -> list[Any]:
    """Entries of the log, the newest first, older than the one numbered `before`; all `words` in one of their texts."""
    check_keeper(viewer)
    who = coalesce(USER.c.email, "")
    query = select(*AUDIT.c, who.label("who")).select_from(AUDIT.outerjoin(USER, USER.c.id == AUDIT.c.user_id))
    texts = (who, AUDIT.c.action, AUDIT.c.subject, AUDIT.c.detail)
    for word in words.split():
        query = query.where(or_(*(text.icontains(word, autoescape=True) for text in texts)))
    if before:
        query = query.where(AUDIT.c.id < before)
    return list(connection.execute(query.order_by(AUDIT.c.id.desc()).limit(limit)))
