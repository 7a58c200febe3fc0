"""Files of an address or of a publisher, fetched and imported; what has not changed stays away."""

import json
from collections.abc import Iterator

import pytest

from app.cli import main
from app.errors import InvalidInput, NotFound
from app.services import download_file as downloads
from app.services import fetch_files as fetching
from app.services.discard_import import discard_import
from app.services.download_file import AddressRefused
from app.services.fetch_files import FetchRequest
from app.services.import_fetched import import_fetched
from app.services.undo_import import undo_import
from app.settings import SettingsError, read_settings
from tests.conftest import forget_settings
from tests.services import stored
from tests.services.iati_files import activity, iati
from tests.web_server import Web, package, serve_registry, web_server

REF, KEY, OWNER = "XX-1", "ministry", "XX-1"


def report(*identifiers: str) -> bytes:
    return iati(*(activity(identifier) for identifier in identifiers)).encode()


@pytest.fixture
def web(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A server that the settings let files be fetched from, and that is the registry too."""
    monkeypatch.setattr(downloads, "WAIT_SECONDS", 0)
    with web_server() as web:
        monkeypatch.setenv("TESSERA_FETCH_PRIVATE", "127.0.0.1/32")
        monkeypatch.setenv("TESSERA_REGISTRY", web.address)
        forget_settings()
        yield web


def imported(asked: FetchRequest) -> str:
    """State of the import; "same as N" where nothing was fetched."""
    result, fetched = import_fetched(asked)
    return result.state if result else f"same as {fetched.same_as}"


def test_a_file_is_fetched_and_imported_under_its_name(web: Web) -> None:
    assert imported(FetchRequest(web.add("/a/b.xml", report("P-1")), owner=OWNER)) == "committed"
    assert stored.titles() == {"P-1": "Safe schools"}
    assert stored.query("SELECT file_name FROM import_run") == [("b.xml",)]


def test_what_is_in_already_is_not_fetched_again(web: Web) -> None:
    asked = FetchRequest(web.add("/a.xml", report("P-1"), etag='"1"'), owner=OWNER)
    assert imported(asked) == "committed"
    assert imported(asked) == "same as 1"
    assert web.asked_for("If-None-Match") == ["", '"1"']
    web.add("/a.xml", report("P-1", "P-2"), etag='"2"')
    assert imported(asked) == "committed"
    assert len(stored.titles()) == 2


def test_it_is_fetched_again_where_that_import_does_not_stand_or_was_another(web: Web) -> None:
    asked = FetchRequest(web.add("/a.xml", report("P-1"), etag='"1"'), owner=OWNER)
    assert imported(asked) == "committed"
    for other in (FetchRequest(asked.address, owner="XX-2"), FetchRequest(asked.address, owner=OWNER, mode="replace")):
        assert imported(other) == "committed"
    undo_import(1)
    assert imported(FetchRequest(asked.address, owner=OWNER)) == "committed"
    result, _ = import_fetched(FetchRequest(asked.address, owner="XX-3"), preview=True)
    assert result is not None
    assert imported(FetchRequest(asked.address, owner="XX-3")) == f"same as {result.import_id}"
    discard_import(result.import_id)
    assert imported(FetchRequest(asked.address, owner="XX-3")) == "committed"


def test_a_file_that_was_refused_is_fetched_again(web: Web) -> None:
    asked = FetchRequest(web.add("/a.xml", b"<broken", etag='"1"'), owner=OWNER)
    assert [imported(asked), imported(asked)] == ["refused", "refused"]


# --- publishers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ref", [REF, KEY, f" {REF} "])
def test_all_activity_files_of_a_publisher_are_one_import(web: Web, ref: str) -> None:
    one, two = web.add("/one.xml", report("P-1")), web.add("/two.xml", report("P-2"))
    organisation = web.add("/organisation.xml", b"<iati-organisations/>")
    serve_registry(
        web, REF, KEY, package("a", one), package("b", two, one), package("o", organisation, kind="organisation")
    )
    assert imported(FetchRequest(publisher=ref, owner=OWNER)) == "committed"
    assert set(stored.titles()) == {"P-1", "P-2"}
    assert stored.query("SELECT file_name FROM import_run") == [("one.xml, two.xml",)]


def test_of_a_publisher_only_what_changed_is_fetched_but_all_of_it_to_replace(web: Web) -> None:
    one, two = web.add("/one.xml", report("P-1"), etag='"1"'), web.add("/two.xml", report("P-2"), etag='"2"')
    serve_registry(web, REF, KEY, package("a", one, two))
    asked = FetchRequest(publisher=REF, owner=OWNER)
    assert [imported(asked), imported(asked)] == ["committed", "same as 1"]
    web.add("/two.xml", report("P-2", "P-3"), etag='"3"')
    assert imported(asked) == "committed"
    assert stored.query("SELECT file_name FROM import_run ORDER BY id") == [("one.xml, two.xml",), ("two.xml",)]
    replacing = FetchRequest(publisher=REF, owner=OWNER, mode="replace")
    assert imported(replacing) == "committed"
    web.add("/two.xml", report("P-2"), etag='"4"')
    assert imported(replacing) == "committed"
    assert set(stored.titles()) == {"P-1", "P-2"}


def test_a_file_that_is_missing_stops_all_unless_the_good_ones_are_asked_for(web: Web) -> None:
    one = web.add("/one.xml", report("P-1"))
    serve_registry(web, REF, KEY, package("a", one, web.address + "/gone.xml", "http://10.0.0.1/private.xml"))
    with pytest.raises(AddressRefused, match=r"gone.xml answers 404.*public internet"):
        import_fetched(FetchRequest(publisher=REF, owner=OWNER))
    assert stored.titles() == {}
    result, fetched = import_fetched(FetchRequest(publisher=REF, owner=OWNER, keep_good=True))
    assert result is not None
    assert result.state == "committed"
    assert len(fetched.refusals) == 2


def test_files_that_are_too_large_together_are_refused(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "ALL_FILES_LIMIT", 1000)
    serve_registry(web, REF, KEY, package("a", *(web.add(f"/{number}.xml", report("P-1")) for number in range(9))))
    with pytest.raises(AddressRefused, match="together"):
        import_fetched(FetchRequest(publisher=REF, owner=OWNER))


def test_publishers_that_nobody_knows_and_registries_that_are_none(web: Web) -> None:
    serve_registry(web, REF, KEY, package("o", web.address + "/o.xml", kind="organisation"))
    with pytest.raises(NotFound, match="no file with its projects"):
        import_fetched(FetchRequest(publisher=REF))
    for ref in ("XX-9", "XX-1 OR *:*", "..", "*"):
        with pytest.raises(NotFound, match="knows no files"):
            import_fetched(FetchRequest(publisher=ref))
    for answer in (
        b"<html>",
        b"[]",
        b'{"result": {"results": 3}}',
        b'{"result": null}',
        b"{}",
        b'{"result": {"results": ["x"]}}',
    ):
        address = web.add("/other/package_search", answer).removesuffix("/package_search")
        with pytest.raises((AddressRefused, NotFound)):
            import_fetched(FetchRequest(publisher=REF, registry=address))
    with pytest.raises(AddressRefused, match="answers 404"):
        import_fetched(FetchRequest(publisher=REF, registry=web.address + "/nothing"))
    with pytest.raises(AddressRefused, match="public internet"):
        import_fetched(FetchRequest(publisher=REF, registry="http://127.0.0.2/"))


def test_one_of_the_two_is_asked_for(web: Web) -> None:
    for asked in (FetchRequest(), FetchRequest(web.address, REF)):
        with pytest.raises(InvalidInput, match="one of the two"):
            import_fetched(asked)


# --- the command ----------------------------------------------------------------------------------


def test_the_command(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    address = web.add("/a.xml", report("P-1"), etag='"1"')
    assert main(["fetch", address, "--as", OWNER, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["state"], document["new"]) == ("committed", 1)
    assert main(["fetch", address, "--as", OWNER, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"import_id": 1, "state": "not-modified"}
    assert main(["fetch", address, "--as", OWNER]) == 0
    assert "not modified: import 1" in capsys.readouterr().out


def test_the_command_by_publisher(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    serve_registry(web, REF, KEY, package("a", web.add("/one.xml", report("P-1")), web.address + "/gone.xml"))
    command = ["fetch", "--publisher", REF, "--registry", web.address, "--as", OWNER]
    assert main(command) == 1
    assert "gone.xml answers 404" in capsys.readouterr().err
    assert main([*command, "--keep-good", "--preview"]) == 0
    told = capsys.readouterr()
    assert "left out:" in told.err
    assert "previewed" in told.out


def test_the_command_says_what_it_needs(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch"]) == 2
    assert main(["fetch", web.address, "--publisher", REF]) == 2
    assert main(["fetch", "ftp://example.org/a.xml"]) == 1
    assert main(["fetch", "http://127.0.0.2/a.xml"]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_the_setting_that_opens_networks_is_read_whole_or_refused() -> None:
    opened = read_settings({"TESSERA_FETCH_PRIVATE": "10.1.2.0/24, fd00::/64"}).fetch_private
    assert [str(network) for network in opened] == ["10.1.2.0/24", "fd00::/64"]
    assert read_settings({}).fetch_private == ()
    with pytest.raises(SettingsError, match="Write networks such as"):
        read_settings({"TESSERA_FETCH_PRIVATE": "intranet"})
