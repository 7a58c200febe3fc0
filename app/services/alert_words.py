"""What an alert says, in the reader's language."""

import json
from decimal import Decimal
from typing import Any

from app.languages import gettext as _
from app.rules.conditions import money_words


def alert_title(row: Any) -> str:
    """The line that it is about; its number where its reader may no longer see it."""
    return str(json.loads(row.said)["title"]) or _("Funding line %(number)s") % {"number": row.line_id}


def alert_words(row: Any) -> str:
    """What happened, in a sentence."""
    said = json.loads(row.said)
    before, after = said["before"], said["after"]
    if row.kind == "new":
        words = _("New. Closes: %(date)s.") % {"date": after} if after else _("New. No closing date is given.")
        if said["actions"]:
            words += " " + _("For actions: %(codes)s.") % {"codes": ", ".join(said["actions"])}
        return words
    if row.kind == "deadline-moved":
        return _("The deadline moved from %(before)s to %(after)s.") % {
            "before": before or _("none"), "after": after or _("none"),
        }  # fmt: skip
    if row.kind == "amount-changed":
        return _("The amounts changed from %(before)s to %(after)s.") % {
            "before": amounts_words(before), "after": amounts_words(after),
        }  # fmt: skip
    if row.kind == "closing-soon":
        return _("Closes within 14 days: %(date)s.") % {"date": after}
    if row.kind == "back":
        return _("It is offered again. Closes: %(date)s.") % {"date": after or _("no date given")}
    return _("It was withdrawn, or is no longer shared with you.")


def amounts_words(text: str) -> str:
    """Amounts as they are kept, in words: "USD 1,000 to 5,000, 20,000 in all"."""
    currency, minimum, maximum, total = json.loads(text)
    parts = [
        _("at least %(amount)s") % {"amount": money_words(minimum, currency)} if minimum is not None else "",
        _("at most %(amount)s") % {"amount": money_words(maximum, currency)} if maximum is not None else "",
        _("%(amount)s in all") % {"amount": money_words(total, currency)} if total is not None else "",
    ]
    return ", ".join(part for part in parts if part) or _("no amounts")


def plain_amount(cents: int | None) -> str:
    """Hundredths as a form shows them."""
    return "" if cents is None else f"{Decimal(cents).scaleb(-2):f}".removesuffix(".00")
