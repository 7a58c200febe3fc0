"""The planted projects: each shows one thing that the reports must deal with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from examples import demo_words
from examples.demo_model import Budget, Flow, Party, Project, read_vocabulary
from examples.demo_projects import Drawing, language_of

LOCAL_PARTNER = {
    "ref": "KH-MOI-9902",
    "name": "Krousar Setha Association",
    "type": "22",
    "currency": "USD",
    "lang": {"default": "en"},
}
COPIED_IDENTIFIERS = {"XM-DAC-10-6": 2, "XM-DAC-41122": 1}
"""How many projects in Cambodia of each reporter the aid register repeats under their own identifier."""


def plant_cases(donors: list[dict[str, Any]]) -> list[Project]:
    """The projects of `vocabulary/cases.yaml`, in its order."""
    known = {str(donor["ref"]): donor for donor in [*donors, LOCAL_PARTNER]}
    drawing = Drawing()
    return [plant_case(drawing, known, case) for case in read_vocabulary("cases")]


def party_of(known: dict[str, dict[str, Any]], ref: str, activity: str = "") -> Party:
    return Party(ref, known[ref]["name"], known[ref]["type"], activity)


def parse_share(text: str) -> tuple[str, int | None]:
    """`KE 50` as ("KE", 50), `KE` as ("KE", None)."""
    code, _, percentage = str(text).partition(" ")
    return code, int(percentage) if percentage else None


def parse_budget(text: str) -> Budget:
    """`2020-01-01 2020-12-31 1000 [R]`."""
    first, last, amount, *revised = text.split()
    kind = "2" if revised else "1"
    return Budget(date.fromisoformat(first), date.fromisoformat(last), int(amount) * 100, kind)


def parse_flow(text: str, known: dict[str, dict[str, Any]], ends: tuple[Party, Party]) -> Flow:
    """`3 2018-02-15 6000[:EUR] >REF ACTIVITY @KH $15160`; incoming types run to the reporter."""
    kind, day, amount, *rest = text.split()
    reporter, partner = ends
    units, _, currency = amount.partition(":")
    named = [word for word in rest if word[0] not in "@$"]
    other = party_of(known, named[0][1:], "".join(named[1:])) if named else partner
    provider, receiver = (other, reporter) if kind in ("1", "11") else (reporter, other)
    return Flow(
        kind,
        date.fromisoformat(day),
        int(units) * 100,
        currency,
        provider=provider,
        receiver=None if kind == "4" else receiver,
        country="".join(word[1:] for word in rest if word.startswith("@")),
        sector="".join(word[1:] for word in rest if word.startswith("$")),
    )


def plant_case(drawing: Drawing, known: dict[str, dict[str, Any]], case: dict[str, Any]) -> Project:
    """One project from its entry; words, areas and sectors come from its pattern."""
    donor = known[case["reporter"]]
    pattern = drawing.patterns[case["pattern"]]
    places = [parse_share(place) for place in case["places"]]
    codes = [code for code, _ in places] or sorted({flow.split("@")[1] for flow in case["flows"]})
    town = drawing.places[codes[0]]["towns"][case["turn"]]
    reporter = party_of(known, donor["ref"])
    implementer = Party("", drawing.places[codes[0]]["partners"][0], "24")
    if "to" in case:
        implementer = party_of(known, case["to"])
    titles, descriptions = case_words(drawing, donor, case, codes, (town, implementer))
    equal = 100 // len(pattern["sectors"])
    sectors = case.get("sectors") or [f"{code} {equal}" for code in pattern["sectors"]]
    return Project(
        identifier=case["id"],
        reporter=reporter,
        pattern=case["pattern"],
        titles=titles,
        descriptions=descriptions,
        start=case["start"],
        end=case["end"],
        currency=case.get("currency", donor["currency"]),
        florence=pattern["florence"],
        rome=pattern["rome"],
        places=places,
        sectors=[parse_share(sector) for sector in sectors],
        towns=[town],
        funder=party_of(known, case["from"]) if "from" in case else reporter,
        implementer=implementer,
        budgets=[parse_budget(budget) for budget in case.get("budgets", [])],
        flows=[parse_flow(flow, known, (reporter, implementer)) for flow in case["flows"]],
        related=[(kind, ref) for kind, ref in (line.split() for line in case.get("related", []))],
        hierarchy=case.get("hierarchy", ""),
        secondary=case.get("secondary", False),
    )


def case_words(
    drawing: Drawing,
    donor: dict[str, Any],
    case: dict[str, Any],
    codes: list[str],
    named: tuple[list[Any], Party],
) -> tuple[dict[str, str], dict[str, str]]:
    """Title and description in the donor's language, English where its words have no such pattern."""
    language = language_of(donor, codes)
    if not drawing.has_words(language, case["pattern"]):
        language = "en"
    facts = demo_words.Facts(case["start"], case["end"], *named, n=2400, m=64)
    fields = demo_words.fill_words(language, codes, drawing.places, facts)
    turn = case["turn"]
    title, text = demo_words.write_words(drawing.words[language], case["pattern"], (turn, turn, turn), fields)
    return {language: case.get("title", title)}, {language: text}


def copy_to_register(projects: list[Project], register: Party) -> list[Project]:
    """Some projects in Cambodia again, as the ministry's register lists them: same identifier."""
    copies: list[Project] = []
    for ref, count in COPIED_IDENTIFIERS.items():
        found = [
            project
            for project in projects
            if project.reporter.ref == ref and [code for code, _ in project.places] == ["KH"]
            if project.status_on() == "4"
        ]
        copies += [replace(project, reporter=register, funder=project.reporter) for project in found[:count]]
    return copies
