"""Two states of a funding line or a plan side by side: what differs, part by part, as texts for a page."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

_MONEY = {"total", "minimum", "maximum"}  # in hundredths of the line's currency
_SHARES = {"own_share"}  # in millionths
Document = Mapping[str, Any]


class PartChange(NamedTuple):
    """One part that differs. `action`: the code of the plan's action that it belongs to, '' for the whole document's
    own; `field`: its name there, "action" for an action as a whole, "cost" or "budget" for the money of a `year`."""

    action: str
    field: str
    before: str
    after: str
    year: str = ""


def compare_documents(before: Document | None, after: Document | None) -> list[PartChange]:
    """What differs, in the order of the fields, then of the actions. Of a document that is new or goes, its actions only."""
    found = list(_differences("", before, after)) if before and after else []
    earlier, later = _actions(before), _actions(after)
    for code in dict.fromkeys((*later, *earlier)):
        if code in earlier and code in later:
            found += _differences(code, earlier[code], later[code])
            found += _money_differences(code, earlier[code], later[code])
        else:
            titles = (str(side[code]["title"]) if code in side else "" for side in (earlier, later))
            found.append(PartChange(code, "action", *titles))
    return found


def _actions(document: Document | None) -> dict[str, Document]:
    return {str(one["code"]): one for one in (document or {}).get("actions", ())}


def _differences(action: str, before: Document, after: Document) -> Iterator[PartChange]:
    for name, value in after.items():
        if name not in ("actions", "costs") and before.get(name) != value:
            yield PartChange(action, name, _text(name, before.get(name), before), _text(name, value, after))


def _money_differences(action: str, before: Document, after: Document) -> Iterator[PartChange]:
    earlier, later = _costs(before), _costs(after)
    for kind, year in sorted({*earlier, *later}):
        texts = earlier.get((kind, year), ""), later.get((kind, year), "")
        if texts[0] != texts[1]:
            yield PartChange(action, kind, *texts, year=str(year))


def _costs(action: Document) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], list[str]] = {}
    for cost in action.get("costs", ()):
        found.setdefault((cost["kind"], cost["fiscal_year"]), []).append(f"{cost['currency']} {_money(cost['amount'])}")
    return {key: "; ".join(texts) for key, texts in found.items()}


def _text(name: str, value: Any, document: Document) -> str:
    if value is None or value == "" or value == []:
        return ""
    if name in _MONEY:
        return f"{document.get('currency') or ''} {_money(value)}".strip()
    if name in _SHARES:
        return f"{Decimal(value) / 10_000:f}%"
    if isinstance(value, list | tuple):
        return "; ".join(_item(name, one) for one in value)
    return str(value)


def _item(name: str, value: Any) -> str:
    """One of several: an area with its share, a document with its address, an indicator with baseline and target."""
    if not isinstance(value, list | tuple):
        return str(value)
    parts = [
        f"{Decimal(one) / 10_000:f}%" if name == "areas" and isinstance(one, int) else str(one) for one in value if one
    ]
    return ", ".join(parts)


def _money(hundredths: int) -> str:
    return f"{Decimal(hundredths) / 100:,.2f}"
