"""The log of what people did."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from app.models.audit import AuditEntry

AUDIT = AuditEntry.__table__  # type: ignore[attr-defined]


def note_action(connection: Connection, user_id: int | None, action: str, subject: str, detail: str = "") -> None:
    """Log one action, in the transaction that carries it out; `user_id` None: the operator."""
    entry = {"user_id": user_id, "action": action, "subject": subject, "detail": detail, "at": datetime.now(UTC)}
    connection.execute(AUDIT.insert().values(**entry))
