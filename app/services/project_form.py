"""The form of a project: what its page asks for, as the texts that stand in its fields.

A form is read off a record when the page is opened, and off the request when it is sent. Both are compared
text by text: what nobody touched is left in the record as it is, whatever it says.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from app.codelists import is_code, name_of
from app.models.record import MONEY_ELEMENTS, XML_LANG
from importers.clean import clean_text

Row = dict[str, str]
DATES = {"planned_start": "1", "actual_start": "2", "planned_end": "3", "actual_end": "4"}
SINGLES = ("identifier", "owner", "status", "currency", *DATES)
LISTS: dict[str, tuple[str, ...]] = {
    "title": ("language", "text"),
    "description": ("language", "text"),
    "place": ("code", "percentage"),
    "sector": ("vocabulary", "code", "percentage"),
    "organisation": ("role", "name", "ref"),
    "money": (
        "kind", "start", "end", "value", "currency", "value_date", "provider", "provider_ref", "receiver", "receiver_ref",
    ),
}  # fmt: skip
# What a new row says before anybody has written anything into it.
PRESET = {"sector": {"vocabulary": "1"}}
# The number of the element that a row stands for, in the record that the form was opened with.
ORIGIN = "origin"
MOST_ROWS = 500
# A longer list is no matter for a form: it stays as it is, and changes by a file.
MOST_SHOWN = 200
LONGEST = 20_000
_ROW = re.compile(r"([a-z]+)-(\d{1,4})-([a-z_]+)")
_COMMANDS = re.compile(r"(add|remove)-([a-z]+)(?:-(\d{1,4}))?")


@dataclass(slots=True)
class ProjectForm:
    """The texts of a form. `version`: the state of the record that it was opened with (None: a new project);
    `seen`: the later state that its writer has been shown since; `chosen`: whose text is to stand, by field;
    `hidden`: lists that are too long to be shown, with their lengths."""

    singles: dict[str, str] = field(default_factory=lambda: dict.fromkeys(SINGLES, ""))
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in LISTS})
    version: int | None = None
    seen: int | None = None
    chosen: dict[str, str] = field(default_factory=dict)

    hidden: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one field: its id on the page, and a sentence that says what to do."""

    id: str
    message: str


# --- off a record -----------------------------------------------------------------------------


def read_form(element: etree._Element, locale: str = "en") -> ProjectForm:
    """The form as it stands for this record."""
    form = ProjectForm()
    status = element.find("activity-status")
    form.singles |= {
        "identifier": _line(element.findtext("iati-identifier")),
        "status": _attribute(status, "code"),
        "currency": element.get("default-currency") or "",
        **{name: _attribute(find_date(element, kind), "iso-date") for name, kind in DATES.items()},
    }
    for name in LISTS:
        found = (_READERS[name](one, locale) for one in elements_of(element, name))
        form.rows[name] = [{ORIGIN: str(number), **row} for number, row in enumerate(found)]
        if len(form.rows[name]) > MOST_SHOWN:
            form.hidden[name] = len(form.rows[name])
    return form


def elements_of(element: etree._Element, name: str) -> list[etree._Element]:
    """The elements that the rows of a list stand for, in their order."""
    if name in ("title", "description"):
        return element.findall(f"{name}/narrative")
    tags: dict[str, tuple[str, ...]] = {
        "place": ("recipient-country", "recipient-region"), "sector": ("sector",), "organisation": ("participating-org",),
        "money": MONEY_ELEMENTS,
    }  # fmt: skip
    return [child for child in element if child.tag in tags[name]]


def find_date(element: etree._Element, kind: str) -> etree._Element | None:
    """The activity date of this type."""
    return next((one for one in element.findall("activity-date") if one.get("type") == kind), None)


def kind_of(element: etree._Element) -> str:
    """What kind of money an element is: a TransactionType, budget, budget-revised or planned."""
    if element.tag == "transaction":
        return _attribute(element.find("transaction-type"), "code")
    if element.tag == "planned-disbursement":
        return "planned"
    return "budget-revised" if element.get("type") == "2" else "budget"


def place_text(code: str, locale: str) -> str:
    """A place as the form writes it: its name with the code behind."""
    codelist = "Country" if is_code("Country", code) else "Region"
    return f"{name_of(codelist, code, locale)} ({code})" if is_code(codelist, code) else code


def _read_narrative(element: etree._Element, _: str) -> Row:
    parent = element.getparent()
    is_title = parent is not None and parent.tag == "title"
    text = element.text or ""
    return {"language": element.get(XML_LANG) or "", "text": _line(text) if is_title else _lines(text)}


def _read_place(element: etree._Element, locale: str) -> Row:
    code = _attribute(element, "code")
    is_foreign = element.tag == "recipient-region" and element.get("vocabulary") not in (None, "", "1")
    shown = code if is_foreign else place_text(code.upper(), locale)
    return {"code": shown, "percentage": _attribute(element, "percentage")}


def _read_sector(element: etree._Element, _: str) -> Row:
    names = ("code", "percentage")
    return {"vocabulary": element.get("vocabulary") or "1", **{name: _attribute(element, name) for name in names}}


def _read_organisation(element: etree._Element, _: str) -> Row:
    return {"role": _attribute(element, "role"), "name": _name(element), "ref": _attribute(element, "ref")}


def _read_money(element: etree._Element, _: str) -> Row:
    is_transaction = element.tag == "transaction"
    value = element.find("value")
    row = {
        "kind": kind_of(element),
        "start": _attribute(element.find("transaction-date" if is_transaction else "period-start"), "iso-date"),
        "end": _attribute(element.find("period-end"), "iso-date"),
        "value": _line(element.findtext("value")),
        "currency": _attribute(value, "currency"),
        "value_date": _attribute(value, "value-date"),
    }
    for name in ("provider", "receiver"):
        party = element.find(f"{name}-org")
        row |= {name: "" if party is None else _name(party), f"{name}_ref": _attribute(party, "ref")}
    return row


_READERS: dict[str, Any] = {
    "title": _read_narrative, "description": _read_narrative, "place": _read_place, "sector": _read_sector,
    "organisation": _read_organisation, "money": _read_money,
}  # fmt: skip


def _attribute(element: etree._Element | None, name: str) -> str:
    return "" if element is None else _line(element.get(name))


def _name(element: etree._Element) -> str:
    return _line(element.findtext("narrative"))


def _line(text: str | None) -> str:
    """A text as a field of one line gives it back."""
    return " ".join((text or "").split())


def _lines(text: str) -> str:
    """A text as a field of several lines gives it back."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


# --- off a request ----------------------------------------------------------------------------


def form_of(fields: Iterable[tuple[str, str]]) -> ProjectForm:
    """The form that a page sent; fields that it does not have are passed over."""
    form = ProjectForm()
    found: dict[str, dict[int, Row]] = {name: {} for name in LISTS}
    for name, sent in fields:
        text = clean_text(sent[:LONGEST])
        row = _ROW.fullmatch(name)
        if name in form.singles:
            form.singles[name] = _line(text)
        elif name in ("version", "seen"):
            setattr(form, name, int(text) if text.isdecimal() and len(text) < 19 else None)
        elif name.startswith("keep:"):
            form.chosen[name.removeprefix("keep:")] = text
        elif row and row[1] in LISTS and row[3] in (ORIGIN, *LISTS[row[1]]):
            clean = _lines if row[3] == "text" and row[1] == "description" else _line
            found[row[1]].setdefault(int(row[2]), blank_row(row[1]))[row[3]] = clean(text)
    form.rows = {name: [rows[number] for number in sorted(rows)][:MOST_ROWS] for name, rows in found.items()}
    return form


def blank_row(name: str) -> Row:
    """A row that says nothing yet."""
    return {ORIGIN: "", **dict.fromkeys(LISTS[name], ""), **PRESET.get(name, {})}


def is_blank(name: str, row: Row) -> bool:
    """Whether a row says nothing."""
    preset = PRESET.get(name, {})
    return not any(text for key, text in row.items() if key != ORIGIN and text != preset.get(key))


def change_rows(form: ProjectForm, command: str) -> str:
    """Carry out what a button asked for ("add-money", "remove-money-3"); the id of the field to go on with."""
    match = _COMMANDS.fullmatch(command)
    if match is None or match[2] not in LISTS:
        return ""
    name, rows = match[2], form.rows[match[2]]
    if match[1] == "remove" and match[3] and int(match[3]) < len(rows):
        del rows[int(match[3])]
    elif match[1] == "add" and len(rows) < MOST_ROWS:
        rows.append(blank_row(name))
        return f"{name}-{len(rows) - 1}-{LISTS[name][0]}"
    return f"add-{name}"


def filled_up(form: ProjectForm) -> ProjectForm:
    """The form with a blank row in each list that has none."""
    for name, rows in form.rows.items():
        if not rows:
            rows.append(blank_row(name))
    return form
