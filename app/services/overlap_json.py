"""The overlap report as the JSON document that scripts rely on (docs/api.md names every field)."""

from decimal import Decimal
from typing import Any

from app.models.allocation import UNNAMED
from app.rules.indices import Figure
from app.services.report_overlap import AreaLine, CountryLine, DonorLine, OverlapReport

NO_PLAN = "no plan is part of this report"
AREA_INDICES = (
    "hhi",
    "fragmentation",
    "effective_donors",
    "top_share",
    "cr1",
    "cr2",
    "cr3",
    "shannon",
    "theil",
    "gini",
    "normalised_hhi",
    "evenness",
)
# Where an index has another name than the reason it goes by.
_REASON_OF = {"top_share": "cr1"}


def money_text(cents: int) -> str:
    """Hundredths of the base currency as a decimal string: -5 -> "-0.05"."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def overlap_as_json(report: OverlapReport) -> dict[str, Any]:
    """The report; a value that does not exist is None, with its reason under "why" beside it."""
    asked, figures = report.asked, report.figures
    return {
        "framework": report.framework.key,
        "flow": asked.flow,
        "currency": report.currency,
        "basis": "gross" if asked.gross else "net",
        "from": report.first_year,
        "to": report.last_year,
        "countries": report.countries,
        "regions": list(asked.regions),
        "asked_donors": list(asked.donors),
        "level": asked.level,
        "crowded_above": asked.shared_max,
        "data_version": report.data_version,
        "totals": {
            "gross": money_text(figures.gross),
            "net": money_text(figures.net),
            "counted": money_text(figures.counted),
            "unmapped": money_text(figures.counted - figures.mapped),
            "unnamed": money_text(figures.unnamed),
            "projects": figures.projects,
            "donors": figures.donors,
        },
        "areas": [_area(report, line) for line in figures.areas],
        "donors": [_donor(report, line) for line in figures.donor_lines if line.donor != UNNAMED],
        "cells": [
            {
                "donor": report.donor(cell.donor).ref,
                "area": report.area(cell.area).code,
                "country": cell.country,
                "amount": money_text(cell.cents),
                "projects": cell.projects,
            }
            for cell in figures.cells
        ],
        "pairs": [_pair(report, *pair) for pair in report.pairs()],
        "country_indices": [_country(report, line) for line in figures.countries],
        "trust": _trust(report),
    }


def _with_reasons(values: dict[str, Any], reasons: dict[str, str]) -> dict[str, Any]:
    missing = {name: reasons[name] for name, value in values.items() if value is None}
    return {**values, "why": missing} if missing else values


def _figures(found: dict[str, Figure]) -> dict[str, Any]:
    values = {name: figure.value for name, figure in found.items()}
    return _with_reasons(values, {name: figure.why or "" for name, figure in found.items()})


def _area(report: OverlapReport, line: AreaLine) -> dict[str, Any]:
    indices = {name: getattr(line.indices, name) for name in AREA_INDICES}
    reasons = {name: line.indices.why.get(_REASON_OF.get(name, name), "") for name in AREA_INDICES}
    head = {
        "area": report.area(line.area).code,
        "country": line.country,
        "amount": money_text(line.cents),
        "projects": line.projects,
        "fractional_projects": line.fractional_projects,
        "donors": line.donors,
        "status": line.status.status,
        "status_reason": line.status.reason,
    }
    ratio = line.cents / line.need if line.need else None
    values = {**head, **indices, "need": None if line.need is None else money_text(line.need), "funding_ratio": ratio}
    why = NO_PLAN if line.need is None else "no costed need"
    return _with_reasons(values, {**reasons, "need": NO_PLAN, "funding_ratio": why})


def _donor(report: OverlapReport, line: DonorLine) -> dict[str, Any]:
    named = report.donor(line.donor)
    head = {
        "donor": named.ref,
        "name": named.name,
        "amount": money_text(line.cents),
        "mapped": money_text(line.mapped),
        "projects": line.projects,
        "areas": line.areas,
    }
    return {**head, **_figures({"concentration_ratio": report.concentration_ratio(line.donor)})}


def _pair(report: OverlapReport, one: int, other: int, pair: Any) -> dict[str, Any]:
    codes = dict.fromkeys(report.area(area).code for _, area in pair.areas)
    return {
        "a": report.donor(one).ref,
        "b": report.donor(other).ref,
        "finger_kreinin": pair.finger_kreinin,
        "bray_curtis": pair.bray_curtis,
        "jaccard": pair.jaccard,
        "cosine": pair.cosine,
        "shared": money_text(pair.shared),
        "areas": sorted(codes),
    }


def _country(report: OverlapReport, line: CountryLine) -> dict[str, Any]:
    figures = {
        "fragmentation": Figure(line.overall.fragmentation, line.overall.why.get("fragmentation")),
        "division_of_labour": Figure(line.labour.value, line.labour.why),
        "fragmentation_ratio": report.fragmentation_ratio(line.country),
        "plan_fit": report.plan_fit(line.country),
    }
    return {"country": line.country, "amount": money_text(line.cents), **_figures(figures)}


def _trust(report: OverlapReport) -> dict[str, Any]:
    trust = report.trust
    shares = {name: getattr(trust, name) for name in ("area_known", "equal_split", "confirmed", "linked")}
    oldest, newest = trust.oldest_report, trust.newest_report
    values = {
        **{name: figure.value for name, figure in shares.items()},
        # Money without a rate has no amount in the base currency: only its absence is a figure.
        "no_rate": None if trust.no_rate else "0.00",
        "no_rate_by_currency": _by_currency(trust.no_rate),
        "left_out": {why: _by_currency(amounts) for why, amounts in trust.left_out.items()},
        "refunds_left_out": money_text(trust.refunds_left_out),
        "not_reported": [{"donor": donor.ref, "name": donor.name} for donor in trust.not_reported],
        "oldest_report": oldest.isoformat() if oldest else None,
        "newest_report": newest.isoformat() if newest else None,
    }
    reasons = {name: figure.why or "" for name, figure in shares.items()}
    no_day = "no report says when it was last updated"
    others = {"no_rate": "see no_rate_by_currency", "oldest_report": no_day, "newest_report": no_day}
    return _with_reasons(values, {**reasons, **others})


def _by_currency(amounts: dict[str, Decimal]) -> dict[str, str]:
    return {currency or "no currency": f"{amount.normalize():f}" for currency, amount in amounts.items()}
