"""The IATI 1.05 file of the demo: no narratives, letters for transaction types, words for dates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree

from examples.demo_iati import XML_LANG, Element, add
from examples.demo_model import Flow, Project, money, read_vocabulary
from examples.demo_money import last_payment_day

STATUSES = {"1": "Pipeline/identification", "2": "Implementation", "4": "Completion"}
TRANSACTION_TYPES = {"1": "IF", "2": "C", "3": "D", "4": "E"}


def write_iati105(path: Path, donor: dict[str, Any], projects: list[Project]) -> None:
    """One IATI 1.05 file with the donor's projects, in the order given."""
    root = etree.Element("iati-activities", version="1.05")
    root.set("generated-datetime", f"{donor['updated']}T09:30:00")
    places = read_vocabulary("places")
    names = read_vocabulary("rules")["sector_names"]
    for project in projects:
        root.append(build_activity(project, donor, places, names))
    etree.indent(root, space="  ")
    path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n")


def build_activity(project: Project, donor: dict[str, Any], places: dict[str, Any], names: dict[str, str]) -> Element:
    """One iati-activity in 1.05 form."""
    activity = etree.Element("iati-activity", version="1.05")
    activity.set("last-updated-datetime", f"{donor['updated']}T09:30:00")
    activity.set(XML_LANG, project.language)
    activity.set("default-currency", project.currency)
    reporter = project.reporter
    add(activity, "reporting-org", reporter.name, ref=reporter.ref, type=reporter.type)
    add(activity, "iati-identifier", project.identifier)
    add(activity, "title", project.titles[project.language])
    add(activity, "description", project.descriptions[project.language], type="1")
    status = project.status_on(last_payment_day(donor))
    add(activity, "activity-status", STATUSES[status], code={"4": "3"}.get(status, status))
    for kind, day in (("start-actual", project.start), ("end-planned", project.end)):
        add(activity, "activity-date", day.isoformat(), type=kind, iso_date=day.isoformat())
    for role, party in (("Funding", project.funder), ("Implementing", project.implementer)):
        add(activity, "participating-org", party.name, role=role, ref=party.ref, type=party.type)
    add_geography(activity, project, places)
    for code, share in project.sectors:
        percentage = "" if share is None else str(share)
        add(activity, "sector", names[code], vocabulary="DAC", code=code, percentage=percentage)
    add(activity, "policy-marker", "Gender Equality", vocabulary="DAC", code="1", significance="1")
    add(activity, "default-flow-type", "Private Development Finance", code="30")
    add(activity, "default-finance-type", "Aid grant excluding debt reorganisation", code="110")
    for budget in project.budgets:
        element = add(activity, "budget", type=budget.type)
        add(element, "period-start", iso_date=budget.start.isoformat())
        add(element, "period-end", iso_date=budget.end.isoformat())
        add(element, "value", money(budget.cents), value_date=budget.start.isoformat())
    for flow in project.flows:
        add_transaction(activity, flow)
    return activity


def add_geography(activity: Element, project: Project, places: dict[str, Any]) -> None:
    for code, share in project.places:
        name = places[code]["name"]["en"]
        add(activity, "recipient-country", name, code=code, percentage="" if share is None else str(share))
    for town, _, latitude, longitude in project.towns:
        location = add(activity, "location")
        add(location, "name", town)
        add(location, "coordinates", latitude=str(latitude), longitude=str(longitude), precision="2")


def add_transaction(activity: Element, flow: Flow) -> None:
    """One transaction; 1.05 gives the type as a letter."""
    element = add(activity, "transaction")
    add(element, "transaction-type", code=TRANSACTION_TYPES[flow.kind])
    add(element, "transaction-date", iso_date=flow.day.isoformat())
    add(element, "value", money(flow.cents), value_date=flow.day.isoformat())
    for tag, party in (("provider-org", flow.provider), ("receiver-org", flow.receiver)):
        if party:
            add(element, tag, party.name, ref=party.ref)
