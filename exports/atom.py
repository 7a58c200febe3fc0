"""A feed of news as Atom (RFC 4287)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news; `key` is its own for ever."""

    key: str
    title: str
    text: str
    address: str
    at: datetime


def feed_of(key: str, title: str, address: str, at: datetime, entries: Iterable[Entry]) -> bytes:
    """The whole feed; `at`: when it last changed."""
    names: dict[str | None, str] = {None: ATOM}
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap=names)  # type: ignore[arg-type]
    _add(feed, "id", key)
    _add(feed, "title", title)
    _add(feed, "updated", at.isoformat())
    etree.SubElement(_add(feed, "author", ""), f"{{{ATOM}}}name").text = "Tessera"
    _add(feed, "link", "", rel="self", href=address)
    for one in entries:
        entry = _add(feed, "entry", "")
        _add(entry, "id", one.key)
        _add(entry, "title", one.title)
        _add(entry, "updated", one.at.isoformat())
        _add(entry, "link", "", rel="alternate", href=one.address)
        _add(entry, "summary", one.text)
    return etree.tostring(feed, xml_declaration=True, encoding="utf-8")


def _add(parent: etree._Element, name: str, text: str, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    # XML has no control characters; a title that was typed may.
    child.text = "".join(letter for letter in text if letter >= " " or letter in "\n\t") or None
    return child
