"""Have files fetched and staged in the background."""

from dataclasses import asdict, replace

import httpx2

from app import database
from app.errors import InvalidInput, NotAllowed
from app.models.worded import worded
from app.queries.jobs import add_job
from app.rules.addresses import LONGEST, why_refused
from app.rules.permissions import Viewer, may_import
from app.services.download_file import AddressRefused
from app.services.fetch_files import FetchRequest
from app.services.import_upload import choose_owner
from app.services.queue_import import check_mode
from app.services.work_on_job import WAKE

FETCH = "fetch-files"  # the kind of the job


def start_fetch(viewer: Viewer, asked: FetchRequest) -> int:
    """Queue the fetching; the number of its job. What arrives becomes an import that waits for its confirmation.

    Raises NotAllowed, InvalidInput, AddressRefused.
    """
    may_fetch(viewer)
    check_mode(asked.mode, keep_good=asked.keep_good)
    if bool(asked.address.strip()) == bool(asked.publisher.strip()):
        raise InvalidInput("Give an address or a publisher, one of the two.")
    if asked.address.strip():
        _check_address(asked.address.strip())
    with database.write() as connection:
        owner = choose_owner(connection, viewer, asked.owner)
        # The registry is that of the settings: a page must not ask any server that somebody names one.
        request = asdict(replace(asked, owner=owner or "", registry=""))
        job = add_job(connection, FETCH, {**request, "user_id": viewer.user_id})
    WAKE.set()
    return job


def may_fetch(viewer: Viewer) -> None:
    """Raises NotAllowed for who may not import."""
    if not may_import(viewer):
        raise NotAllowed("Your role lets you read but not import. Ask an editor of your organisation.")


def _check_address(address: str) -> None:
    """Say at once what is wrong with an address, as far as it shows."""
    try:
        url = httpx2.URL(address) if len(address) <= LONGEST else None
    except httpx2.InvalidURL:
        url = None
    if url is None:
        raise AddressRefused(
            worded("“%(address)s” is no web address. Write it as https://example.org/file.xml.", address=address[:100])
        )
    if why := why_refused(url.scheme, url.host, bool(url.userinfo)):
        raise AddressRefused(why)
