"""Fetch and import in one go: the operator's way."""

from pathlib import Path
from tempfile import TemporaryDirectory

from app.services.fetch_files import Fetched, FetchRequest, fetch_files, remember_files
from app.services.import_files import import_files
from app.services.import_portfolio import ImportResult
from app.settings import settings


def import_fetched(asked: FetchRequest, *, preview: bool = False) -> tuple[ImportResult | None, Fetched]:
    """Import what is fetched; no result where all of it is in already.

    Raises InvalidInput, NotFound, AddressRefused.
    """
    folder = settings().data_dir / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as place:
        fetched = fetch_files(asked, Path(place))
        if not fetched.files:
            return None, fetched
        result = import_files(
            [file.path for file in fetched.files], owner=asked.owner or None, mode=asked.mode, preview=preview,
            keep_good=asked.keep_good,
        )  # fmt: skip
    remember_files(asked.owner, result.import_id, fetched.files)
    return result, fetched
