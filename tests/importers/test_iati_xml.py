"""IATI activity XML: what is read and where it stands, whatever the file looks like and however large it is."""

import codecs
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest
from lxml import etree

from app.models.record import ActivityRecord, AreaTag, Flow, Part, Party
from importers import ahead, iati_xml
from tests.importers.iati_texts import ACCENTED, END, HEAD, identifiers, one, read, read_path, refusal

RICH = Path(__file__).parent.parent / "exports" / "files" / "rich.xml"

# --- what is read ----------------------------------------------------------------------------

SAMPLE = """<?xml version="1.0" encoding="UTF-8"?>
<iati-activities version="2.03" xmlns:tessera="https://tessera.example/ns/iati">
<iati-activity xml:lang="EN" default-currency="eur" last-updated-datetime="2024-05-01T12:30:00Z" hierarchy="2">
  <iati-identifier> XX-1-SAMPLE
  </iati-identifier>
  <reporting-org ref="XX-1" type="10" secondary-reporter="1"><narrative>River Agency</narrative></reporting-org>
  <title><narrative>Safe schools</narrative><narrative xml:lang="fr">Écoles sûres</narrative></title>
  <description type="1"><narrative xml:lang="es">Escuelas</narrative><narrative> </narrative></description>
  <description type="2"><narrative>Aims &amp; means</narrative></description>
  <participating-org ref="XX-9" type="15" role="1"><narrative>Fund</narrative></participating-org>
  <participating-org role="4"><narrative>Local Trust</narrative><narrative xml:lang="fr">Fonds</narrative></participating-org>
  <participating-org role="2"/>
  <activity-status code="2"/>
  <activity-date type="1" iso-date="2020-01-01"/><activity-date type="2" iso-date="2020-02-15Z"/>
  <activity-date type="3" iso-date="2021-12-31T00:00:00+02:00"/>
  <recipient-country code="kh" percentage="60"/><recipient-country code="LA" percentage="25.5"/>
  <recipient-region code="798" percentage="14.5"/><recipient-region code="A1" vocabulary="99"/>
  <sector code="15160" percentage="70"/><sector code="11220" vocabulary="1" percentage="30"/>
  <sector code="151" vocabulary="2"/><sector code="CP" vocabulary="99" percentage="100 %"/>
  <tag vocabulary="3" code="16.2"/>
  <tag vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/florence-2008" code="N3" tessera:share="60"/>
  <tag vocabulary="99" vocabulary-uri="https://other.example/frameworks/rome-2012/" code="R1" tessera:state="suggested"
       tessera:source="suggestion" tessera:confidence="0.8" tessera:evidence="law"/>
  <tag vocabulary="99" vocabulary-uri="https://other.example/themes" code="T"/>
  <budget type="2"><period-start iso-date="2020-01-01"/><period-end iso-date="2020-12-31"/><value>1000</value></budget>
  <budget><period-start iso-date="2021-01-01"/><value currency="USD" value-date="2021-01-02"> 7.25 </value></budget>
  <planned-disbursement><period-start iso-date="2021-07-01"/><period-end iso-date="2021-09-30"/>
    <value value-date="2021-07-01">90</value><provider-org ref="XX-1"/></planned-disbursement>
  <transaction><transaction-type code="2"/><transaction-date iso-date="2020-03-01"/>
    <value currency="GBP" value-date="2020-03-02">250000.00</value>
    <provider-org ref="XX-9" type="15" provider-activity-id="XX-9-BASIN"><narrative>Fund</narrative></provider-org>
    <receiver-org receiver-activity-id="XX-5-7"><narrative>Local Trust</narrative></receiver-org>
    <sector code="15160"/><recipient-country code="KH"/><recipient-region code="798" vocabulary="1"/></transaction>
  <transaction><transaction-type code="4"/><value value-date="2020-05-20">-1.5e3</value></transaction>
  <related-activity ref="XX-1-BASIN" type="1"/>
  <x:unit xmlns:x="urn:x"><title><narrative>no title</narrative></title></x:unit>
</iati-activity>
</iati-activities>
"""


def test_everything_that_is_used_is_read(tmp_path: Path) -> None:
    [record] = read(SAMPLE, tmp_path)
    lines = {number for number, line in enumerate(SAMPLE.splitlines(), 1)}
    assert int(record.place) in lines
    fund, trust = Party("XX-9", "Fund", "15"), Party("", "Local Trust", "")
    assert replace(record, xml=b"", issues=[], flows=[]) == ActivityRecord(
        xml=b"",
        place="3",
        identifier="XX-1-SAMPLE",
        reporter=Party("XX-1", "River Agency", "10"),
        secondary=True,
        hierarchy=2,
        last_updated="2024-05-01T12:30:00Z",
        language="en",
        currency="EUR",
        titles=[("en", "Safe schools"), ("fr", "Écoles sûres")],
        descriptions=[("es", "Escuelas"), ("en", "Aims & means")],
        status="2",
        dates={"1": date(2020, 1, 1), "2": date(2020, 2, 15), "3": date(2021, 12, 31)},
        organisations=[("1", fund), ("4", trust)],
        countries=[
            Part("KH", Decimal(60)),
            Part("LA", Decimal("25.5")),
            Part("798", Decimal("14.5")),
            Part("99-A1", None, "99"),
        ],
        sectors=[
            Part("15160", Decimal(70), "1"),
            Part("11220", Decimal(30), "1"),
            Part("151", None, "2"),
            Part("CP", Decimal(100), "99"),
        ],
        related=[("1", "XX-1-BASIN")],
        areas=[
            AreaTag("florence-2008", "N3", Decimal(60)),
            AreaTag("rome-2012", "R1", None, "suggested", "suggestion", "0.8", "law"),
        ],
    )
    assert record.flows == [
        Flow("budget-revised", date(2020, 1, 1), date(2020, 12, 31), Decimal(1000), "EUR", None, place="25"),
        Flow("budget", date(2021, 1, 1), None, Decimal("7.25"), "USD", date(2021, 1, 2), place="26"),
        Flow(
            "planned", date(2021, 7, 1), date(2021, 9, 30), Decimal(90), "EUR", date(2021, 7, 1),
            provider=Party("XX-1", ""), place="27",
        ),
        Flow(
            "2", date(2020, 3, 1), None, Decimal("250000.00"), "GBP", date(2020, 3, 2), fund, "XX-9-BASIN",
            trust, "XX-5-7", (Part("KH", None), Part("798", None)), (Part("15160", None, "1"),), "29",
        ),
        Flow("4", date(2020, 5, 20), None, Decimal(-1500), "EUR", date(2020, 5, 20), place="34"),
    ]  # fmt: skip
    assert [(issue.level, issue.code, issue.line) for issue in record.issues] == [("info", "percentages-missing", 3)]


def test_the_record_is_the_element_as_it_was(tmp_path: Path) -> None:
    """Unknown elements and the namespaces that the root declares included."""
    path = tmp_path / "rich.xml"
    path.write_bytes(RICH.read_bytes())
    source = [child for child in etree.parse(str(RICH)).getroot() if child.tag == "iati-activity"]
    kept = [etree.fromstring(record.xml) for record in read_path(path)]
    assert [_tree(element) for element in kept] == [_tree(element) for element in source]
    assert kept[0].nsmap["acme"] == "https://acme.example/ns"


def _tree(element: etree._Element) -> object:
    inner = [_tree(child) for child in element if isinstance(child.tag, str)]
    return element.tag, sorted(element.items()), (element.text or "").strip(), inner


@pytest.mark.parametrize("version", ["1.01", "1.02", "1.03", "1.04", "1.05", "1", " 1.05 ", None])
def test_version_1_is_read_in_the_shape_of_2_03(tmp_path: Path, version: str | None) -> None:
    said = "" if version is None else f' version="{version}"'
    [record] = read(f"""<iati-activities{said}>
    <iati-activity default-currency="GBP"><iati-identifier>GB-1</iati-identifier>
    <reporting-org ref="GB-1" type="10">Mill Fund</reporting-org><title>Water</title>
    <participating-org role="Funding" ref="GB-1">Mill Fund</participating-org>
    <activity-date type="start-planned">2011-03-31</activity-date><sector code="14030" vocabulary="DAC">Water</sector>
    <transaction><transaction-type code="D"/><value value-date="2011-05-01">5</value></transaction>
    </iati-activity></iati-activities>""", tmp_path)  # fmt: skip
    assert (record.title, record.reporter) == ("Water", Party("GB-1", "Mill Fund", "10"))
    assert (record.organisations, record.dates) == ([("1", Party("GB-1", "Mill Fund"))], {"1": date(2011, 3, 31)})
    assert (record.sectors, record.flows[0].kind) == ([Part("14030", None, "1")], "3")
    assert (record.place, record.flows[0].place) == ("2", "6")


@pytest.mark.parametrize("version", ["2.01", "2.02", "2.03", None])
def test_version_2_stays_as_it_is(tmp_path: Path, version: str | None) -> None:
    said = "" if version is None else f'version="{version}"'
    [record] = read(SAMPLE.replace('version="2.03"', said), tmp_path)
    [plain] = read(SAMPLE, tmp_path)
    assert replace(record, xml=b"") == replace(plain, xml=b"")


# --- what a file may look like ---------------------------------------------------------------

ENCODINGS = {
    "utf-8": ACCENTED.encode(),
    "utf-8 with mark": codecs.BOM_UTF8 + ACCENTED.encode(),
    "utf-8 declared": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + ACCENTED.encode(),
    "utf-16, little end first": codecs.BOM_UTF16_LE + ACCENTED.encode("utf-16-le"),
    "utf-16, big end first": codecs.BOM_UTF16_BE
    + ('<?xml version="1.0" encoding="UTF-16"?>' + ACCENTED).encode("utf-16-be"),
    "utf-16 said, utf-8 meant": b'<?xml version="1.0" encoding="utf-16"?>' + ACCENTED.encode(),
    "windows-1252": b"<?xml version='1.0' encoding='windows-1252'?>" + ACCENTED.encode("windows-1252"),
    "latin-1": b'<?xml version="1.0" encoding="ISO-8859-15"?>' + ACCENTED.encode("iso-8859-15", "xmlcharrefreplace"),
    "line ends of Windows": ACCENTED.replace("\n", "\r\n").encode(),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_encodings(tmp_path: Path, name: str) -> None:
    [record] = read(ENCODINGS[name], tmp_path)
    assert (record.identifier, record.title, record.place) == ("É", "Écoles “sûres” €", "2")


def test_comments_and_instructions_around_the_root(tmp_path: Path) -> None:
    text = f"<!-- a\nb --><?go on?>\n\n{HEAD}<!-- c -->\n{one('A')}<?stop?>{END}<!-- d -->"
    [record] = read(text, tmp_path)
    assert (record.identifier, record.place) == ("A", "6")


def test_a_root_over_several_lines(tmp_path: Path) -> None:
    [record] = read(f'<iati-activities\n  version="2.03"\n  note="a > b"\n>\n{one("A")}{END}', tmp_path)
    assert (record.identifier, record.place) == ("A", "5")


def test_an_activity_within_an_activity_is_part_of_it(tmp_path: Path) -> None:
    records = read(HEAD + one("A", one("B").strip()) + one("C") + END, tmp_path)
    assert identifiers(records) == ["A", "C"]
    assert b"<iati-identifier>B</iati-identifier>" in records[0].xml


NOT_AN_END = {
    "in a comment": "<!-- </iati-activity> -->",
    "in text": "<x><![CDATA[</iati-activity>]]></x>",
    "in an instruction": "<?x </iati-activity> ?>",
    "with a longer name": "<iati-activity-x></iati-activity-x>",
}


@pytest.mark.parametrize("name", NOT_AN_END)
def test_what_only_looks_like_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The file is cut there, the slice does not parse, and the rest is read another way with the same result."""
    text = HEAD + one("A") + one("B", NOT_AN_END[name]) + one("C", BAD_DATE) + one("D") + END
    expected = read(text.replace(NOT_AN_END[name], "<x/>"), tmp_path)
    for size in (40, 150, 1 << 19):
        monkeypatch.setattr(iati_xml, "SLICE", size)
        records = read(text, tmp_path)
        assert [replace(record, xml=b"") for record in records] == [replace(record, xml=b"") for record in expected]
        assert NOT_AN_END[name].strip("<>")[:3].encode() in records[1].xml or name != "with a longer name"


@pytest.mark.parametrize(
    "between",
    [
        "<!-- <iati-activity>none</iati-activity> -->", "<!-- <iati-activity -->", "<iati-activity-note/>",
        "<iati-activity-note>x</iati-activity-note>", "<iati-activity/>", "<?x <iati-activity> ?>", "  \n ",
    ],
)  # fmt: skip
def test_whatever_stands_between_activities_each_is_kept_as_it_was(tmp_path: Path, between: str) -> None:
    text = HEAD.replace(">", ' xmlns:acme="urn:acme">') + one("A", '<acme:x note="1 > 0"/>') + between
    text += one("B").replace("</iati-activity>", "</iati-activity\n >") + END
    records = [record for record in read(text, tmp_path) if record.identifier]
    source = [child for child in etree.fromstring(text) if child.tag == "iati-activity" and len(child)]
    assert [_tree(etree.fromstring(record.xml)) for record in records] == [_tree(element) for element in source]


BAD_DATE = '<activity-date type="1" iso-date="2019-02-31"/>'


@pytest.mark.parametrize("size", [200, 333, 1000])
def test_slices_of_any_size_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    text = SAMPLE.replace(
        "</iati-activities>", "".join(one(f"N{n}", BAD_DATE, "\n" * (n % 7)) for n in range(50)) + END
    )
    expected = read(text, tmp_path)
    monkeypatch.setattr(iati_xml, "SLICE", size)
    assert read(text, tmp_path) == expected
    lines = text.splitlines()
    assert all(lines[int(record.place) - 1].startswith("<iati-activity") for record in expected)
    assert [issue.line for record in expected[1:] for issue in record.issues] == [
        number for number, line in enumerate(lines, 1) if line == "<iati-activity>"
    ]


# --- large files -----------------------------------------------------------------------------


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Some megabytes, so several slices; the last activity has a date that is none."""
    path = tmp_path / "large.xml"
    filling = one("X", *["<note>not too little is written here</note>"] * 40)
    with path.open("w") as out:
        out.write(HEAD)
        for number in range(1200):
            out.write(filling.replace("X<", f"X{number}<", 1))
        out.write(one("LAST", BAD_DATE) + END)
    assert path.stat().st_size > 4 * iati_xml.SLICE
    return path


def _last_line(path: Path) -> int:
    return sum(1 for _ in path.open()) - 4


@pytest.mark.parametrize("is_ahead", [False, True])
def test_large_files_in_one_process_and_in_two(large: Path, monkeypatch: pytest.MonkeyPatch, is_ahead: bool) -> None:
    monkeypatch.setattr(iati_xml, "AHEAD_FROM", 0)
    monkeypatch.setattr(iati_xml, "can_run_ahead", lambda: is_ahead)
    records = read_path(large)
    assert identifiers(records) == [*(f"X{number}" for number in range(1200)), "LAST"]
    assert [issue.line for record in records for issue in record.issues] == [_last_line(large)]


@pytest.mark.parametrize("is_ahead", [False, True])
def test_a_break_in_a_later_slice_names_its_line(large: Path, monkeypatch: pytest.MonkeyPatch, is_ahead: bool) -> None:
    text = large.read_text()
    at = text.index("X1100<")
    monkeypatch.setattr(iati_xml, "AHEAD_FROM", 0)
    monkeypatch.setattr(iati_xml, "can_run_ahead", lambda: is_ahead)
    issue = refusal(text[:at] + "<" + text[at:], large.parent)
    assert (issue.code, issue.line) == ("xml-broken", text[:at].count("\n") + 1)


def _go_on() -> Iterator[int]:
    yield os.getpid()
    yield from range(10**9)


def _end_at_once() -> Iterator[int]:
    yield os.getpid()
    os.kill(os.getpid(), 9)


def test_a_reader_that_has_enough_ends_the_second_process() -> None:
    items = ahead.run_ahead(_go_on)
    child, *_ = islice(items, 5)
    items.close()  # type: ignore[attr-defined]
    assert child != os.getpid()
    assert not _is_running(child)


def test_a_killed_reader_leaves_no_process_behind(tmp_path: Path) -> None:
    """The second process must not wait for ever to be read."""
    reader = os.fork()
    note = tmp_path / "child"
    if not reader:
        items = ahead.run_ahead(lambda: iter([os.getpid(), *[b"x" * 100_000] * 1000]))
        note.write_text(str(next(items)))
        os.kill(os.getpid(), 9)
    os.waitpid(reader, 0)
    child = int(note.read_text())
    waited = time.monotonic() + 10
    while _is_running(child) and time.monotonic() < waited:
        time.sleep(0.02)
    assert not _is_running(child)


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_second_process_that_is_ended_from_outside_is_told() -> None:
    with pytest.raises(ChildProcessError):
        list(ahead.run_ahead(_end_at_once))


def _rest() -> Iterator[int]:
    yield 1
    time.sleep(0.3)
    yield 2


def test_a_second_process_that_keeps_one_waiting_says_so() -> None:
    pace = ahead.Pace()
    assert next(pace.has_more for _ in ahead.run_ahead(_rest, pace=pace)) is False


def test_with_other_threads_the_second_process_is_no_copy_of_this_one(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that another thread holds would stay closed in a copy for ever."""
    monkeypatch.setattr(iati_xml, "AHEAD_FROM", 0)
    monkeypatch.setattr(os, "fork", None)
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        assert len(read_path(large)) == 1201
    finally:
        stop.set()
        other.join()


def test_one_huge_activity(tmp_path: Path) -> None:
    """Larger than any slice, longer than the lines that a parser counts in 16 bits, its text over 10 MB."""
    payment = '<transaction>\n<transaction-type code="3"/><value currency="USD" value-date="2020-01-01">1</value></transaction>\n'
    story = f"<description><narrative>{'long ' * 2_200_000}</narrative></description>"
    record, last = read(HEAD + one("BIG", story, payment * 40_000) + one("LAST") + END, tmp_path)
    assert (len(record.flows), record.flows[0].place) == (40_000, "5")
    # Behind line 65,535 the parser knows an element's line by the first text in it: here a line's end.
    assert int(record.flows[-1].place) - 80_003 in (0, 1)
    assert int(last.place) - 80_007 in (0, 1)
    assert len(record.descriptions[0][1]) == 10_999_999
