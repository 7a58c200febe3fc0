"""IATI organisation files, 1.01 to 2.03: the names of organisations, for the directory. They hold no activities."""

from collections.abc import Iterator

from lxml import etree

from app.models.issue import Issue
from app.models.record import XML_LANG, Party, Reported
from app.models.worded import phrase, worded
from importers.base import Source, refuse_file

ROOT = b"<iati-organisations"
_HEAD = 8192
_BATCH = 1000


class IatiOrganisations:
    """The importer of organisation files: each yields organisations that are named, and no activity."""

    key = "iati-organisations"

    def read(self, sources: list[Source]) -> Iterator[Reported]:
        for source in sources:
            parties = list(dict.fromkeys(_read_parties(source)))
            if not parties:
                raise refuse_file("no-organisations", "The file names no organisations.",
                                  "Choose a file with <iati-organisation> elements.", line=1)  # fmt: skip
            count = len(parties)
            note = Issue(
                "info", "organisations-named",
                worded("%(count)s organisations are named here, for the directory.", count=count) if count > 1 else
                phrase("1 organisation is named here, for the directory."),
                "Nothing to do: an organisation file holds no projects.", sheet=source.name,
            )  # fmt: skip
            for start in range(0, len(parties), _BATCH):
                yield Reported(parties=parties[start : start + _BATCH], issues=[] if start else [note])


def _read_parties(source: Source) -> Iterator[Party]:
    with source.open() as stream:
        if b"<!DOCTYPE" in stream.read(_HEAD).upper():
            raise refuse_file("dtd-refused", "The file declares a document type (DOCTYPE), which may hide entities.",
                              "Remove the DOCTYPE line; IATI files need none.", line=1)  # fmt: skip
        stream.seek(0)
        try:
            for _, element in etree.iterparse(
                stream, events=("end",), tag="iati-organisation", resolve_entities=False, no_network=True
            ):
                yield from _parties_of(element)
                element.clear()
        except etree.XMLSyntaxError as error:
            raise refuse_file(
                "xml-broken",
                worded("The XML is broken at line %(line)s.", line=error.lineno),
                "Ask for the file again.",
                line=error.lineno,
            ) from error


def _parties_of(organisation: etree._Element) -> Iterator[Party]:
    """The organisation itself, who reports it, and whom it names as recipients of its budgets."""
    reporter = organisation.find("reporting-org")
    ref = _text(organisation.find("organisation-identifier")) or _text(organisation.find("iati-identifier"))
    kind = reporter.get("type", "") if reporter is not None and reporter.get("ref") == ref else ""
    own = Party(ref, _name(organisation.find("name")), kind)
    others = [
        Party(element.get("ref", "").strip(), _name(element), element.get("type", ""))
        for element in organisation.iter("reporting-org", "recipient-org")
    ]
    yield from (party for party in (own, *others) if party.ref and party.name)


def _name(element: etree._Element | None) -> str:
    """The name in English where there is one, else the first: in narratives (2.x) or in the element itself."""
    if element is None:
        return ""
    texts = {narrative.get(XML_LANG, "").lower()[:2]: _text(narrative) for narrative in element.iter("narrative")}
    return texts.get("en") or next(filter(None, texts.values()), "") or _text(element)


def _text(element: etree._Element | None) -> str:
    return " ".join((element.text or "").split()) if element is not None else ""
