"""IATI files that are not what they should be: each is refused or asked about, with place and remedy."""

import codecs
from pathlib import Path

import pytest

from app.errors import FileRefused
from app.models.read_record import read_record
from importers.base import Source
from importers.iati_xml import IatiXml
from tests.importers.iati_texts import ACCENTED, END, HEAD, one, read, refusal

ONE = HEAD + one("A") + END
REFUSED: dict[str, tuple[str | bytes, str, int | None]] = {
    "nothing": (b"", "file-empty", 1),
    "blanks": (" \n \n", "file-empty", 1),
    "text": ("Dear colleagues,\n", "not-xml", 1),
    "no activities": (HEAD + END, "no-activities", 1),
    "no activities, closed root": ('<?xml version="1.0"?>\n<iati-activities version="2.03"/>', "no-activities", 1),
    "another namespace": ('<iati-activities xmlns="urn:x">' + one("A") + END, "no-activities", 1),
    "organisation file": ('<iati-organisations version="2.03"></iati-organisations>', "organisation-file", 1),
    "another root": ("<?xml version='1.0'?>\n<rss><channel/></rss>", "not-iati", 1),
    "an activity alone": (one("A"), "not-iati", 1),
    "a prefixed root": ('<i:iati-activities xmlns:i="urn:i"/>', "not-iati", 1),
    "cut off in a tag": (HEAD + one("A") + "<iati-activity>\n<iati-ident", "xml-broken", 6),
    "cut off in an activity": (HEAD + one("A") + "<iati-activity>\n", "xml-broken", 6),
    "cut off behind an activity": (HEAD + one("A"), "xml-broken", 5),
    "cut off in the root": ('<iati-activities version="2.03"', "not-xml", 1),
    "tags that do not match": (HEAD + one("A") + one("B", "<x></y>") + END, "xml-broken", 7),
    "two roots": (ONE + ONE, "xml-broken", 6),
    "no name for an entity": (HEAD + one("A") + one("B", "<x>&nbsp;</x>") + END, "xml-broken", 7),
    "a control character": (HEAD + one("A", "<x>\x01</x>") + END, "xml-broken", 4),
    "doctype": ("<?xml version='1.0'?>\n<!-- x -->\n<!DOCTYPE iati-activities>\n" + ONE, "dtd-refused", 3),
    "doctype in small letters": ("<!doctype x>" + ONE, "dtd-refused", 1),
    "doctype within": (HEAD + "<!DOCTYPE x []>\n" + one("A") + END, "xml-broken", 2),
    "latin-1 that is not declared": (HEAD.encode() + one("A", "<x>\xe9</x>").encode("latin-1") + END.encode(), "encoding-wrong", 4),
    "not in the encoding declared": (b'<?xml version="1.0" encoding="ascii"?>\n' + ACCENTED.encode("latin-1", "ignore"),
                                     "encoding-wrong", 4),
    "half of a character": (codecs.BOM_UTF16_LE + ACCENTED.encode("utf-16-le").replace(b"\xc9\0", b"\0\xd8"), "encoding-wrong", None),
    "an encoding nobody knows": ('<?xml version="1.0" encoding="klingon"?>\n' + ONE, "encoding-unknown", 1),
    "an encoding that is a compression": ('<?xml version="1.0" encoding="zip"?>\n' + ONE, "encoding-unknown", 1),
    "too deep for 1.x": ('<iati-activities version="1.03">\n' + one("A", "<x>" * 1500 + "</x>" * 1500) + END, "xml-too-deep", 2),
    "deeper than any parser goes": (HEAD + one("A", "<x>" * 90_000 + "</x>" * 90_000) + END, "xml-broken", 4),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(tmp_path: Path, name: str) -> None:
    content, code, line = REFUSED[name]
    issue = refusal(content, tmp_path)
    assert (issue.code, issue.line) == (code, line)


def test_what_stands_before_a_break_was_whole(tmp_path: Path) -> None:
    path = tmp_path / "file.xml"
    path.write_text(HEAD + one("A") + one("B") + "<iati-activity>")
    found = []
    with pytest.raises(FileRefused):  # noqa: PT012 (what came before the break counts)
        for reported in IatiXml().read([Source(path, path.name)]):
            found.append(read_record(reported).identifier)  # noqa: PERF401 (the loop breaks off)
    assert found == ["A", "B"]


BOMB = """<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
"""
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "{}"><!ENTITY % p SYSTEM "{}"> %p;]>\n'


def test_entities_never_come_to_be(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    for head in (
        BOMB,
        OUTSIDE.format(secret.as_uri(), secret.as_uri()),
        OUTSIDE.format("file:///etc/passwd", "http://[::1]/x"),
    ):
        issue = refusal(head + HEAD + one("A", "<title><narrative>&a;&c;</narrative></title>") + END, tmp_path)
        assert issue.code == "dtd-refused"
        assert "secret" not in str(issue)


# --- values that are not what they should be -------------------------------------------------


def _flow(**said: str) -> str:
    given = {"type": "3", "date": "2020-01-01", "currency": "USD", "value": "5", **said}
    return (
        f'<transaction><transaction-type code="{given["type"]}"/><transaction-date iso-date="{given["date"]}"/>'
        f'<value currency="{given["currency"]}" value-date="2020-01-01">{given["value"]}</value></transaction>'
    )


VALUES = {
    "amount": (_flow(value="12,5OO"), "error", "amount-unreadable", "12,5OO"),
    "amount with spaces": (_flow(value="1 250"), "error", "amount-unreadable", "1 250"),
    "no amount": (_flow(value=""), "error", "amount-unreadable", ""),
    "infinite amount": (_flow(value="INF"), "error", "amount-unreadable", "INF"),
    "amount beyond all measure": (_flow(value="1e99"), "error", "amount-unreadable", "1e99"),
    "currency": (_flow(currency="EURO"), "error", "currency-unknown", "EURO"),
    "no currency": (_flow(currency=""), "warning", "currency-missing", None),
    "date": (_flow(date="31/02/2019"), "error", "date-unreadable", "31/02/2019"),
    "no type": (_flow(type=""), "warning", "type-missing", None),
    "no value": ('<transaction><transaction-type code="2"/><transaction-date iso-date="2020-01-01"/></transaction>',
                 "warning", "amount-missing", None),
    "no date": ('<transaction><transaction-type code="2"/><value currency="USD">1</value></transaction>',
                "warning", "date-missing", None),
    "period": ('<budget><period-start iso-date="2020-02-01"/><period-end iso-date="2020-01-01"/><value currency="USD">1</value>'
               "</budget>", "warning", "period-backwards", "2020-01-01"),
    "percentage": ('<recipient-country code="KH" percentage="half"/>', "warning", "percentage-unreadable", "half"),
    "percentages": ('<sector code="15160" percentage="100"/><sector code="11220" percentage="30"/>',
                    "warning", "percentages-rebased", "130"),
    "place": ('<recipient-country code="XZ"/>', "warning", "place-unknown", "XZ"),
    "sector": ('<sector code="15999"/>', "warning", "sector-unknown", "15999"),
    "identifier": ("<iati-identifier>  </iati-identifier>", "error", "identifier-missing", None),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_values_become_questions_with_their_line(tmp_path: Path, name: str) -> None:
    part, level, code, value = VALUES[name]
    [record] = read(HEAD + "\n" * 4 + one("A", "<note/>", part) + END, tmp_path)
    [issue] = record.issues
    assert (issue.level, issue.code, issue.value) == (level, code, value)
    assert issue.line == (9 if "<transaction" in part or "<budget" in part else 6)
    assert all(flow.value is None or flow.value in (1, 5) for flow in record.flows)
