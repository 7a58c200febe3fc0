"""Texts, organisations and columns kept as they are, as elements of an activity."""

from lxml import etree

from app.models.record import TESSERA_NS, XML_LANG
from app.rules.said import ORGANISATION_REF
from importers.questions import KEEP, answer
from importers.tables import Row, column_name


def add_narrative(parent: etree._Element, text: str, language: str = "") -> None:
    element = etree.SubElement(parent, "narrative")
    element.text = text
    if language:
        element.set(XML_LANG, language)


def add_party(parent: etree._Element, tag: str, ref: str, name: str, **attributes: str) -> None:
    """Add an organisation; a name that is a reference itself ("XM-DAC-6-4") is taken for one."""
    if name and not ref and ORGANISATION_REF.fullmatch(name):
        ref, name = name, ""
    element = etree.SubElement(parent, tag)
    for key, value in (("ref", ref), *attributes.items()):
        if value:
            element.set(key, value)
    if name:
        add_narrative(element, name)


def answered_ref(row: Row, name: str) -> str:
    """The reference that the owner gave an organisation of which the file has only the name; '' for none."""
    given = answer(row.table.answers, "organisations", name) if name else None
    return str(given) if given and given != KEEP else ""


def add_columns(element: etree._Element, row: Row) -> None:
    """Keep the cells of a row that no field takes, under the user's own headings."""
    for heading, text in row.filled(""):
        add_column(element, column_name(heading), text)


def add_column(element: etree._Element, name: str, text: str) -> None:
    column = etree.SubElement(element, f"{{{TESSERA_NS}}}column", name=name)
    column.text = text
