"""An XLSX file as what it is, a zip of XML parts, so that a few of them change and all others stay as they are.

A library that reads a workbook and writes it anew loses what it doesn't know: charts, pictures, some drop-down
lists. Here every part that is not touched is copied byte by byte.
"""

import posixpath
import zipfile
from pathlib import Path
from typing import BinaryIO

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_TYPES_PART = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"
_CHUNK = 1 << 20
Element = etree._Element


def tag(name: str) -> str:
    """A name in the namespace of workbooks."""
    return f"{{{MAIN}}}{name}"


class XlsxPackage:
    """The parts of one file; changed ones are kept until `write`."""

    def __init__(self, path: Path | BinaryIO) -> None:
        self._path = path
        with zipfile.ZipFile(path) as archive:
            self.sizes = {info.filename: info.file_size for info in archive.infolist() if not info.is_dir()}
        self._trees: dict[str, Element] = {}
        self._changed: set[str] = set()
        self._written: dict[str, bytes] = {}

    def __contains__(self, part: str) -> bool:
        return part in self.sizes or part in self._trees or part in self._written

    def read(self, part: str) -> bytes:
        if part in self._written:
            return self._written[part]
        with zipfile.ZipFile(self._path) as archive:
            return archive.read(part)

    def look_at(self, part: str) -> Element:
        """A part as a tree, to be left as it is."""
        if part not in self._trees:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
            self._trees[part] = etree.fromstring(self.read(part), parser)
        return self._trees[part]

    def open(self, part: str) -> Element:
        """A part as a tree; what is changed in it is written."""
        self._changed.add(part)
        return self.look_at(part)

    def put(self, part: str, content: bytes) -> None:
        self._trees.pop(part, None)
        self._changed.discard(part)
        self._written[part] = content

    def free_name(self, pattern: str) -> str:
        """The first of `xl/comments{}.xml` with 1, 2, ... that is not taken."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def write(self, out: BinaryIO) -> None:
        """Write the file: parts in their old order, new ones behind them."""
        changed = self._written | {part: _as_bytes(self._trees[part]) for part in self._changed}
        with zipfile.ZipFile(self._path) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for name in self.sizes:
                if name in changed:
                    target.writestr(name, changed.pop(name))
                else:
                    _copy(archive, name, target)
            for name, content in changed.items():
                target.writestr(name, content)

    # --- relations -------------------------------------------------------------------------

    def targets(self, part: str, kind: str) -> list[str]:
        """The parts that `part` relates to in this way (`worksheet`, `comments`)."""
        relations = self._relations_part(part)
        if relations not in self:
            return []
        return [
            _resolve(part, relation.get("Target", ""))
            for relation in self.look_at(relations)
            if relation.get("Type", "").endswith(f"/{kind}") and relation.get("TargetMode") != "External"
        ]

    def relation_ids(self, part: str) -> dict[str, str]:
        """Relation id -> the part that it leads to."""
        relations = self._relations_part(part)
        found = self.look_at(relations) if relations in self else []
        return {relation.get("Id", ""): _resolve(part, relation.get("Target", "")) for relation in found}

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation; its id."""
        name = self._relations_part(part)
        if name not in self:
            self._trees[name] = etree.Element(f"{{{_PACKAGE}}}Relationships", nsmap={None: _PACKAGE})  # type: ignore[dict-item]
        relations = self.open(name)
        taken = {relation.get("Id") for relation in relations}
        number = next(n for n in range(1, len(taken) + 2) if f"rIdT{n}" not in taken)
        etree.SubElement(
            relations, f"{{{_PACKAGE}}}Relationship", Id=f"rIdT{number}", Type=f"{OFFICE}/{kind}", Target=f"/{target}"
        )
        return f"rIdT{number}"

    def declare(self, part: str, content_type: str) -> None:
        """Say in the list of content types what a new part is."""
        types = self.open(_TYPES_PART)
        if not any(one.get("PartName") == f"/{part}" for one in types):
            etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=content_type)

    def _relations_part(self, part: str) -> str:
        folder, name = posixpath.split(part)
        return f"{folder}/_rels/{name}.rels"


def sheet_parts(package: XlsxPackage) -> dict[str, str]:
    """Sheet name -> the part that holds it."""
    by_id = package.relation_ids(WORKBOOK)
    sheets = package.look_at(WORKBOOK).iter(tag("sheet"))
    return {sheet.get("name", ""): by_id.get(sheet.get(f"{{{OFFICE}}}id", ""), "") for sheet in sheets}


def _resolve(part: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def _as_bytes(root: Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def _copy(archive: zipfile.ZipFile, name: str, target: zipfile.ZipFile) -> None:
    with archive.open(name) as source, target.open(name, "w", force_zip64=True) as copy:
        while chunk := source.read(_CHUNK):
            copy.write(chunk)
