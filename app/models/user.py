"""People and their sign-ins."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.models.columns import primary_id, references


class User(SQLModel, table=True):
    """One person, of one organisation. `role`: reader, editor, admin. With `closed_at` nobody gets in any more."""

    __tablename__ = "user_account"
    id: int = primary_id()
    email: str = Field(unique=True)
    name: str = ""
    role: str
    organisation_id: int | None = references("organisation.id", nullable=True)
    password_hash: str
    locale: str = "en"
    created_at: datetime
    signed_in_at: datetime | None = None
    closed_at: datetime | None = None


class SignInSession(SQLModel, table=True):
    """A signed-in browser; `token_hash` is the SHA-256 of the cookie's value."""

    __tablename__ = "sign_in_session"
    token_hash: str = Field(primary_key=True)
    user_id: int = references("user_account.id", index=True)
    created_at: datetime
    expires_at: datetime


class SignInAttempt(SQLModel, table=True):
    """Failed sign-ins of one address or one e-mail in the running window."""

    __tablename__ = "sign_in_attempt"
    key: str = Field(primary_key=True)
    failures: int
    window_start: datetime


class ApiToken(SQLModel, table=True):
    """A token for scripts; only its SHA-256 is kept."""

    __tablename__ = "api_token"
    token_hash: str = Field(primary_key=True)
    user_id: int = references("user_account.id", index=True)
    created_at: datetime
