"""A framework as a file that can be loaded again: YAML, workbook, SKOS in Turtle."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote

import yaml

from app.errors import InvalidInput
from app.frameworks import POSITION, SKOS_MATCHES, Area, Framework, Group, describe_framework, vocabulary_uri
from app.models.worded import worded

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

MEDIA_TYPES = {
    "yaml": "application/yaml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ttl": "text/turtle",
}
_COLUMNS = ("code", "title", "group", "parent", "summary", "replaces", "was")
_HEAD = ("key", "title", "short_title", "version", "primary")
_PROPERTIES = {match: name for name, match in SKOS_MATCHES.items()}
_OWL_VERSION = "http://www.w3.org/2002/07/owl#versionInfo"


def write_framework(framework: Framework, format_key: str, out: BinaryIO) -> None:
    """Write `framework` in the format. Raises InvalidInput for one that there is not."""
    if format_key == "yaml":
        out.write(
            yaml.safe_dump(describe_framework(framework), allow_unicode=True, sort_keys=False, width=120).encode()
        )
    elif format_key == "xlsx":
        _write_workbook(framework, out)
    elif format_key == "ttl":
        out.write(_turtle(framework).encode())
    else:
        raise InvalidInput(
            worded(
                "There is no format “%(format_key)s” here: choose %(choices)s.",
                format_key=format_key,
                choices=", ".join(MEDIA_TYPES),
            )
        )


# --- workbook ------------------------------------------------------------------------------------


def _write_workbook(framework: Framework, out: BinaryIO) -> None:
    from xlsxwriter import Workbook

    content = BytesIO()
    book = Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    document = describe_framework(framework)
    items = [*document["areas"], *document.get("groups", ()), document]
    languages = sorted({language for item in items for language in item.get("titles", {})})
    titles = [f"title:{language}" for language in languages]
    _sheet(book, "Areas", [*_COLUMNS, *titles], document["areas"])
    _sheet(book, "Groups", ["code", "title", *titles], document.get("groups", ()))
    head = book.add_worksheet("Framework")
    pairs: list[tuple[str, Any]] = [(name, document[name]) for name in _HEAD if name in document]
    pairs += [(f"title:{language}", title) for language, title in document.get("titles", {}).items()]
    for row, (name, value) in enumerate(pairs):
        head.write_string(row, 0, name)
        head.write_string(row, 1, "yes" if value is True else str(value))
    _sheet(book, "Matches", ["from", "to", "match"], document.get("matches", ()))
    book.close()
    out.write(content.getvalue())


def _sheet(book: Any, name: str, columns: Sequence[str], items: Sequence[Mapping[str, Any]]) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(1, len(columns), 30)
    sheet.write_row(0, 0, columns)
    for row, item in enumerate(items, 1):
        for place, column in enumerate(columns):
            head, _, language = column.partition(":")
            value = item.get("titles", {}).get(language, "") if language else item.get(head, "")
            sheet.write_string(row, place, "; ".join(value) if isinstance(value, list) else str(value))


# --- SKOS ----------------------------------------------------------------------------------------


def _turtle(framework: Framework) -> str:
    from rdflib import RDF, Graph, Literal, URIRef
    from rdflib.namespace import SKOS

    graph = Graph(bind_namespaces="none")
    graph.bind("skos", SKOS)
    scheme = URIRef(vocabulary_uri(framework.key))
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    graph.add((scheme, URIRef(_OWL_VERSION), Literal(framework.version)))
    graph.add((scheme, SKOS.altLabel, Literal(framework.short_title, "en")))
    _name(graph, scheme, framework)
    groups = {group.code: URIRef(f"{scheme}/group/{place}") for place, group in enumerate(framework.groups)}
    for place, group in enumerate(framework.groups, 1):
        graph.add((groups[group.code], RDF.type, SKOS.Collection))
        _name(graph, groups[group.code], group, place)
    for place, area in enumerate(framework.areas, 1):
        node = _address(framework.key, area.code)
        _add_concept(graph, framework.key, area, place)
        if area.group:
            graph.add((groups[area.group], SKOS.member, node))
    for match in framework.matches:
        other = _address(match.other_framework, match.other_area)
        graph.add((_address(framework.key, match.area), SKOS[_PROPERTIES[match.match]], other))
    return graph.serialize(format="turtle")


def _address(key: str, code: str) -> "URIRef":
    from rdflib import URIRef

    return URIRef(f"{vocabulary_uri(key)}/{quote(code)}")


def _name(graph: "Graph", node: "URIRef", titled: Framework | Group | Area, place: int = 0) -> None:
    """Code, titles in all languages, and the place in the framework's own order."""
    from rdflib import Literal, URIRef
    from rdflib.namespace import SKOS

    graph.add((node, SKOS.notation, Literal(titled.code)))
    for language, title in {"en": titled.title, **titled.titles}.items():
        graph.add((node, SKOS.prefLabel, Literal(title, language)))
    if place:
        graph.add((node, URIRef(POSITION), Literal(place)))


def _add_concept(graph: "Graph", key: str, area: Area, place: int) -> None:
    from rdflib import RDF, Literal, URIRef
    from rdflib.namespace import SKOS

    node = _address(key, area.code)
    graph.add((node, RDF.type, SKOS.Concept))
    graph.add((node, SKOS.inScheme, URIRef(vocabulary_uri(key))))
    _name(graph, node, area, place)
    if area.summary:
        graph.add((node, SKOS.definition, Literal(area.summary, "en")))
    if area.parent:
        graph.add((node, SKOS.broader, _address(key, area.parent)))
    for wording in area.replaces:
        graph.add((node, SKOS.hiddenLabel, Literal(wording)))
    for code in area.was:
        graph.add((node, SKOS.exactMatch, _address(key, code)))
