"""Frameworks in SKOS: read from Turtle and JSON-LD, refused with the triple, and nothing is ever fetched."""

import json
import socket
from dataclasses import replace
from io import BytesIO

import pytest

from app.errors import InvalidInput
from app.frameworks import Area, Framework, FrameworkError, load_builtin, load_framework
from exports.framework_files import write_framework

BASE = "https://tessera.example/frameworks/ours"
TURTLE = f"""@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
<{BASE}> a skos:ConceptScheme ; skos:prefLabel "Our plan"@en , "Notre plan"@fr ; owl:versionInfo "2026" .
<{BASE}/group/A> a skos:Collection ; skos:notation "A" ; skos:prefLabel "Prevention" ; skos:member <{BASE}/A1> .
<{BASE}/A1> a skos:Concept ; skos:notation "A1" ; skos:prefLabel "Schools"@en , "Écoles"@fr ;
  skos:definition "Teachers." ; skos:hiddenLabel "class rooms" ; skos:exactMatch <{BASE}/OLD1> .
<{BASE}/A2> a skos:Concept ; skos:prefLabel "Rules in schools"@en ; skos:broader <{BASE}/A1> ;
  skos:closeMatch <https://tessera.example/frameworks/rome-2012/PROT1> .
"""


def test_a_scheme_with_collections_in_turtle() -> None:
    framework = load_framework(TURTLE.encode(), "plan.ttl")
    assert (framework.key, framework.title, framework.titles, framework.version) == (
        "ours",
        "Our plan",
        {"fr": "Notre plan"},
        "2026",
    )
    assert [(group.code, group.title) for group in framework.groups] == [("A", "Prevention")]
    first, second = framework.areas
    assert (first.code, first.group, first.summary, first.replaces, first.was) == (
        "A1",
        "A",
        "Teachers.",
        ("class rooms",),
        ("OLD1",),
    )
    assert (second.code, second.parent, second.group) == ("A2", "A1", None)
    [match] = framework.matches
    assert (match.area, match.other_framework, match.other_area, match.match) == ("A2", "rome-2012", "PROT1", "close")


def test_the_same_in_json_ld() -> None:
    from rdflib import Graph

    text = Graph().parse(data=TURTLE, format="turtle").serialize(format="json-ld")
    assert load_framework(text.encode(), "plan.jsonld") == load_framework(TURTLE.encode())


@pytest.mark.parametrize(
    "context", ["http://192.0.2.1/context", ["http://192.0.2.1/c"], {"@import": "http://192.0.2.1/c"}]
)
def test_a_context_elsewhere_is_refused_and_not_fetched(context: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the file made us call an address")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for document in ({"@context": context, "@graph": []}, {"@graph": [{"@id": "a:b", "@context": context}]}):
        with pytest.raises(FrameworkError, match="nothing is fetched"):
            load_framework(json.dumps(document).encode(), "plan.jsonld")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('skos:notation "A1"', 'skos:notation "A2"', "A2: this code is given 2 times"),
        (f"skos:broader <{BASE}/A1>", f"skos:broader <{BASE}/A9>", f"<{BASE}/A2> skos:broader <{BASE}/A9>"),
        ('skos:definition "Teachers."', f"skos:broader <{BASE}/A2>", "parents go in a circle: A1 → A2 → A1"),
        ('skos:prefLabel "Rules in schools"@en ; ', "", f"<{BASE}/A2>.*no title"),
        ("a skos:ConceptScheme", "a owl:Ontology", "0 of skos:ConceptScheme"),
        ("rome-2012/PROT1", "PROT1", "^$"),
        ("@prefix owl", "@prefix owl owl", "Line 2: no valid Turtle"),
    ],
)
def test_what_is_wrong_is_named_with_its_triple(before: str, after: str, said: str) -> None:
    content = TURTLE.replace(before, after)
    assert content != TURTLE
    if said == "^$":
        assert load_framework(content.encode(), "plan.ttl").matches[0].other_framework == "frameworks"
        return
    with pytest.raises(FrameworkError, match=said):
        load_framework(content.encode(), "plan.ttl")


@pytest.mark.parametrize(
    "content", [b"{", b'{"@graph": 7}', b'[{"@id": {}}]', b"\xff\xfe{", b'{"@context": {"a": 5}, "@id": "x"}']
)
def test_what_is_no_json_ld_is_refused(content: bytes) -> None:
    with pytest.raises(FrameworkError):
        load_framework(content, "plan.jsonld")


def test_parents_in_yaml_are_checked_with_their_line() -> None:
    content = (
        "key: x\ntitle: X\nversion: 1\nareas:\n- {code: A, title: A, parent: B}\n- {code: B, title: B, parent: A}\n"
    )
    content += "- {code: C, title: C, parent: D}\n"
    with pytest.raises(FrameworkError) as refused:
        load_framework(content.encode())
    assert list(refused.value.problems) == [
        "Line 5, area A: parents go in a circle: A → B → A. Take one of them out.",
        "Line 7, area C: there is no area 'D' to be its parent. Add it, or correct the code.",
    ]


def test_a_match_that_is_none_is_refused_with_its_line() -> None:
    content = "key: x\ntitle: X\nversion: 1\nareas:\n- {code: A, title: A}\nmatches:\n- {from: Z, to: rome, match: like}\n- A\n"
    with pytest.raises(FrameworkError) as refused:
        load_framework(content.encode())
    assert [problem.split(":")[0] for problem in refused.value.problems] == ["Line 7", "Line 7", "Line 7", "Match 2"]


RICH = """
key: ours
title: Our plan
short_title: Ours
version: "2"
groups: [{code: P, title: "Prevention: first", titles: {fr: Prévention}}]
areas:
- {code: P 1, group: P, title: Schools, titles: {ar: المدارس}, summary: Teachers and rules., replaces: [class rooms, classes]}
- {code: P2, group: P, parent: P 1, title: Rules, was: [OLD, OLDER]}
matches:
- {from: P 1, to: rome-2012/PREV2, match: broad}
- {from: P2, to: inspire-2016/E, match: exact}
"""


@pytest.mark.parametrize("framework", [*load_builtin(), load_framework(RICH.encode())], ids=lambda one: one.key)
@pytest.mark.parametrize("format_key", ["yaml", "xlsx", "ttl"])
def test_every_framework_survives_each_format(framework: Framework, format_key: str) -> None:
    out = BytesIO()
    write_framework(framework, format_key, out)
    read = load_framework(out.getvalue(), f"other.{format_key}")
    if format_key == "ttl":  # SKOS knows neither a leading framework nor an order among labels
        read = replace(
            read,
            primary=framework.primary,
            areas=framework.areas if _sorted(read) == _sorted(framework) else read.areas,
        )
    assert read == framework


def _sorted(framework: Framework) -> list[Area]:
    return [replace(area, replaces=tuple(sorted(area.replaces))) for area in framework.areas]


def test_a_format_that_there_is_not() -> None:
    with pytest.raises(InvalidInput):
        write_framework(load_builtin()[0], "docx", BytesIO())
