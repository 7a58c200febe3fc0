"""Money of many projects by kind of flow, currency and year, as reported: what a preview compares."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from app.models.brief import Brief, MoneyKey
from app.models.record import ActivityRecord, Flow

Sums = dict[MoneyKey, Decimal]


def add_sums(sums: Sums, more: Sums, sign: int = 1) -> None:
    """Add `more` to `sums` (or take it off, with sign -1)."""
    for key, value in more.items():
        sums[key] = sums.get(key, Decimal(0)) + sign * value


def sum_flows(flows: Iterable[Flow]) -> Sums:
    """The flows whose amount could be read."""
    sums: Sums = {}
    for flow in flows:
        if flow.value is not None:
            key = flow.kind, flow.currency, flow.start.year if flow.start else None
            sums[key] = sums.get(key, Decimal(0)) + flow.value
    return sums


def sum_records(records: Iterable[ActivityRecord | Brief]) -> Sums:
    """The money of projects, known whole or in short."""
    sums: Sums = {}
    alike: dict[int, list[Brief]] = {}  # by their keys, of which most have the very same
    for record in records:
        if isinstance(record, Brief):
            alike.setdefault(id(record.keys), []).append(record)
        else:
            add_sums(sums, sum_flows(record.flows))
    digits: defaultdict[MoneyKey | None, list[str]] = defaultdict(list)
    for briefs in alike.values():
        amounts = zip(*(brief.digits.split(",") for brief in briefs), strict=True)
        for key, column in zip(briefs[0].keys, amounts, strict=False):
            digits[key] += filter(None, column)
    add_sums(sums, {key: sum(map(Decimal, texts), Decimal(0)) for key, texts in digits.items() if key and texts})
    return sums


def list_totals(before: Sums, after: Sums) -> list[tuple[str, str, int | None, str, str]]:
    """Before and after side by side, in the order of flow, currency, year; those that are 0 both are left out."""
    keys = sorted({*before, *after}, key=lambda key: (key[0], key[1], key[2] or 0))
    pairs = ((key, before.get(key, Decimal(0)), after.get(key, Decimal(0))) for key in keys)
    return [(*key, _plain(one), _plain(other)) for key, one, other in pairs if one or other]


def _plain(value: Decimal) -> str:
    """Digits without an exponent and without zeros at the end."""
    return f"{value:f}".rstrip("0").rstrip(".") if value != value.to_integral_value() else f"{value:.0f}"
