"""Accounts and the log as pages and files show them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from exports.table import Table


def accounts_table(rows: Iterable[Any]) -> Table:
    headings = ("E-mail address", "Name", "Role", "Organisation", "Organisation name", "Added", "Last signed in", "Tokens",
                "Closed")  # fmt: skip
    cells = (
        (one.email, one.name, one.role, one.ref, one.organisation, _moment(one.created_at), _moment(one.signed_in_at),
         one.tokens, _moment(one.closed_at))
        for one in rows
    )  # fmt: skip
    return Table("Accounts", headings, cells, (30, 20, 8, 16, 30))


def account_as_json(row: Any) -> dict[str, Any]:
    return {
        "email": row.email, "name": row.name, "role": row.role, "organisation": row.ref or None,
        "added": _moment(row.created_at), "signed_in": _moment(row.signed_in_at), "tokens": row.tokens,
        "closed": _moment(row.closed_at),
    }  # fmt: skip


def log_table(rows: Iterable[Any]) -> Table:
    cells = ((_moment(one.at), one.who, one.action, one.subject, one.detail) for one in rows)
    return Table("Log", ("When (UTC)", "Who", "What", "On", "Detail"), cells, (22, 30, 22, 24, 60))


def entry_as_json(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "at": _moment(row.at), "by": row.who or None, "action": row.action, "subject": row.subject,
        "detail": row.detail,
    }  # fmt: skip


def _moment(at: datetime | None) -> str | None:
    return at.replace(tzinfo=UTC).isoformat(timespec="seconds") if at else None
