"""Uploads as pages make them, and the people who make them."""

from io import BytesIO

from app import database
from app.queries import imports, users
from app.rules.permissions import Viewer
from app.services.import_page import ChangesAsked, ImportPage
from app.services.import_upload import Upload, UploadChoices
from app.services.run_jobs import run_waiting_jobs
from app.services.show_import import show_import
from app.services.start_import import start_import


def person(email: str, role: str = "editor", ref: str | None = "XX-1") -> Viewer:
    """Somebody with an account."""
    with database.write() as connection:
        organisation = imports.organisation_id(connection, ref) if ref else None
        users.insert_user(connection, email=email, role=role, password_hash="-", organisation_id=organisation)
        return Viewer(users.find_user(connection, email).id, organisation, role, email)


def send(viewer: Viewer, content: str | bytes, name: str = "file.csv", **choices: object) -> int:
    """Upload one file; it waits for its staging."""
    data = content if isinstance(content, bytes) else content.encode()
    return start_import(viewer, [Upload(name, BytesIO(data))], UploadChoices(**choices))  # type: ignore[arg-type]


def stage(viewer: Viewer, content: str | bytes, name: str = "file.csv", **choices: object) -> int:
    """Upload one file and have it staged."""
    number = send(viewer, content, name, **choices)
    run_waiting_jobs()
    return number


def show(viewer: Viewer, import_id: int, kind: str = "", words: str = "", page: int = 1) -> ImportPage:
    with database.read() as connection:
        return show_import(connection, viewer, import_id, ChangesAsked(kind, words, page))
