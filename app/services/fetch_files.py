"""Fetch files from an address, or all files of a publisher, for an import."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from app import database
from app.errors import InvalidInput
from app.models.worded import worded
from app.queries.fetched_addresses import list_fetched, remember_fetched
from app.services.download_file import AddressRefused, Downloaded, Validators, download_file, open_client
from app.services.find_publisher_files import find_publisher_files
from app.services.import_portfolio import Mode
from app.services.import_upload import UPLOAD_LIMIT
from app.settings import settings

Say = Callable[[int, int], None]
ALL_FILES_LIMIT = 10 * UPLOAD_LIMIT
REFUSALS_TOLD = 10


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch: an address, or the files that a publisher has in a registry ('': that of the settings).

    `owner` and `mode` are those of the import that it is for: a file that stands in as such an import is
    not fetched again while its server says that it is the same.
    """

    address: str = ""
    publisher: str = ""
    registry: str = ""
    owner: str = ""
    mode: Mode = "update"
    keep_good: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """The files that arrived; `same_as`: the import that has them all already, where nothing is new;
    `refusals`: why files are missing, where the good ones were asked for."""

    files: list[Downloaded]
    same_as: int | None = None
    refusals: list[str] = field(default_factory=list)


def fetch_files(asked: FetchRequest, folder: Path, say: Say | None = None) -> Fetched:
    """Download into `folder`; `say` is told how many files of how many are done.

    Raises InvalidInput, NotFound, AddressRefused.
    """
    if bool(asked.address.strip()) == bool(asked.publisher.strip()):
        raise InvalidInput("Give an address or a publisher, one of the two.")
    with open_client(settings().fetch_private) as client:
        addresses = [asked.address.strip()]
        if asked.publisher.strip():
            addresses = find_publisher_files(client, asked.registry or settings().registry, asked.publisher)
        return _fetch_all(client, asked, addresses, folder, say)


def _fetch_all(
    client: httpx2.Client, asked: FetchRequest, addresses: Sequence[str], folder: Path, say: Say | None
) -> Fetched:
    with database.read() as connection:
        known = list_fetched(connection, addresses, asked.owner, asked.mode)
    round_ = _Round(client, folder, addresses, say)
    round_.fetch({address: Validators(row.etag, row.last_modified) for address, row in known.items()})
    if round_.same and not round_.files and not round_.refusals:
        return Fetched([], same_as=max(known[address].import_id for address in round_.same))
    if asked.mode == "replace" and round_.same:
        # What such a file lacks is archived: all of the portfolio has to be in it.
        round_.fetch({}, round_.same)
    if round_.refusals and not (asked.keep_good and round_.files):
        raise AddressRefused(" ".join(round_.refusals[:REFUSALS_TOLD]))
    return Fetched(round_.files, refusals=round_.refusals)


class _Round:
    """Downloads one after the other, and what became of each."""

    def __init__(self, client: httpx2.Client, folder: Path, addresses: Sequence[str], say: Say | None) -> None:
        self._client, self._folder, self._addresses, self._say = client, folder, addresses, say
        self.files: list[Downloaded] = []
        self.same: list[str] = []
        self.refusals: list[str] = []

    def fetch(self, known: dict[str, Validators], only: Sequence[str] | None = None) -> None:
        """Download all addresses, or `only` some; those in `known` unless they are as before."""
        self.same = []
        for number, address in enumerate(self._addresses):
            if self._say is not None:
                self._say(number, len(self._addresses))
            if only is None or address in only:
                self._fetch_one(address, self._folder / str(number), known.get(address))

    def _fetch_one(self, address: str, folder: Path, known: Validators | None) -> None:
        folder.mkdir(exist_ok=True)
        try:
            found = download_file(self._client, address, folder / "part", known)
        except AddressRefused as refusal:
            self.refusals.append(str(refusal))
            return
        if found is None:
            self.same.append(address)
            return
        # Each in a folder of its own: two publishers' files may be called the same.
        path = found.path.rename(folder / found.name)
        self.files.append(Downloaded(address, path, found.name, found.validators))
        if sum(file.path.stat().st_size for file in self.files) > ALL_FILES_LIMIT:
            raise AddressRefused(
                worded(
                    "The files are larger than %(count)s MB together: fetch them singly.",
                    count=ALL_FILES_LIMIT // 10**6,
                )
            )


def remember_files(owner: str, import_id: int, files: Sequence[Downloaded]) -> None:
    """Keep what the servers said of these files, which are now in this import."""
    with database.write() as connection:
        answers = [(file.address, file.validators.etag, file.validators.last_modified) for file in files]
        remember_fetched(connection, owner, import_id, answers)
