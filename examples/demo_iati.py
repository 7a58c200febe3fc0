"""IATI 2.03 activity files of the demo (element order of iati-activities-schema.xsd 2.03)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree

from examples.demo_model import Dice, Flow, Party, Project, money, read_vocabulary
from examples.demo_money import last_payment_day

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
EXTENSION = "https://tessera.example/ns/iati"
FRAMEWORKS = "https://tessera.example/frameworks/"
Element = Any  # lxml's element type is private

AREAS_OF = {"florence-2008": "florence", "rome-2012": "rome"}


def write_iati(path: Path, donor: dict[str, Any], projects: list[Project]) -> None:
    """One IATI 2.03 file with the donor's projects, in the order given."""
    root = etree.Element(
        "iati-activities",
        {"version": "2.03", "generated-datetime": f"{donor['updated']}T06:00:00Z"},
        nsmap={"tessera": EXTENSION},
    )
    tables = {name: read_vocabulary(name) for name in ("places", "rules", "indicators")}
    for project in projects:
        root.append(build_activity(project, donor, tables))
    etree.indent(root, space=" ")
    path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n")


def add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """A child element; `_` in attribute names stands for `-`, empty attributes are left out."""
    element = etree.SubElement(parent, tag)
    for name, value in attributes.items():
        if value:
            element.set(name.rstrip("_").replace("_", "-"), value)
    if text:
        element.text = text
    return element


def add_narrative(parent: Element, texts: dict[str, str] | str, default: str = "") -> Element:
    """One narrative a language; the activity's default language needs no xml:lang."""
    for language, text in texts.items() if isinstance(texts, dict) else [("", texts)]:
        narrative = add(parent, "narrative", text)
        if language and language != default:
            narrative.set(XML_LANG, language)
    return parent


def build_activity(project: Project, donor: dict[str, Any], tables: dict[str, Any]) -> Element:
    """One iati-activity, element by element in schema order."""
    activity = etree.Element("iati-activity")
    activity.set("last-updated-datetime", f"{donor['updated']}T06:00:00Z")
    activity.set(XML_LANG, project.language)
    activity.set("default-currency", project.currency)
    if project.hierarchy:
        activity.set("hierarchy", project.hierarchy)
    add_identity(activity, project)
    status = project.status_on(last_payment_day(donor))
    add_dates(activity, project, status)
    add_geography(activity, project, tables["places"])
    add_classifications(activity, project, donor, tables["rules"])
    add_budgets(activity, project, status)
    for number, flow in enumerate(project.flows, 1):
        add_transaction(activity, project, flow, number)
    add_documents(activity, project, status)
    for kind, ref in project.related:
        add(activity, "related-activity", ref=ref, type=kind)
    add_result(activity, project, status, tables["indicators"])
    return activity


def add_identity(activity: Element, project: Project) -> None:
    """Identifier, reporter, words and organisations."""
    add(activity, "iati-identifier", project.identifier)
    reporter = project.reporter
    mark = "1" if project.secondary else ""
    add_narrative(
        add(activity, "reporting-org", ref=reporter.ref, type=reporter.type, secondary_reporter=mark),
        reporter.name,
    )
    for tag, texts in (("title", project.titles), ("description", project.descriptions)):
        element = add(activity, tag, type="1" if tag == "description" else "")
        add_narrative(element, texts, project.language)
    roles = [("1", project.funder), ("2", project.reporter), ("4", project.implementer)]
    for role, party in roles:
        element = add(activity, "participating-org", ref=party.ref, type=party.type, role=role)
        add_narrative(element, party.name)


def add_dates(activity: Element, project: Project, status: str) -> None:
    """Status and dates: planned ones always, actual ones as far as the status goes."""
    add(activity, "activity-status", code=status)
    dates = [("1", project.start), ("2", project.start), ("3", project.end), ("4", project.end)]
    absent = {"1": ("2", "4"), "2": ("4",)}.get(status, ())
    for kind, day in dates:
        if kind not in absent:
            add(activity, "activity-date", type=kind, iso_date=day.isoformat())


def add_geography(activity: Element, project: Project, places: dict[str, Any]) -> None:
    """Scope, countries with percentages, or the region; town with its coordinates."""
    regions = [places[code]["region"] for code, _ in project.places if "region" in places[code]]
    scope = "1" if "998" in regions else "2" if regions else "4" if len(project.places) == 1 else "3"
    add(activity, "activity-scope", code=scope)
    for code, share in project.places:
        if "region" not in places[code]:
            percentage = "" if share is None else str(share)
            add(activity, "recipient-country", code=code, percentage=percentage)
    for region in regions:
        add(activity, "recipient-region", code=region, vocabulary="1", percentage="100")
    for name, province, latitude, longitude in project.towns:
        location = add(activity, "location", ref=f"{project.identifier}-{name.replace(' ', '')}")
        add(location, "location-reach", code="1")
        add_narrative(add(location, "name"), name)
        add_narrative(add(location, "description"), province)
        point = add(location, "point", srsName="http://www.opengis.net/def/crs/EPSG/0/4326")
        add(point, "pos", f"{latitude} {longitude}")
        add(location, "exactness", code="2")


def add_classifications(activity: Element, project: Project, donor: dict[str, Any], rules: dict[str, Any]) -> None:
    """DAC sectors, the reporter's own sector, area tags, policy markers and default terms of aid."""
    for code, share in project.sectors:
        add(activity, "sector", vocabulary="1", code=code, percentage="" if share is None else str(share))
    own_code, own_name = rules["own_sectors"][project.pattern[0]]
    add_narrative(add(activity, "sector", vocabulary="99", code=own_code, percentage="100"), own_name)
    framework = donor.get("tags")
    if framework:
        areas: dict[str, int] = getattr(project, AREAS_OF[framework])
        for area, share in areas.items():
            tag = add(activity, "tag", vocabulary="99", vocabulary_uri=FRAMEWORKS + framework, code=area)
            tag.set(f"{{{EXTENSION}}}share", str(share))
    significance = "2" if "15180" in dict(project.sectors) else "1"
    add(activity, "policy-marker", vocabulary="1", code="1", significance=significance)
    add(activity, "policy-marker", vocabulary="1", code="3", significance="0")
    private = project.reporter.type in ("21", "60")
    if not private:
        add(activity, "collaboration-type", code="4" if project.reporter.type == "40" else "1")
    add(activity, "default-flow-type", code="30" if private else "10")
    add(activity, "default-finance-type", code="110")
    add(activity, "default-aid-type", code="C01")
    add(activity, "default-tied-status", code="5")


def add_budgets(activity: Element, project: Project, status: str) -> None:
    """Budgets, and for a planned project its planned disbursements."""
    for budget in project.budgets:
        element = add(activity, "budget", type=budget.type, status="2")
        add_period(element, budget.start.isoformat(), budget.end.isoformat(), money(budget.cents))
    for budget in project.budgets if status == "1" else []:
        element = add(activity, "planned-disbursement", type="1")
        add_period(element, budget.start.isoformat(), budget.end.isoformat(), money(budget.cents))


def add_period(parent: Element, first: str, last: str, value: str) -> None:
    add(parent, "period-start", iso_date=first)
    add(parent, "period-end", iso_date=last)
    add(parent, "value", value, value_date=first)


def add_transaction(activity: Element, project: Project, flow: Flow, number: int) -> None:
    """One transaction with both ends and, where it has them, its own sector and country."""
    element = add(activity, "transaction", ref=f"{project.identifier}-T{number:02d}")
    add(element, "transaction-type", code=flow.kind)
    add(element, "transaction-date", iso_date=flow.day.isoformat())
    add(element, "value", money(flow.cents), value_date=flow.day.isoformat(), currency=flow.currency)
    if flow.cents < 0:
        add_narrative(add(element, "description"), {"en": "Unspent funds returned"}, project.language)
    for tag, party in (("provider-org", flow.provider), ("receiver-org", flow.receiver)):
        if party:
            add_end(element, tag, party)
    if flow.sector:
        add(element, "sector", vocabulary="1", code=flow.sector)
    if flow.country:
        add(element, "recipient-country", code=flow.country)


def add_end(transaction: Element, tag: str, party: Party) -> None:
    """provider-org or receiver-org with the activity at that end, if it is known."""
    element = add(transaction, tag, ref=party.ref, type=party.type)
    if party.activity:
        element.set(tag.replace("-org", "-activity-id"), party.activity)
    add_narrative(element, party.name)


def add_documents(activity: Element, project: Project, status: str) -> None:
    """A project document for all, an evaluation for closed projects of some length."""
    kinds = [("A02", "project-document")]
    if status == "4" and (project.end - project.start).days > 900:
        kinds.append(("A07", "evaluation"))
    for category, name in kinds:
        url = f"https://docs.tessera.example/{project.identifier.lower()}/{name}.pdf"
        link = add(activity, "document-link", format="application/pdf", url=url)
        add_narrative(add(link, "title"), {"en": name.replace("-", " ").capitalize()}, project.language)
        add(link, "category", code=category)
        add(link, "language", code=project.language)


def add_result(activity: Element, project: Project, status: str, indicators: dict[str, Any]) -> None:
    """One result with an indicator, its baseline, target and (once the project runs) actual value."""
    area = next(iter(project.florence), project.pattern[0])
    result_title, indicator_title, measure = indicators[area]
    dice = Dice(f"result {project.identifier}")
    baseline = dice.number(3, 30)
    target = baseline + dice.number(15, 60)
    result = add(activity, "result", type="2", aggregation_status="1")
    add_narrative(add(result, "title"), {"en": result_title}, project.language)
    indicator = add(result, "indicator", measure=measure, ascending="1")
    add_narrative(add(indicator, "title"), {"en": indicator_title}, project.language)
    add(indicator, "baseline", year=str(project.start.year), value=str(baseline))
    period = add(indicator, "period")
    add(period, "period-start", iso_date=project.start.isoformat())
    add(period, "period-end", iso_date=project.end.isoformat())
    add(period, "target", value=str(target))
    if status == "4":
        add(period, "actual", value=str(baseline + (target - baseline) * dice.number(40, 120) // 100))
