"""Import files that came over the network."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from app import database
from app.errors import InvalidInput, NotAllowed, Refused
from app.queries import imports
from app.queries.heading_profiles import get_answers
from app.rules.permissions import ADMIN, Viewer, may_import
from app.services.import_portfolio import ImportRequest, ImportResult, Mode, import_portfolio
from app.settings import settings
from importers.base import Source

UPLOAD_LIMIT = 100 * 10**6  # bytes
NAME_SHOWN = 120


class UploadTooLarge(Refused):
    code = "upload-too-large"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it arrives: the name that its owner knows it by, and its bytes to read once."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class UploadChoices:
    """What the sender chose; `owner` (a reference) is for admins only, all others import as their own."""

    owner: str = ""
    mode: Mode = "update"
    keep_good: bool = False
    preview: bool = True


def import_upload(viewer: Viewer, uploads: Sequence[Upload], choices: UploadChoices) -> ImportResult:
    """Import the uploads in one go; the copies on disk are gone afterwards.

    Raises NotAllowed, InvalidInput, UploadTooLarge.
    """
    if not may_import(viewer):
        raise NotAllowed("Your role lets you read but not import. Ask an editor of your organisation.")
    owner, answers = _owner_and_answers(viewer, choices.owner)
    with _stored(uploads, answers) as sources:
        return import_portfolio(ImportRequest(
            sources, owner, mode=choices.mode, preview=choices.preview, keep_good=choices.keep_good,
            user_id=viewer.user_id,
        ))  # fmt: skip


def _owner_and_answers(viewer: Viewer, chosen: str) -> tuple[str | None, dict[str, Any]]:
    """Who the import is for, and what it answered about its files before."""
    with database.read() as connection:
        own = imports.organisation_ref(connection, viewer.organisation_id)
        owner = chosen.strip() or own
        if owner != own and viewer.role != ADMIN:
            raise NotAllowed("You can import for your own organisation only.")
        return owner, get_answers(connection, owner) if owner else {}


@contextmanager
def _stored(uploads: Sequence[Upload], answers: dict[str, Any]) -> Iterator[list[Source]]:
    folder = settings().data_dir / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    if not uploads:
        raise InvalidInput("Choose at least one file.")
    with TemporaryDirectory(dir=folder) as place:
        yield [_store(upload, Path(place) / str(number), answers) for number, upload in enumerate(uploads)]


def _store(upload: Upload, path: Path, answers: dict[str, Any]) -> Source:
    with path.open("wb") as out:
        shutil.copyfileobj(upload.stream, out, 1 << 20)
        if out.tell() > UPLOAD_LIMIT:
            raise UploadTooLarge(f"“{upload.name}” is larger than {UPLOAD_LIMIT // 10**6} MB: use `tessera import`.")
    # Browsers of some systems send the whole path; a name is shown, never used as a path.
    name = PurePosixPath(upload.name.replace("\\", "/").replace("\x00", "")).name
    return Source(path, name[:NAME_SHOWN] or "upload", answers)
