"""The table of facts against the official schema: every element, attribute, order and occurrence."""

from pathlib import Path

import pytest
from lxml import etree

from app.models.kept import XML_NS
from exports.schema_203 import GLOBALS, KINDS, ROOT, Kind, activity_schema, is_value

XSD = "{http://www.w3.org/2001/XMLSchema}"


class Official:
    """Looks up declarations in the official schema and the file that it includes."""

    def __init__(self, schema: etree._ElementTree) -> None:
        common = Path(schema.docinfo.URL or "").parent / "iati-common.xsd"
        roots = [schema.getroot(), etree.parse(str(common)).getroot()]
        self.elements = {e.get("name"): e for root in roots for e in root.findall(f"{XSD}element")}
        self.types = {e.get("name"): e for root in roots for e in root.findall(f"{XSD}complexType")}
        self.attributes = {e.get("name"): e for root in roots for e in root.findall(f"{XSD}attribute")}

    def compare(self, declared: etree._Element, kind: Kind, path: str = "") -> None:
        simple = (declared.get("type") or "").removeprefix("xsd:")
        found = declared.find(f"{XSD}complexType")
        if found is None and simple not in self.types:
            assert (kind.text, kind.is_closed, kind.attributes) == (simple, True, {}), path
            return
        found = self.types[simple] if found is None else found
        extension = found.find(f"*/{XSD}extension")
        base = (extension.get("base") or "").removeprefix("xsd:") if extension is not None else ""
        if base in self.types:
            found = self.types[base]
            base = ""
        assert kind.text == (base or None), path
        self._compare_attributes(found if not base or extension is None else extension, kind, path)
        self._compare_children(found, kind, path)

    def _compare_attributes(self, found: etree._Element, kind: Kind, path: str) -> None:
        attributes, required = {}, set()
        for attribute in found.findall(f"{XSD}attribute"):
            reference = attribute.get("ref")
            name = reference or attribute.get("name") or ""
            declared = self.attributes.get(reference, attribute)
            of_lang = name == "xml:lang"
            name = f"{{{XML_NS}}}lang" if of_lang else name
            attributes[name] = "lang" if of_lang else (declared.get("type") or "").removeprefix("xsd:")
            if attribute.get("use") == "required":
                required.add(name)
        assert kind.attributes == attributes, path
        assert kind.required == required, path
        assert kind.is_closed == (found.find(f"{XSD}anyAttribute") is None), path

    def _compare_children(self, found: etree._Element, kind: Kind, path: str) -> None:
        children = found.findall(f"{XSD}sequence/{XSD}element")
        names = [child.get("ref") or child.get("name") for child in children]
        assert list(kind.children) == names, path
        if kind.text is None:
            assert found.find(f"{XSD}sequence/{XSD}any") is not None, path
        for name, child in zip(names, children, strict=True):
            place = kind.children[name or ""]
            assert place.required == (child.get("minOccurs", "1") == "1"), f"{path}/{name}"
            assert place.repeated == (child.get("maxOccurs") == "unbounded"), f"{path}/{name}"
            reference = child.get("ref")
            self.compare(self.elements[reference] if reference else child, KINDS[place.kind], f"{path}/{name}")


def test_the_table_says_what_the_official_schema_says(official_xsd: etree._ElementTree) -> None:
    official = Official(official_xsd)
    official.compare(official.elements[ROOT], KINDS[ROOT])


def test_the_judge_knows_each_element_that_the_official_schema_declares_for_any_place(
    official_xsd: etree._ElementTree,
) -> None:
    official = Official(official_xsd)
    assert set(GLOBALS) == set(official.elements) - {"iati-activities", ROOT}
    for name, kind in GLOBALS.items():
        official.compare(official.elements[name], KINDS[kind], name)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("decimal", "-12.50", "5e-10"),
        ("date", "2020-02-29Z", "2021-02-29"),
        ("dateTime", "2020-02-29T10:00:00", "2020-02-29"),
        ("boolean", "1", "yes"),
        ("lang", "", "en_GB"),
        ("anyURI", "https://river.example/a b", "http://[broken"),
        ("positiveInteger", "2020", "0"),
    ],
)
def test_values_are_judged_as_the_schema_does(kind: str, good: str, bad: str) -> None:
    assert is_value(kind, good)
    assert not is_value(kind, bad)


def test_what_only_the_official_schema_would_judge_is_refused_too() -> None:
    """Elements of the standard inside others, and xml: attributes, are judged wherever they stand."""
    schema = activity_schema()
    assert not schema.validate(etree.fromstring('<f:x xmlns:f="f"><value-date/></f:x>'))
    for text in ('<narrative xml:id="a">x</narrative>', '<narrative xml:lang="e_n">x</narrative>'):
        assert not schema.validate(etree.fromstring(text))
    assert schema.validate(etree.fromstring('<narrative xml:lang="ar">x</narrative>'))
