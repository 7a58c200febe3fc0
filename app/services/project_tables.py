"""A project as tables and as JSON: what its page shows."""

from decimal import Decimal
from typing import Any

from app.services.overlap_json import money_text
from app.services.show_project import ProjectPage, ShownFlow
from exports.table import Table


def money_table(page: ProjectPage, currency: str) -> Table:
    """Every amount of the report with where it stands in the file: what CSV holds."""
    headings = [
        "Kind",
        "Date or first day",
        "Last day",
        "Amount as reported",
        "Currency",
        f"Amount ({currency})",
        "Rate",
        "Rate of",
        "Rate from",
        "Note",
        "Provider",
        "Receiver",
        "Import",
        "File",
        "Place in the file",
    ]
    return Table("Money", headings, [_flow(page, flow) for flow in page.flows])


def _flow(page: ProjectPage, flow: ShownFlow) -> list[Any]:
    row = flow.row
    base = None if row.base_cents is None else Decimal(row.base_cents).scaleb(-2)
    return [
        row.kind,
        row.start,
        row.end,
        flow.value,
        row.currency,
        base,
        row.rate,
        row.rate_date,
        row.rate_source,
        row.note,
        row.provider or "",
        row.receiver or "",
        page.version.import_id,
        page.version.file_name,
        row.place,
    ]


def project_tables(page: ProjectPage, currency: str) -> list[Table]:
    """The project's money, allocations and areas."""
    allocations = [
        [
            one.flow_type,
            one.year,
            one.country,
            one.ref or "",
            one.name or "",
            Decimal(one.gross).scaleb(-2),
            Decimal(one.net).scaleb(-2),
            " ".join(r.explanation for r in page.reasons.get(one.reasons, [])),
        ]
        for one in page.allocations
    ]
    areas = [
        [
            some.framework.key,
            one.row.code,
            one.row.title,
            one.row.state,
            one.row.source,
            one.share,
            one.row.confidence,
            "; ".join(one.evidence),
        ]
        for some in page.areas
        for one in some.mappings
    ]
    money_headings = [
        "Flow",
        "Year",
        "Country",
        "Donor",
        "Donor name",
        f"Gross ({currency})",
        f"Net ({currency})",
        "Why",
    ]
    area_headings = ["Framework", "Area", "Title", "State", "Source", "Share (%)", "Confidence", "Evidence"]
    return [
        money_table(page, currency),
        Table("Allocations", money_headings, allocations),
        Table("Areas", area_headings, areas),
    ]


def project_as_json(page: ProjectPage, currency: str) -> dict[str, Any]:
    """The project; amounts as reported are decimal strings, exact."""
    row = page.row
    return {
        "id": row.id,
        "identifier": row.identifier,
        "titles": [dict(zip(("language", "text"), one, strict=True)) for one in page.details.titles],
        "status": row.status,
        "start": _day(row.start),
        "end": _day(row.end),
        "currency": currency,
        "organisations": [{"role": one.role, "ref": one.ref, "name": one.name} for one in page.parties],
        "countries": [{"code": one.code, "share": one.share / 10_000, "rule": one.rule} for one in page.places],
        "sectors": [
            {"vocabulary": one.vocabulary, "code": one.code, "share": one.share / 10_000, "rule": one.rule}
            for one in page.sectors
        ],
        "areas": [
            {
                "framework": some.framework.key,
                "area": one.row.code,
                "state": one.row.state,
                "source": one.row.source,
                "share": None if one.share is None else float(one.share),
                "evidence": one.evidence,
            }
            for some in page.areas
            for one in some.mappings
        ],
        "flows": [_flow_json(flow) for flow in page.flows],
        "allocations": [
            {
                "flow": one.flow_type,
                "year": one.year,
                "country": one.country,
                "donor": one.ref,
                "gross": money_text(one.gross),
                "net": money_text(one.net),
                "reasons": [reason.code for reason in page.reasons.get(one.reasons, [])],
            }
            for one in page.allocations
        ],
        "import": {"id": page.version.import_id, "file": page.version.file_name},
    }


def _flow_json(flow: ShownFlow) -> dict[str, Any]:
    row = flow.row
    return {
        "kind": row.kind,
        "date": _day(row.start),
        "end": _day(row.end),
        "currency": row.currency,
        "value": None if flow.value is None else f"{flow.value:f}",
        "base": None if row.base_cents is None else money_text(row.base_cents),
        "rate": row.rate or None,
        "rate_date": _day(row.rate_date),
        "rate_source": row.rate_source,
        "note": row.note,
        "provider": row.provider_ref,
        "receiver": row.receiver_ref,
        "place": row.place,
    }


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None
