"""Search the registry for publishers."""

import httpx2

from app.services.download_file import open_client
from app.services.find_publisher_files import Publisher, find_publishers
from app.settings import settings

SEARCH_SECONDS = 10


def search_publishers(words: str) -> list[Publisher]:
    """The publishers whose name or identifier holds all of the words. Raises AddressRefused."""
    with open_client(settings().fetch_private) as client:
        client.timeout = httpx2.Timeout(SEARCH_SECONDS)
        return find_publishers(client, settings().registry, words)
