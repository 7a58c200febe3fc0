"""The form of a funding line: texts and choices as a browser sends them, and the line that they mean."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from app.models.line_document import LineDocument
from app.models.worded import phrase, worded
from app.rules.check_funding import Fault
from app.services.alert_words import plain_amount

Form = dict[str, list[str]]
TEXTS = (
    "reference", "title", "description", "type", "currency", "forecast", "opens", "closes", "time_zone", "link", "contact",
    "visibility",
)  # fmt: skip
LISTS = ("countries", "excluded", "areas", "applicant_types", "nationalities", "languages")
AMOUNTS = ("minimum", "maximum", "total")
MONTHS = ("months_min", "months_max")
MILLION = Decimal(1_000_000)


def line_form_of(line: LineDocument) -> Form:
    """The fields of a stored line, or of an empty one."""
    form: Form = {name: [getattr(line, name)] for name in TEXTS}
    form |= {name: list(getattr(line, name)) for name in LISTS}
    form |= {name: [plain_amount(getattr(line, name))] for name in AMOUNTS}
    form |= {name: [str(getattr(line, name) or "")] for name in MONTHS}
    share = "" if line.own_share is None else f"{(Decimal(line.own_share) / 10_000).normalize():f}"
    rolling = ["yes"] if line.rolling else []
    return form | {"own_share": [share], "rolling": rolling, "documents": [write_documents(line.documents)]}


def write_documents(documents: Sequence[tuple[str, str]]) -> str:
    """One a line: its title, then its address."""
    return "\n".join(f"{title} {address}".strip() for title, address in documents)


def fields_of(sent: Sequence[tuple[str, str]], known: Form) -> Form:
    """The fields that a browser sent; those of `known` that it did not send are empty."""
    form: Form = {name: [] for name in known}
    for name, value in sent:
        form.setdefault(name, []).append(value.strip())
    return form


def first_of(form: Mapping[str, list[str]], name: str) -> str:
    """The text of a field; '' where there is none."""
    return next(iter(form.get(name, ())), "")


def read_line_form(sent: Sequence[tuple[str, str]]) -> tuple[LineDocument, list[Fault], Form]:
    """The line, what could not be read, and the form as it was sent, to be shown again."""
    form = fields_of(sent, line_form_of(LineDocument("", "")))
    faults: list[Fault] = []
    values: dict[str, Any] = {name: first_of(form, name) for name in TEXTS}
    values |= {name: tuple(dict.fromkeys(one for one in form[name] if one)) for name in LISTS}
    values |= {name: read_amount(form, name, faults) for name in AMOUNTS}
    values |= {name: read_whole(form, name, faults) for name in MONTHS}
    values |= {"own_share": _share(form, faults), "documents": read_documents(first_of(form, "documents"))}
    line = LineDocument(**values, rolling=bool(form["rolling"]))
    return line, faults, form


def read_amount(form: Mapping[str, list[str]], name: str, faults: list[Fault]) -> int | None:
    """Hundredths; None for nothing. Several readings of one text are a fault, never a guess."""
    value = _decimal(form, name, faults, "amount-unreadable", phrase("Write it as 250000 or 250000.50."))
    if value is None:
        return None
    cents = value.scaleb(2)
    if cents != cents.to_integral_value() or abs(cents) >= 10**17:
        faults.append(
            Fault("error", "amount-unreadable", name, "This is no amount to the cent.", "Write it as 250000.50.")
        )
        return None
    return int(cents)


def read_whole(form: Mapping[str, list[str]], name: str, faults: list[Fault]) -> int | None:
    value = _decimal(form, name, faults, "number-unreadable", phrase("Write a whole number, such as 36."))
    if value is not None and (value != value.to_integral_value() or abs(value) >= 10**6):
        faults.append(Fault("error", "number-unreadable", name, "This is no whole number.", "Write it as 36."))
        return None
    return None if value is None else int(value)


def _share(form: Mapping[str, list[str]], faults: list[Fault]) -> int | None:
    value = _decimal(form, "own_share", faults, "number-unreadable", phrase("Write percent, such as 20."))
    return None if value is None or abs(value) > 10**6 else int(value * 10_000)


def _decimal(form: Mapping[str, list[str]], name: str, faults: list[Fault], code: str, hint: str) -> Decimal | None:
    text = first_of(form, name).replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    if not text:
        return None
    try:
        value = Decimal(text)
        if value.is_finite():
            return value
    except InvalidOperation:
        pass
    faults.append(Fault("error", code, name, worded("“%(value)s” can't be read as a number.", value=text), hint))
    return None


def read_documents(text: str) -> tuple[tuple[str, str], ...]:
    """One a line: its title, then its address."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        title, _, address = line.rpartition(" ")
        found.append((title.strip() or address, address))
    return tuple(found)
