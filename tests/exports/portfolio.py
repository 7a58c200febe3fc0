"""Reading this folder's own files the way an import does, and comparing trees."""

from collections import Counter
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from lxml import etree

from app.models.packed import unpack_record
from app.models.read_record import read_record
from exports.base import StoredRecord
from exports.iati_xml import write_iati
from importers.base import Source
from importers.iati_xml import IatiXml

FILES = Path(__file__).parent / "files"
NAMES = sorted(path.name for path in FILES.glob("*.xml"))
Bag = Counter[tuple[str, tuple[tuple[str, str], ...], str]]


def stored(content: bytes) -> list[StoredRecord]:
    """The records that an import of `content` stores, with the areas that the file names."""
    with NamedTemporaryFile(suffix=".xml") as file:
        file.write(content)
        file.flush()
        source = Source(Path(file.name), "portfolio.xml")
        return [
            StoredRecord(unpack_record(reported.packed), read_record(reported).areas)
            for reported in IatiXml().read([source])
        ]


def stored_file(name: str) -> list[StoredRecord]:
    return stored((FILES / name).read_bytes())


def exported(records: list[StoredRecord]) -> bytes:
    out = BytesIO()
    write_iati(records, out)
    return out.getvalue()


def bag_of(xml: bytes) -> Bag:
    """Every element as path, attributes and text: what must survive an export, in whatever order."""
    bag: Bag = Counter()

    def collect(element: etree._Element, path: str) -> None:
        path = f"{path}/{element.tag}"
        texts = [element.text or "", *(child.tail or "" for child in element)]
        attributes = tuple(sorted((str(name), str(value)) for name, value in element.items()))
        bag[path, attributes, " ".join("".join(texts).split())] += 1
        for child in element.iterchildren(etree.Element):
            collect(child, path)

    root = etree.fromstring(xml)
    etree.strip_tags(root, etree.Comment)
    collect(root, "")
    return bag
