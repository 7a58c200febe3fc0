"""The fields that a column can be read as, grouped for a list to choose from."""

import re

from app.languages import gettext as _
from importers.proposals import FIELDS, KINDS
from importers.questions import KEEP

_FIRST_WORD = re.compile("[-:]")
# The beginning of a field's name -> its group.
_GROUP_OF = {
    "transaction": "payments", "provider": "payments", "receiver": "payments", "value": "payments",
    "period": "payments", "year": "payments",
    "reporter": "organisations", "secondary": "organisations", "donor": "organisations",
    "implementer": "organisations", "accountable": "organisations", "extending": "organisations",
    "participant": "organisations", "contact": "organisations",
    "country": "places", "region": "places", "location": "places", "latitude": "places", "longitude": "places",
    "exactness": "places", "sector": "sectors", "area": "sectors", "areas": "sectors", "marker": "sectors",
    "start": "dates", "end": "dates", "signed": "dates", "date": "dates", "last": "dates",
    "currency": "money", "commitment": "money", "disbursement": "money", "expenditure": "money",
    "budget": "money", "amount": "money", "planned": "money", "incoming": "money", "reimbursement": "money",
    "loan": "money", "interest": "money",
}  # fmt: skip


def field_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(field, label)]) in the order of a project, what is only kept first."""
    titles = {
        KEEP: _("Not read"), "project": _("The project"), "dates": _("Dates"), "places": _("Places"),
        "organisations": _("Organisations"), "money": _("Money"), "payments": _("Payments, one a row"),
        "sectors": _("Sectors and areas"),
    }  # fmt: skip
    found: dict[str, list[tuple[str, str]]] = {group: [] for group in titles}
    for field, label in FIELDS.items():
        group = KEEP if field == KEEP else _GROUP_OF.get(_FIRST_WORD.split(field)[0], "project")
        found[group].append((field, _(label)))
    return [(titles[group], fields) for group, fields in found.items() if fields]


def field_label(field: str) -> str:
    """What a field is called."""
    return _(FIELDS[field]) if field in FIELDS else field


def sheet_kinds() -> dict[str, str]:
    """What a sheet can be said to hold."""
    return {kind: _(label) for kind, label in KINDS.items()}
