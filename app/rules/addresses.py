"""Which addresses may be fetched: pure decisions about an address and about the machine that it leads to.

A server that fetches what people ask for stands inside its own network. Without these rules it would
open its neighbours' pages, and the data of the machine itself, to whoever may write an address.
"""

import re
from collections.abc import Sequence
from email.message import Message
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from app.models.worded import phrase

Network = IPv4Network | IPv6Network
DEFAULT_PORTS = {"http": 80, "https": 443}
# Where web servers listen; other ports are those of mail, databases and the like.
WEB_PORTS = frozenset({80, 443, 8080, 8443})
LONGEST = 2000
LONGEST_NAME = 120
# Public by number, yet answered by the host's own provider with the machine's secrets (Azure).
_METADATA = frozenset({ip_address("168.63.129.16")})
# For protocols, not for servers (RFC 6890); Python calls some of it public. Oracle's machines find their secrets here.
_PROTOCOLS = IPv4Network("192.0.0.0/24")
# IPv6 addresses that lead to an IPv4 one, which then decides: NAT64 (RFC 6052) and IPv4-compatible ones.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*]+")


def why_refused(scheme: str, host: str, has_credentials: bool) -> str:
    """Why an address may not be fetched, wherever it leads; '' if it may."""
    if scheme not in DEFAULT_PORTS:
        return phrase("Only addresses that begin with http:// or https:// can be fetched.")
    if not host:
        return phrase("The address names no server. Write it as https://example.org/activities.xml.")
    if has_credentials:
        return phrase(
            "The address holds a user name or password. Passwords don't belong in addresses: download the file yourself."
        )
    return ""


def is_open(address: str, port: int, own: Sequence[Network] = ()) -> bool:
    """Whether a connection may go to this machine: a web server on the public internet, or anything in the
    networks that the operator has opened (`own`)."""
    found = ip_address(address.partition("%")[0])
    if any(found in network for network in own if network.version == found.version):
        return True
    return port in WEB_PORTS and is_public(found)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public internet, whatever it is wrapped in."""
    if inner := _inner(address):
        return is_public(inner)
    is_special = address.is_multicast or address.is_reserved or getattr(address, "is_site_local", False)
    is_special = is_special or address in _METADATA or (address.version == 4 and address in _PROTOCOLS)
    return address.is_global and not is_special


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, IPv4Address):
        return None
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def file_name_of(disposition: str, url: str) -> str:
    """The name to show for a fetched file: the server's own, else the last part of its address."""
    header = Message()
    header["Content-Disposition"] = disposition.replace("\r", " ").replace("\n", " ") or "attachment"
    given = header.get_filename() or unquote(urlsplit(url).path.rstrip("/"))
    name = PurePosixPath(given.replace("\\", "/")).name
    return _UNSAFE.sub("", name).strip(" .")[-LONGEST_NAME:] or "download"
