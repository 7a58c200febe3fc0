"""What an overlap report says first: facts, worded by the page in the reader's language."""

from collections import Counter
from typing import Any, NamedTuple

from app.models.allocation import UNNAMED
from app.rules.indices import concentration, most_shared
from app.rules.overlap_report import Overlap

MUCH = 0.1  # of the money: less of it in doubt is no message of its own (our rule)


class KeyMessage(NamedTuple):
    """One fact: its kind and its figures, by the ids of the report."""

    code: str
    facts: dict[str, Any]


def key_messages(report: Overlap) -> list[KeyMessage]:
    """The facts in the order in which a meeting needs them; none about money that is not there."""
    found = [_donors(report), *_statuses(report), _pair(report), _double(report), _unmapped(report)]
    return [message for message in found if message is not None]


def _donors(report: Overlap) -> KeyMessage | None:
    """How many donors, like how many of equal size (Hill 1973), and how much the largest gives."""
    lines = [line for line in report.donor_lines if line.donor != UNNAMED and line.cents > 0]
    if not lines:
        return KeyMessage("no-money", {})
    indices = concentration(line.cents for line in lines)
    return KeyMessage("donors", {
        "donors": len(lines), "effective": indices.effective_donors, "largest": lines[0].donor,
        "share": indices.top_share,
    })  # fmt: skip


def _statuses(report: Overlap) -> list[KeyMessage | None]:
    """Cells (an area of a country, regions aside) by status, and the most crowded of them."""
    lines = [line for line in report.areas if not line.country.isdigit()]
    counts = Counter(line.status.status for line in lines)
    gaps, needs = counts["gap"] + counts["gap with need"], counts["gap with need"]
    crowded = max(
        (line for line in lines if line.status.status == "crowded"), key=lambda line: line.donors, default=None
    )
    return [
        KeyMessage("gaps", {"gaps": gaps, "cells": len(lines), "needs": needs}) if gaps else None,
        KeyMessage("single", {"cells": counts["single donor"]}) if counts["single donor"] else None,
        KeyMessage("crowded", {
            "cells": counts["crowded"], "country": crowded.country, "area": crowded.area, "donors": crowded.donors,
        }) if crowded else None,
        KeyMessage("no-data", {"cells": counts["no data"]}) if counts["no data"] else None,
    ]  # fmt: skip


def _pair(report: Overlap) -> KeyMessage | None:
    """The two donors whose money meets most."""
    first = most_shared(report.pairs, 1)
    if not first or not report.pairs[first[0]].shared:
        return None
    one, other = first[0]
    return KeyMessage("pair", {"one": one, "other": other, "shared": report.pairs[first[0]].shared})


def _double(report: Overlap) -> KeyMessage | None:
    twice = report.gross - report.net
    if report.gross <= 0 or twice <= 0:
        return None
    return KeyMessage("double", {"cents": twice, "share": twice / report.gross})


def _unmapped(report: Overlap) -> KeyMessage | None:
    unknown = report.counted - report.mapped
    if report.counted <= 0 or unknown < MUCH * report.counted:
        return None
    return KeyMessage("unmapped", {"cents": unknown, "share": unknown / report.counted})
