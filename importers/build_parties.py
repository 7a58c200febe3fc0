"""Texts, organisations and columns kept as they are, as elements of an activity."""

import re

from lxml import etree

from app.models.record import TESSERA_NS, XML_LANG
from importers.tables import Row, column_name

_ORG_REF = re.compile(r"(?:XM-DAC|XI-[A-Z]+|[A-Z]{2}-[A-Z0-9]+)-[\w-]+")


def add_narrative(parent: etree._Element, text: str, language: str = "") -> None:
    element = etree.SubElement(parent, "narrative")
    element.text = text
    if language:
        element.set(XML_LANG, language)


def add_party(parent: etree._Element, tag: str, ref: str, name: str, **attributes: str) -> None:
    """Add an organisation; a name that is a reference itself ("XM-DAC-6-4") is taken for one."""
    if name and not ref and _ORG_REF.fullmatch(name):
        ref, name = name, ""
    element = etree.SubElement(parent, tag)
    for key, value in (("ref", ref), *attributes.items()):
        if value:
            element.set(key, value)
    if name:
        add_narrative(element, name)


def add_columns(element: etree._Element, row: Row) -> None:
    """Keep the cells of a row that no field takes, under the user's own headings."""
    for heading, text in row.filled(""):
        add_column(element, column_name(heading), text)


def add_column(element: etree._Element, name: str, text: str) -> None:
    column = etree.SubElement(element, f"{{{TESSERA_NS}}}column", name=name)
    column.text = text
