"""What a registry (CKAN, as the IATI Registry is one) says about publishers and their files.

The registry of IATI answers few of CKAN's questions: `package_search` by `organization` or
`publisher_iati_id`, the value without quotation marks, and `organization_list`. No others are asked here.
"""

import json
import re
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import urlsplit

import httpx2

from app.codelists.reading import folded
from app.errors import NotFound
from app.models.worded import worded
from app.services.download_file import AddressRefused, open_following

PAGE = 1000
PAGES = 100
LARGEST_ANSWER = 20 * 10**6
PUBLISHERS_SHOWN = 50
_ACTIONS = "/api/3/action"
_SPECIAL = re.compile(r"([^\w.\-])")


@dataclass(frozen=True, slots=True)
class Publisher:
    """One publisher: its short name, its IATI identifier, what it is called, how many files it has."""

    key: str
    ref: str
    title: str
    files: int


def find_publisher_files(client: httpx2.Client, registry: str, ref: str) -> list[str]:
    """The addresses of a publisher's activity files; `ref` is its IATI identifier or its short name in the registry.

    Raises NotFound, AddressRefused.
    """
    # What means something to the search itself is taken literally.
    value = _SPECIAL.sub(r"\\\1", ref.strip())
    for field in ("publisher_iati_id", "organization"):
        asked = {"fq": f"{field}:{value}"}
        if packages := _objects(_ask_all(client, registry, "package_search", asked) if value else []):
            return _activity_files(packages, ref)
    raise NotFound(
        worded(
            "The registry knows no files of “%(ref)s”. Give the publisher's IATI identifier, such as XM-DAC-6-4.",
            ref=ref,
        )
    )


def find_publishers(client: httpx2.Client, registry: str, words: str) -> list[Publisher]:
    """The publishers whose name or identifier holds all of the words, by name. Raises AddressRefused."""
    wanted = folded(words).split()
    found = [_publisher(one) for one in _ask_all(client, registry, "organization_list", {"all_fields": "true"})]
    named = [one for one in found if all(word in folded(f"{one.title} {one.key} {one.ref}") for word in wanted)]
    return sorted(named, key=lambda one: folded(one.title))[:PUBLISHERS_SHOWN]


def _publisher(one: Any) -> Publisher:
    said = one if isinstance(one, dict) else {"name": str(one)}
    key, count = str(said.get("name") or ""), said.get("package_count")
    ref, title = (str(said.get(name) or "") for name in ("publisher_iati_id", "title"))
    return Publisher(key, ref, title or key, count if isinstance(count, int) else 0)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _activity_files(packages: list[dict[str, Any]], ref: str) -> list[str]:
    """Organisation files hold no projects."""
    addresses = [
        str(resource["url"]).strip()
        for package in packages
        if _file_type(package) != "organisation"
        for resource in _objects(package.get("resources"))
        if resource.get("url")
    ]
    if not addresses:
        raise NotFound(worded("The registry knows “%(ref)s”, but no file with its projects.", ref=ref))
    return list(dict.fromkeys(addresses))


def _file_type(package: dict[str, Any]) -> str:
    extras = {str(one.get("key")): one.get("value") for one in _objects(package.get("extras"))}
    return str(extras.get("filetype") or package.get("filetype") or "")


def _ask_all(client: httpx2.Client, registry: str, action: str, asked: dict[str, str]) -> list[Any]:
    """Every page of an answer."""
    is_search = action == "package_search"
    names = ("rows", "start") if is_search else ("limit", "offset")
    found: list[Any] = []
    for _ in range(PAGES):
        page = dict(zip(names, (str(PAGE), str(len(found))), strict=True))
        result = _ask(client, registry, action, {**asked, **page})
        rows = result.get("results") if is_search and isinstance(result, dict) else result
        if not isinstance(rows, list):
            raise _no_registry(registry)
        if not rows or rows == found[-len(rows) :]:
            break
        found += rows
        if isinstance(result, dict) and len(found) == result.get("count"):
            break
    return found


def _ask(client: httpx2.Client, registry: str, action: str, asked: dict[str, str]) -> Any:
    base = registry.rstrip("/")
    try:
        address = base if urlsplit(base).path else base + _ACTIONS
        url = httpx2.URL(f"{address}/{action}", params=asked)
        with open_following(client, str(url), {}) as response:
            if not response.is_success:
                raise AddressRefused(
                    worded(
                        "The registry %(registry)s answers %(status_code)s. Try again later.",
                        registry=registry,
                        status_code=response.status_code,
                    )
                )
            document = json.loads(_read(response))
    except (httpx2.InvalidURL, ValueError):
        raise _no_registry(registry) from None
    except httpx2.TransportError as error:
        raise AddressRefused(
            worded("The registry %(registry)s can't be reached. Try again later.", registry=registry)
        ) from error
    if not isinstance(document, dict) or "result" not in document:
        raise _no_registry(registry)
    return document["result"]


def _read(response: httpx2.Response) -> bytes:
    with SpooledTemporaryFile(max_size=LARGEST_ANSWER) as kept:
        for block in response.iter_bytes():
            kept.write(block)
            if kept.tell() > LARGEST_ANSWER:
                raise AddressRefused("The registry's answer is larger than any that it should give.")
        kept.seek(0)
        return kept.read()


def _no_registry(registry: str) -> AddressRefused:
    return AddressRefused(
        worded("%(registry)s does not answer as a registry (CKAN) does. Check its address.", registry=registry)
    )
