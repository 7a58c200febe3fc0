"""A stored record can be read for its words alone: they are the same as in all of it."""

from pathlib import Path

from app.models.packed import pack_record, unpack_record
from app.models.read_record import read_record, read_words
from app.models.record import Reported
from app.rules.project_words import read_project_words
from importers.base import Source
from importers.registry import read

PORTFOLIO = Path(__file__).parents[2] / "examples" / "portfolio"


def test_words_and_codes_are_those_of_the_whole_record() -> None:
    path = PORTFOLIO / "aics.xml"
    records = [unpack_record(one.packed) for one in read([Source(path, path.name)])[1]]
    assert records
    for xml in records:
        short, whole = read_words(pack_record(xml)), read_record(Reported(xml=xml, places=[]))
        assert read_project_words(short) == read_project_words(whole)
        assert (short.identifier, short.countries, short.sectors, short.areas) == (
            whole.identifier,
            whole.countries,
            whole.sectors,
            whole.areas,
        )
        assert not short.flows


def test_a_text_that_quotes_the_tag_of_an_amount() -> None:
    xml = (
        b"<iati-activity><iati-identifier>XX-1</iati-identifier><title><narrative><![CDATA[Where <budget> is said]]>"
        b"</narrative></title><budget><value>5</value></budget></iati-activity>"
    )
    assert read_words(pack_record(xml)).own_title == "Where <budget> is said"


def test_an_empty_amount_takes_nothing_else_with_it() -> None:
    xml = (
        b"<iati-activity><iati-identifier>XX-1</iati-identifier><budget/><title><narrative>Shelter</narrative></title>"
        b"<budget><value>5</value></budget></iati-activity>"
    )
    assert read_words(pack_record(xml)).own_title == "Shelter"
