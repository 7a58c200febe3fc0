"""A portfolio as one JSON array, streamed: amounts are decimal strings with their currency, days ISO 8601."""

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from app.models.record import AreaTag, Flow, Part, Party
from exports.base import ExportedActivity, StoredRecord, read_stored


class JsonDocument:
    """The exporter of JSON."""

    key = "json"
    media_type = "application/json"
    suffix = ".json"

    def write(self, records: Iterable[StoredRecord], out: BinaryIO) -> int:
        return write_json(read_stored(records), out)


def write_json(activities: Iterable[ExportedActivity], out: BinaryIO) -> int:
    """Write the array, a line for each project, and return their number."""
    count = 0
    out.write(b"[")
    for activity in activities:
        line = json.dumps(build_document(activity), ensure_ascii=False)
        out.write((",\n" if count else "\n").encode() + line.encode())
        count += 1
    out.write(b"\n]\n")
    return count


def build_document(activity: ExportedActivity) -> dict[str, Any]:
    """One project as plain JSON values; what is not given is null or an empty list."""
    record = activity.record
    return {
        "identifier": record.identifier,
        "reporter": _party(record.reporter) | {"secondary": record.secondary},
        "titles": [{"language": language, "text": text} for language, text in record.titles],
        "descriptions": [{"language": language, "text": text} for language, text in record.descriptions],
        "status": record.status or None,
        "dates": {kind: day.isoformat() for kind, day in sorted(record.dates.items())},
        "hierarchy": record.hierarchy,
        "last_updated": record.last_updated or None,
        "currency": record.currency or None,
        "organisations": [_party(party) | {"role": role} for role, party in record.organisations],
        "countries": _parts(record.countries),
        "sectors": _parts(record.sectors),
        "related": [{"type": kind, "identifier": ref} for kind, ref in record.related],
        "areas": [_area(area) for area in activity.areas],
        "flows": [_flow(flow) for flow in record.flows],
    }


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _party(party: Party) -> dict[str, Any]:
    return {"ref": party.ref or None, "name": party.name or None, "type": party.type or None}


def _parts(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [
        {"code": part.code, "vocabulary": part.vocabulary or None, "percentage": _decimal(part.percentage)}
        for part in parts
    ]


def _area(area: AreaTag) -> dict[str, Any]:
    return area._asdict() | {"share": _decimal(area.share)}


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "type": flow.kind or None,
        "start": flow.start and flow.start.isoformat(),
        "end": flow.end and flow.end.isoformat(),
        "amount": _decimal(flow.value),
        "currency": flow.currency or None,
        "value_date": flow.value_date and flow.value_date.isoformat(),
        "provider": flow.provider and _party(flow.provider),
        "provider_activity": flow.provider_activity or None,
        "receiver": flow.receiver and _party(flow.receiver),
        "receiver_activity": flow.receiver_activity or None,
        "countries": _parts(flow.countries),
        "sectors": _parts(flow.sectors),
    }
