"""Which addresses may be fetched."""

from ipaddress import ip_address, ip_network

import pytest

from app.rules.addresses import file_name_of, is_open, is_public, why_refused

CLOSED = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.1.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.9.1",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.254",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "172.32.0.1",
    "192.1.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::",
    "2606:4700::1111",
]


@pytest.mark.parametrize("address", CLOSED)
def test_what_is_not_of_the_public_internet_is_closed(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not is_open(address, 443)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_open_to_the_web(address: str) -> None:
    assert is_public(ip_address(address))
    assert is_open(address, 443)


def test_only_web_ports_are_open() -> None:
    assert [port for port in (21, 22, 25, 80, 443, 3306, 5432, 6379, 8080, 8443, 9200) if is_open("8.8.8.8", port)] == [
        80, 443, 8080, 8443,
    ]  # fmt: skip


def test_a_zone_of_an_address_hides_nothing() -> None:
    assert not is_open("fe80::1%eth0", 80)


def test_what_the_operator_opened_is_open_and_nothing_beside_it() -> None:
    own = [ip_network("10.1.2.0/24"), ip_network("fd00::/64")]
    assert is_open("10.1.2.3", 9000, own)
    assert is_open("fd00::5", 80, own)
    assert not is_open("10.1.3.3", 80, own)
    assert not is_open("127.0.0.1", 80, own)


@pytest.mark.parametrize("scheme", ["", "file", "ftp", "gopher", "javascript", "data", "unix", "HTTP "])
def test_only_the_web_is_fetched(scheme: str) -> None:
    assert "http://" in why_refused(scheme, "example.org", has_credentials=False)


def test_passwords_and_nameless_servers_are_refused() -> None:
    assert "password" in why_refused("https", "example.org", has_credentials=True)
    assert "no server" in why_refused("https", "", has_credentials=False)
    assert why_refused("http", "example.org", has_credentials=False) == ""


@pytest.mark.parametrize(
    ("disposition", "url", "name"),
    [
        ("", "https://example.org/data/activities.xml?v=2#top", "activities.xml"),
        ("", "https://example.org/", "download"),
        ("", "https://example.org/..%2f..%2fetc%2fpasswd", "passwd"),
        ("", "https://example.org/..%5c..%5cwin.xml", "win.xml"),
        ("", "https://example.org/%2e%2e", "download"),
        ('attachment; filename="../../etc/cron.d/x"', "https://example.org/a", "x"),
        ('attachment; filename="C:\\\\Temp\\\\projets 2019.xlsx"', "https://example.org/a", "projets 2019.xlsx"),
        ("attachment; filename*=UTF-8''donn%C3%A9es.csv", "https://example.org/a", "données.csv"),
        ('attachment; filename="a\r\nSet-Cookie: b.csv"', "https://example.org/a", "a  Set-Cookie b.csv"),
        ('attachment; filename=".htaccess"', "https://example.org/a", "htaccess"),
        ("nonsense ;;; =", "https://example.org/a.xml", "a.xml"),
    ],
)
def test_names_of_files_are_names_only(disposition: str, url: str, name: str) -> None:
    assert file_name_of(disposition, url) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = file_name_of("", f"https://example.org/{'x' * 500}.xml")
    assert len(name) == 120
    assert name.endswith(".xml")
