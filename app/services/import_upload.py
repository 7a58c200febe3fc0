"""Import files that came over the network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import Connection

from app import database
from app.errors import InvalidInput, NotAllowed
from app.queries import imports
from app.queries.heading_profiles import DEFAULT, get_answers
from app.rules.permissions import ADMIN, Viewer, may_import
from app.services.import_portfolio import ImportRequest, ImportResult, Mode, import_portfolio
from app.services.keep_file import KeptFile, UploadTooLarge, keep_file
from app.services.preview_import import preview_import
from app.services.queue_import import ImportOrder, check_mode
from importers.base import Source

__all__ = [
    "UPLOAD_LIMIT", "Upload", "UploadChoices", "UploadTooLarge", "choose_owner", "import_upload", "order_upload",
]  # fmt: skip
UPLOAD_LIMIT = 100 * 10**6  # bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it arrives: the name that its owner knows it by, and its bytes to read once."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class UploadChoices:
    """What the sender chose; `owner` (a reference) is for admins only, all others import as their own. `mapping` is
    the name of the answers to read and to remember."""

    owner: str = ""
    mode: Mode = "update"
    keep_good: bool = False
    preview: bool = True
    mapping: str = ""


def import_upload(viewer: Viewer, uploads: Sequence[Upload], choices: UploadChoices) -> ImportResult:
    """Import the uploads in one go, and wait for what comes of it.

    Raises NotAllowed, InvalidInput, UploadTooLarge.
    """
    order = order_upload(viewer, uploads, choices)
    if choices.preview:
        return preview_import(order)
    with database.read() as connection:
        answers = get_answers(connection, order.owner, order.profile) if order.owner else {}
    sources = [Source(file.path, file.name, answers) for file in order.files]
    return import_portfolio(ImportRequest(
        sources, order.owner, mode=order.mode, keep_good=order.keep_good, user_id=viewer.user_id, files=order.files
    ))  # fmt: skip


def order_upload(viewer: Viewer, uploads: Sequence[Upload], choices: UploadChoices) -> ImportOrder:
    """Keep the files of somebody who may import, and say for whom. Raises NotAllowed, InvalidInput, UploadTooLarge."""
    if not may_import(viewer):
        raise NotAllowed("Your role lets you read but not import. Ask an editor of your organisation.")
    check_mode(choices.mode, keep_good=choices.keep_good)
    with database.read() as connection:
        owner = choose_owner(connection, viewer, choices.owner)
    files = _keep(uploads)
    return ImportOrder(
        files, owner, mode=choices.mode, keep_good=choices.keep_good, user_id=viewer.user_id,
        profile=choices.mapping.strip() or DEFAULT,
    )  # fmt: skip


def choose_owner(connection: Connection, viewer: Viewer, chosen: str) -> str | None:
    """Whose portfolio somebody changes: the own organisation's, or as an admin any. Raises NotAllowed."""
    own = imports.organisation_ref(connection, viewer.organisation_id)
    owner = chosen.strip() or own
    if owner != own and viewer.role != ADMIN:
        raise NotAllowed("You can import for your own organisation only.")
    return owner


def _keep(uploads: Sequence[Upload]) -> tuple[KeptFile, ...]:
    if not uploads:
        raise InvalidInput("Choose at least one file.")
    return tuple(keep_file(upload.stream, upload.name, UPLOAD_LIMIT) for upload in uploads)
