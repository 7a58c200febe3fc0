"""What a plan needs as sheets for donors, as JSON and as XML in the manner of IATI."""

from decimal import Decimal
from typing import Any

from lxml import etree

from app.models.plan_document import ActionDocument, PlanDocument
from app.rules.funding_gap import Gap
from app.services.show_plan_gap import PlanGapShown
from exports.funding_tables import plan_table
from exports.table import Table

NEEDS_NS = "https://tessera.example/ns/needs"


def _units(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _figures(gap: Gap) -> list[Any]:
    return [
        *map(_units, (gap.cost, gap.budget, gap.linked, gap.open_need, gap.surplus)),
        gap.funding_ratio.value,
        gap.status,
    ]


def plan_tables(plan: PlanDocument, shown: PlanGapShown) -> list[Table]:
    """The gaps by action, area and year: the sheet for donors. Then the plan itself, as the import reads it back."""
    unit = shown.currency
    figures = [
        f"Cost ({unit})", f"Own budget ({unit})", f"Linked money ({unit})", f"Open need ({unit})", f"Over cost ({unit})",
        "Funding ratio", "Status",
    ]  # fmt: skip
    actions = [
        [
            action.code, action.title, action.description, action.responsible, action.priority,
            "; ".join(area for area, _ in action.areas), _indicators(action),
            *_figures(shown.gap.actions[row.id]), shown.gap.actions[row.id].unknown,
        ]
        for action, row in zip(plan.actions, shown.actions, strict=True)
    ]  # fmt: skip
    by_action = [
        "Code",
        "Action",
        "Description",
        "Responsible",
        "Priority",
        "Areas",
        "Indicators",
        *figures,
        "Costs without a rate",
    ]
    return [
        Table("Actions", by_action, actions),
        Table("Areas", ["Area", *figures], [[area, *_figures(gap)] for area, gap in shown.gap.areas.items()]),
        Table("Years", ["Year", *figures], [[year, *_figures(gap)] for year, gap in shown.gap.years.items()]),
        plan_table(plan),
    ]


def _indicators(action: ActionDocument) -> str:
    """Title (baseline → target), one a line."""
    return "\n".join(f"{title} ({base or '?'} → {target or '?'})" for title, base, target in action.indicators)


def plan_as_json(plan: PlanDocument, shown: PlanGapShown) -> dict[str, Any]:
    """The needs of a plan; money are decimal strings in `currency`."""
    return {
        "reference": plan.reference, "country": plan.country, "title": plan.title, "first_year": plan.first_year,
        "last_year": plan.last_year, "currency": shown.currency, "flow": shown.flow, "document": plan.document,
        "whole": _gap_json(shown.gap.whole),
        "actions": [
            {
                "id": row.id, "code": action.code, "title": action.title, "description": action.description,
                "responsible": action.responsible, "priority": action.priority,
                "areas": [{"area": area, "share": None if share is None else share / 10_000} for area, share in action.areas],
                "indicators": [dict(zip(("title", "baseline", "target"), one, strict=True)) for one in action.indicators],
                "costs": [
                    {"kind": cost.kind, "fiscal_year": cost.fiscal_year, "amount": f"{_units(cost.amount):.2f}",
                     "currency": cost.currency} for cost in action.costs
                ],
                **_gap_json(shown.gap.actions[row.id]),
            }
            for action, row in zip(plan.actions, shown.actions, strict=True)
        ],
        "areas": {area: _gap_json(gap) for area, gap in shown.gap.areas.items()},
        "years": {str(year): _gap_json(gap) for year, gap in shown.gap.years.items()},
    }  # fmt: skip


def _gap_json(gap: Gap) -> dict[str, Any]:
    amounts = {
        "cost": gap.cost,
        "budget": gap.budget,
        "linked": gap.linked,
        "open_need": gap.open_need,
        "surplus": gap.surplus,
    }
    said = {name: f"{_units(cents):.2f}" for name, cents in amounts.items()}
    return said | {"funding_ratio": gap.funding_ratio.value, "status": gap.status, "costs_without_rate": gap.unknown}


def plan_as_xml(plan: PlanDocument, shown: PlanGapShown, owner: tuple[str, str]) -> bytes:
    """Each action in the shape of an IATI activity in preparation (status 1), with its open need by year beside the
    budgets. No IATI publication: needs are not money, so they stand in a namespace of ours."""
    root = etree.Element("iati-needs", {"version": "2.03"}, nsmap={"needs": NEEDS_NS})
    for action, row in zip(plan.actions, shown.actions, strict=True):
        one = etree.SubElement(root, "iati-activity", {"default-currency": shown.currency})
        etree.SubElement(one, "iati-identifier").text = f"{owner[0]}-{plan.reference}-{action.code}"
        _narrative(etree.SubElement(one, "reporting-org", ref=owner[0], type=plan.applicant_type or "10"), owner[1])
        _narrative(etree.SubElement(one, "title"), action.title)
        _narrative(etree.SubElement(one, "description", type="1"), action.description or action.title)
        etree.SubElement(one, "activity-status", code="1")
        etree.SubElement(one, "recipient-country", code=plan.country)
        for area, _ in action.areas:
            framework, _, code = area.partition("/")
            uri = f"https://tessera.example/frameworks/{framework}"
            etree.SubElement(one, "tag", {"vocabulary": "99", "vocabulary-uri": uri, "code": code})
        for (number, year), gap in sorted(shown.gap.action_years.items()):
            if number == row.id:
                _year(one, year, gap, shown.currency)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _narrative(parent: etree._Element, text: str) -> None:
    etree.SubElement(parent, "narrative").text = "".join(one for one in text if one >= " " or one in "\n\t")


def _year(parent: etree._Element, year: int, gap: Gap, currency: str) -> None:
    need = etree.SubElement(parent, f"{{{NEEDS_NS}}}need", {"year": str(year), "currency": currency})
    for name, cents in (("cost", gap.cost), ("budget", gap.budget), ("linked", gap.linked), ("open", gap.open_need)):
        etree.SubElement(need, f"{{{NEEDS_NS}}}{name}").text = f"{_units(cents):.2f}"
