"""Lines, plans, matches and gaps as the JSON documents that scripts rely on (docs/api.md names every field)."""

from typing import Any

from app.models.line_document import LineDocument
from app.models.plan_document import ActionDocument, Cost
from app.rules.funding_gap import Gap
from app.services.match_funding import Match
from app.services.overlap_json import money_text
from app.services.search_lines import LineShown
from app.services.show_plan import PlanListed, PlanShown
from app.services.show_plan_gap import PlanGapShown

MONEY = ("total", "minimum", "maximum")


def line_as_json(shown: LineShown) -> dict[str, Any]:
    """Amounts are decimal strings in `currency`; `base` holds them in the base currency."""
    return {
        "id": shown.id, "donor": shown.donor, "donor_name": shown.donor_name, **_line(shown.line), "status": shown.status.status,
        "status_reason": shown.status.reason, "closes_at": shown.closes_at.isoformat() if shown.closes_at else None,
        "base": dict(zip(("minimum", "maximum", "total"), map(_money, shown.base), strict=True)), "rate": shown.rate_note,
        "version": shown.version, "updated_at": shown.updated_at.isoformat(),
    }  # fmt: skip


def _line(line: LineDocument) -> dict[str, Any]:
    values = line.as_json()
    values |= {name: _money(values[name]) for name in MONEY}
    values["own_share"] = _share(line.own_share)
    values["documents"] = [{"title": title, "url": address} for title, address in line.documents]
    return values


def _money(cents: int | None) -> str | None:
    return None if cents is None else money_text(cents)


def _share(millionths: int | None) -> float | None:
    return None if millionths is None else millionths / 1_000_000


def plan_listed_as_json(listed: PlanListed) -> dict[str, Any]:
    return {
        "id": listed.id, "owner": listed.owner, "owner_name": listed.owner_name, "country": listed.country, "reference": listed.reference,
        "title": listed.title, "first_year": listed.first_year, "last_year": listed.last_year, "visibility": listed.visibility,
        "version": listed.version, "updated_at": listed.updated_at.isoformat(),
    }  # fmt: skip


def plan_as_json(shown: PlanShown) -> dict[str, Any]:
    plan = shown.plan
    return {
        **plan_listed_as_json(shown.head), "document": plan.document, "edition": plan.edition, "currency": plan.currency,
        "fiscal_year_start": plan.fiscal_year_start, "languages": list(plan.languages), "applicant_type": plan.applicant_type,
        "actions": actions_as_json(shown),
    }  # fmt: skip


def actions_as_json(shown: PlanShown) -> list[dict[str, Any]]:
    return [
        {"id": number, **_action(action)} for number, action in zip(shown.action_ids, shown.plan.actions, strict=True)
    ]


def _action(action: ActionDocument) -> dict[str, Any]:
    return {
        "code": action.code, "title": action.title, "description": action.description, "responsible": action.responsible,
        "applicant_type": action.applicant_type, "priority": action.priority,
        "areas": [{"area": area, "share": _share(share)} for area, share in action.areas],
        "indicators": [{"title": title, "baseline": base, "target": target} for title, base, target in action.indicators],
        "costs": [_cost(cost) for cost in action.costs],
    }  # fmt: skip


def _cost(cost: Cost) -> dict[str, Any]:
    return {
        "kind": cost.kind,
        "fiscal_year": cost.fiscal_year,
        "amount": money_text(cost.amount),
        "currency": cost.currency,
    }


def match_as_json(match: Match) -> dict[str, Any]:
    """`score` is the number of conditions met, of ten; `missing` says what stands in the way of a fit."""
    return {
        "plan": match.plan.id, "action": match.action.id, "action_code": match.action.code, "action_title": match.action.title,
        "line": match.line.id, "line_reference": match.line.line.reference, "line_title": match.line.line.title, "donor": match.line.donor,
        "donor_name": match.line.donor_name, "closes_at": match.line.closes_at.isoformat() if match.line.closes_at else None,
        "open_need": _money(match.need.open_need), "currency": match.need.currency, "verdict": match.fit.verdict, "score": match.fit.score,
        "missing": list(match.fit.missing),
        "conditions": [{"condition": one.name, "state": one.state, "why": one.words} for one in match.fit.conditions],
    }  # fmt: skip


def gap_as_json(shown: PlanGapShown) -> dict[str, Any]:
    """All in the base currency; a ratio or fit that does not exist is null, with its reason under `why`."""
    gap = shown.gap
    return {
        "plan": shown.plan.id, "flow": shown.flow, "currency": shown.currency, "framework": shown.framework, "total": _gap(gap.whole),
        "actions": [{"action": one.id, "code": one.code, **_gap(gap.actions[one.id])} for one in shown.actions],
        "areas": [{"area": area, **_gap(one)} for area, one in gap.areas.items()],
        "years": [{"year": year, **_gap(one)} for year, one in gap.years.items()],
        "plan_fit": shown.fit.value, "plan_fit_why": shown.fit.why,
        "donors": [{"donor": ref, "name": name, "plan_fit": fit.value, "why": fit.why} for ref, (name, fit) in shown.fits.items()],
    }  # fmt: skip


def _gap(gap: Gap) -> dict[str, Any]:
    ratio = gap.funding_ratio
    return {
        "cost": money_text(gap.cost), "budget": money_text(gap.budget), "need": money_text(gap.need), "linked": money_text(gap.linked),
        "open_need": money_text(gap.open_need), "surplus": money_text(gap.surplus), "donors": len(gap.donors), "status": gap.status,
        "funding_ratio": ratio.value, "why": ratio.why, "costs_without_rate": gap.unknown,
    }  # fmt: skip
