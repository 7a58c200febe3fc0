"""Downloads from a server that breaks off, moves files, packs them, or leads where nobody may go."""

import gzip
import socket
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.services import download_file as downloads
from app.services.download_file import AddressRefused, Downloaded, Validators, download_file, open_client
from tests.web_server import Web, web_server

BODY = bytes(range(256)) * 400
ETAG = '"one"'
DAY = "Sun, 22 Nov 2026 10:00:00 GMT"
# The server of these tests alone; 127.0.0.2 and ::1 are as closed as on any machine.
OWN = [ip_network("127.0.0.1/32")]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "WAIT_SECONDS", 0)


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as web:
        yield web


def fetch(address: str, folder: Path, known: Validators | None = None, own: Any = OWN) -> Downloaded | None:
    with open_client(own) as client:
        return download_file(client, address, folder / "part", known)


def test_a_file_arrives_with_its_name_and_what_the_server_says_of_it(web: Web, tmp_path: Path) -> None:
    address = web.add("/data/activities.xml", BODY, etag=ETAG, modified=DAY)
    found = fetch(address, tmp_path)
    assert found == Downloaded(address, tmp_path / "part", "activities.xml", Validators(ETAG, DAY))
    assert (tmp_path / "part").read_bytes() == BODY


def test_a_transfer_that_breaks_off_goes_on_where_it_broke(web: Web, tmp_path: Path) -> None:
    address = web.add("/a.xml", BODY, etag=ETAG, breaks=[1000, 500])
    assert fetch(address, tmp_path)
    assert (tmp_path / "part").read_bytes() == BODY
    assert web.asked_for("Range") == ["", "bytes=1000-", "bytes=1500-"]
    assert web.asked_for("If-Range") == ["", ETAG, ETAG]


def test_a_weak_etag_is_no_ground_to_go_on(web: Web, tmp_path: Path) -> None:
    address = web.add("/a.xml", BODY, etag='W/"one"', modified=DAY, breaks=[1000])
    assert fetch(address, tmp_path)
    assert web.asked_for("If-Range") == ["", DAY]
    web.asked.clear()
    bare = web.add("/b.xml", BODY, breaks=[1000])
    assert fetch(bare, tmp_path)
    assert web.asked_for("Range") == ["", ""]
    assert (tmp_path / "part").read_bytes() == BODY


def test_a_file_that_changed_meanwhile_is_fetched_from_its_start(web: Web, tmp_path: Path) -> None:
    address = web.add("/a.xml", BODY, etag=ETAG, breaks=[1000])
    page = web.pages["/a.xml"]

    class Changing(list[int]):
        def pop(self, *_: Any) -> int:
            page.etag, page.body = '"two"', b"short"
            page.breaks = []
            return 1000

    page.breaks = Changing([1])
    found = fetch(address, tmp_path)
    assert found is not None
    assert found.validators.etag == '"two"'
    assert (tmp_path / "part").read_bytes() == b"short"


def test_a_server_without_ranges_sends_it_all_again(web: Web, tmp_path: Path) -> None:
    address = web.add("/a.xml", BODY, etag=ETAG, breaks=[1000], ranges=False)
    assert fetch(address, tmp_path)
    assert (tmp_path / "part").read_bytes() == BODY


def test_a_busy_server_is_asked_again_and_a_broken_one_given_up(web: Web, tmp_path: Path) -> None:
    assert fetch(web.add("/a.xml", BODY, statuses=[503, 429]), tmp_path)
    with pytest.raises(AddressRefused, match="answers 500"):
        fetch(web.add("/b.xml", BODY, statuses=[500] * 9), tmp_path)
    with pytest.raises(AddressRefused, match="broke off several times"):
        fetch(web.add("/c.xml", BODY, breaks=[0] * 9), tmp_path)


def test_a_page_that_is_not_there_is_said_once(web: Web, tmp_path: Path) -> None:
    with pytest.raises(AddressRefused, match=r"404 \(Not Found\)"):
        fetch(web.address + "/nothing", tmp_path)
    assert len(web.asked) == 1


def test_what_has_not_changed_does_not_come_again(web: Web, tmp_path: Path) -> None:
    address = web.add("/a.xml", BODY, etag=ETAG, modified=DAY)
    assert fetch(address, tmp_path, Validators(ETAG, "")) is None
    assert fetch(address, tmp_path, Validators("", DAY)) is None
    assert fetch(address, tmp_path, Validators('"zero"', "")) is not None


def test_packed_transfers_are_unpacked_and_can_go_on(web: Web, tmp_path: Path) -> None:
    address = web.add("/a.xml", BODY, etag=ETAG, packed=True, breaks=[100])
    assert fetch(address, tmp_path)
    assert (tmp_path / "part").read_bytes() == BODY
    assert web.asked_for("Range") == ["", "bytes=100-"]
    assert [path.name for path in tmp_path.iterdir()] == ["part"]


def test_a_bomb_is_not_unpacked(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "UPLOAD_LIMIT", 10**6)
    body = gzip.compress(bytes(10**8))
    assert len(body) < 10**6
    address = web.add("/a.xml", body, headers={"Content-Encoding": "gzip"})
    with pytest.raises(AddressRefused, match="larger than 1 MB"):
        fetch(address, tmp_path)
    assert (tmp_path / "part").stat().st_size < 1.2 * 10**6


def test_what_is_packed_in_an_unknown_or_broken_way_is_refused(web: Web, tmp_path: Path) -> None:
    with pytest.raises(AddressRefused, match=r"not known here \(br\)"):
        fetch(web.add("/a.xml", BODY, headers={"Content-Encoding": "br"}), tmp_path)
    with pytest.raises(AddressRefused, match="can't be unpacked"):
        fetch(web.add("/b.xml", gzip.compress(BODY)[:-20], headers={"Content-Encoding": "gzip"}), tmp_path)


def test_a_file_that_is_too_large_is_refused_before_it_comes(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "UPLOAD_LIMIT", 1000)
    with pytest.raises(AddressRefused, match="larger than"):
        fetch(web.add("/a.xml", BODY), tmp_path)
    assert not (tmp_path / "part").exists()


def test_a_file_without_a_length_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "UPLOAD_LIMIT", 200_000)
    sent = 0

    def endless(_: httpx2.Request) -> httpx2.Response:
        def blocks() -> Iterator[bytes]:
            nonlocal sent
            while True:
                sent += 10_000
                yield bytes(10_000)

        return httpx2.Response(200, content=blocks())

    with (
        httpx2.Client(transport=httpx2.MockTransport(endless)) as client,
        pytest.raises(AddressRefused, match="larger than"),
    ):
        download_file(client, "https://example.org/a.xml", tmp_path / "part")
    assert sent < 400_000


def test_a_drip_ends_at_the_time_limit(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "ALL_SECONDS", -1)
    with pytest.raises(AddressRefused, match="took longer"):
        fetch(web.add("/a.xml", BODY), tmp_path)


# --- where it may lead ------------------------------------------------------------------------


def test_redirects_are_followed(web: Web, tmp_path: Path) -> None:
    web.add("/new/b.xml", BODY)
    address = web.add("/a", headers={"Location": "/new/b.xml"}, statuses=[301])
    found = fetch(address, tmp_path)
    assert found is not None
    assert (found.address, found.name) == (address, "b.xml")


def test_redirects_in_a_circle_end(web: Web, tmp_path: Path) -> None:
    address = web.add("/a", headers={"Location": "/a"}, statuses=[302] * 50)
    with pytest.raises(AddressRefused, match="more than 5 times"):
        fetch(address, tmp_path)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/", "http://[::1]/", "http://[::ffff:127.0.0.2]/", "http://169.254.169.254/latest/meta-data/",
        "http://2130706434/", "http://0x7f.0.0.2/", "http://127.2/", "http://0.0.0.0/",
        "//127.0.0.2/", "http://10.0.0.1:8080/", "http://8.8.8.8:22/",
    ],
)  # fmt: skip
def test_a_redirect_into_the_own_network_is_refused(web: Web, tmp_path: Path, target: str) -> None:
    address = web.add("/a", headers={"Location": target}, statuses=[302])
    with pytest.raises(AddressRefused, match="no web server on the public internet"):
        fetch(address, tmp_path)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1:70/_"])
def test_a_redirect_to_something_else_than_the_web_is_refused(web: Web, tmp_path: Path, target: str) -> None:
    address = web.add("/a", headers={"Location": target}, statuses=[302])
    with pytest.raises(AddressRefused, match="begin with http"):
        fetch(address, tmp_path)


@pytest.mark.parametrize(
    "address",
    ["", "example.org/a.xml", "http://", "http:///a", "http://[::1", "https://exa mple.org/", "x" * 3000, "http://a\x00b/",
     "http://0177.0.0.2/", "http://user:secret@example.org/"],
)  # fmt: skip
def test_no_address_at_all_is_refused_with_a_sentence(tmp_path: Path, address: str) -> None:
    with pytest.raises(AddressRefused):
        fetch(address, tmp_path)


def looked_up(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Names resolve to these machines, one list after the other; the names that were looked up."""
    asked: list[str] = []
    left = list(answers)

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_the_machine_that_was_checked_is_the_one_that_is_asked(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers with another machine the second time (DNS rebinding) is not looked up a second time."""
    web.add("/a.xml", BODY)
    port = web.address.rpartition(":")[2]
    asked: list[str] = []
    plain = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **said: Any) -> Any:
        if host != "publisher.example":
            return plain(host, *arguments, **said)  # the connection's own look at a number
        asked.append(host)
        return plain("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *arguments, **said)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert fetch(f"http://publisher.example:{port}/a.xml", tmp_path)
    assert asked == ["publisher.example"]
    assert web.asked_for("Host") == [f"publisher.example:{port}"]


def test_one_closed_machine_among_those_of_a_name_closes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = looked_up(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(AddressRefused, match="no web server on the public internet"):
        fetch("https://mixed.example/a.xml", tmp_path)
    assert asked == ["mixed.example"]


def test_a_name_that_nobody_has_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(AddressRefused, match=r"no server called “nobody\.invalid”"):
        fetch("https://nobody.invalid/a.xml", tmp_path)


def test_nothing_of_the_own_network_without_leave(web: Web, tmp_path: Path) -> None:
    with pytest.raises(AddressRefused, match="no web server on the public internet"):
        fetch(web.add("/a.xml", BODY), tmp_path, own=[])
    assert web.asked == []
