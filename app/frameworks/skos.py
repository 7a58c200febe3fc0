"""Reads frameworks from SKOS in Turtle or JSON-LD: a concept scheme, its concepts as areas, collections as groups.

`skos:broader` names the wider area, mapping properties (`skos:closeMatch` and its like) answer to areas of other
frameworks; `skos:exactMatch` to another code of the same framework says what an area was called before. Files are
parsed and nothing else: no address in them is ever called.
"""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from app.frameworks.checking import build_framework
from app.frameworks.shapes import Framework, FrameworkError

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

POSITION = "http://schema.org/position"
SKOS_MATCHES = {
    "exactMatch": "exact", "closeMatch": "close", "broadMatch": "broad", "narrowMatch": "narrow", "relatedMatch": "related",
}  # fmt: skip
_TURTLE = re.compile(rb"\s*(#[^\n]*\n\s*)*(@prefix|@base|prefix\s|base\s|<http)", re.IGNORECASE)
_LAST = re.compile(r"([^/#]+)/?$")


def is_turtle(content: bytes, name: str) -> bool:
    return name.lower().endswith(".ttl") or _TURTLE.match(content[:2000]) is not None


def is_json_ld(content: bytes, name: str) -> bool:
    head = content[:2000].lstrip()
    return name.lower().endswith((".jsonld", ".json")) or (head[:1] in b"{[" and b'"@' in head)


def read_turtle(content: bytes) -> Framework:
    """The framework in a Turtle file. Raises FrameworkError."""
    from rdflib import Graph
    from rdflib.plugins.parsers.notation3 import BadSyntax

    graph = Graph(bind_namespaces="none")
    try:
        graph.parse(data=content.decode("utf-8-sig"), format="turtle")
    except BadSyntax as error:
        raise FrameworkError(f"Line {error.lines + 1}: no valid Turtle ({error.message}).") from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FrameworkError("The file: no valid Turtle; its characters must be UTF-8.") from error
    return build_framework(_document(graph))


def read_json_ld(content: bytes) -> Framework:
    """The framework in a JSON-LD file with its context inside. Raises FrameworkError."""
    from rdflib import Graph

    graph = Graph(bind_namespaces="none")
    try:
        data = json.loads(content.decode("utf-8-sig"))
        _refuse_addresses(data)
        graph.parse(data=json.dumps(data), format="json-ld")
    except json.JSONDecodeError as error:
        raise FrameworkError(f"Line {error.lineno}, column {error.colno}: no valid JSON ({error.msg}).") from error
    except FrameworkError:
        raise
    except Exception as error:
        raise FrameworkError(f"The file: no valid JSON-LD ({type(error).__name__}).") from error
    return build_framework(_document(graph))


def _refuse_addresses(data: object) -> None:
    """A context that is an address would have to be fetched."""
    if isinstance(data, list):
        for one in data:
            _refuse_addresses(one)
    elif isinstance(data, dict):
        contexts = data.get("@context")
        for context in contexts if isinstance(contexts, list) else [contexts]:
            if isinstance(context, str) or (isinstance(context, dict) and "@import" in context):
                named = context if isinstance(context, str) else context["@import"]
                raise FrameworkError(f"@context {named!r}: nothing is fetched. Put the context itself into the file.")
        for one in data.values():
            _refuse_addresses(one)


def _document(graph: "Graph") -> dict[str, Any]:
    from rdflib import RDF
    from rdflib.namespace import SKOS

    schemes = sorted(graph.subjects(RDF.type, SKOS.ConceptScheme), key=str)
    if len(schemes) != 1:
        raise FrameworkError(
            f"The file: {len(schemes)} of skos:ConceptScheme. There must be one, with its skos:Concept."
        )
    areas = [_Item(graph, node) for node in set(graph.subjects(RDF.type, SKOS.Concept))]
    groups = [
        _Item(graph, node)
        for node in {*graph.subjects(RDF.type, SKOS.Collection), *graph.subjects(RDF.type, SKOS.OrderedCollection)}
    ]
    head = _Item(graph, schemes[0])
    codes = {one.node: one.code for one in areas}
    member_of = {area: group.code for group in groups for area in graph.objects(group.node, SKOS.member)}
    return {
        **head.titled(), "key": head.code, "version": head.text(_OWL_VERSION) or head.text(_DCT_VERSION) or "1",
        **({"short_title": short} if (short := head.text(SKOS.altLabel)) else {}),
        "groups": [{"code": one.code, "place": one.place, **one.titled()} for one in sorted(groups, key=_Item.order)],
        "areas": [_area(one, codes, member_of, head.code) for one in sorted(areas, key=_Item.order)],
        "matches": [match for one in sorted(areas, key=_Item.order) for match in _matches(one, head.code)],
    }  # fmt: skip


_OWL_VERSION = "http://www.w3.org/2002/07/owl#versionInfo"
_DCT_VERSION = "http://purl.org/dc/terms/hasVersion"


class _Item:
    """A concept, collection or scheme of a graph."""

    def __init__(self, graph: "Graph", node: "Node") -> None:
        from rdflib.namespace import SKOS

        self.graph, self.node = graph, node
        last = _LAST.search(str(node))
        self.code = self.text(SKOS.notation) or (unquote(last[1]) if last else "")
        self.place = f"<{node}>"

    def text(self, predicate: str) -> str:
        """The first value of a property, by language and alphabet."""
        return min((str(value) for value in self.values(predicate)), default="")

    def values(self, predicate: str) -> Iterator[Any]:
        from rdflib import URIRef

        return self.graph.objects(self.node, URIRef(predicate))

    def titled(self) -> dict[str, Any]:
        """`title` in English (or without a language, or in the first there is) and `titles` in the others."""
        from rdflib.namespace import DCTERMS, RDFS, SKOS

        found: dict[str, str] = {}
        for predicate in (SKOS.prefLabel, DCTERMS.title, RDFS.label):
            for value in sorted(self.values(predicate), key=str):
                language = (getattr(value, "language", None) or "en").partition("-")[0].lower()
                found.setdefault(language, str(value))
        if not found:
            return {}
        leading = "en" if "en" in found else min(found)
        return {"title": found[leading], "titles": {code: text for code, text in found.items() if code != leading}}

    def order(self) -> tuple[int, str]:
        position = self.text(POSITION)
        return (int(position) if position.isdecimal() else 1_000_000, self.code)


def _area(one: _Item, codes: dict["Node", str], member_of: dict["Node", str], key: str) -> dict[str, Any]:
    from rdflib.namespace import SKOS

    area = {"code": one.code, "place": one.place, **one.titled()}
    broader = sorted(one.values(SKOS.broader), key=str)
    if broader:
        # A wider area that the file lacks goes by its address, so that the refusal can name it.
        area["parent"] = codes.get(broader[0], str(broader[0]))
        area["place"] = f"<{one.node}> skos:broader <{broader[0]}>"
    if one.node in member_of:
        area["group"] = member_of[one.node]
    area["summary"] = one.text(SKOS.definition) or one.text(SKOS.scopeNote)
    area["replaces"] = sorted(map(str, one.values(SKOS.hiddenLabel)))
    area["was"] = sorted(code for other, code in map(_named, one.values(SKOS.exactMatch)) if other == key)
    return area


def _matches(one: _Item, key: str) -> Iterator[dict[str, Any]]:
    from rdflib.namespace import SKOS

    for name, match in SKOS_MATCHES.items():
        for other in sorted(one.values(SKOS[name]), key=str):
            framework, code = _named(other)
            if framework and framework != key:
                place = f"<{one.node}> skos:{name} <{other}>"
                yield {"from": one.code, "to": f"{framework}/{code}", "match": match, "place": place}


def _named(node: "Node") -> tuple[str, str]:
    """(framework key, area code) of an address that ends in /KEY/CODE."""
    found = re.search(r"/([a-z0-9][a-z0-9-]*)/([^/#]+)/?$", str(node))
    return (found[1], unquote(found[2])) if found else ("", "")
