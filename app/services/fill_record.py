"""Write a form into a record: only what somebody changed, everything else stays as it was read."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from lxml import etree

from app.codelists import is_code
from app.models.parse_lines import LONGEST_REF
from app.models.record import XML_LANG
from app.services.project_form import DATES, LISTS, ORIGIN, Problem, ProjectForm, Row, elements_of, find_date, is_blank
from app.services.read_fields import (
    HUNDRED,
    Edge,
    FieldRefused,
    day_or_none,
    read_amount,
    read_currency,
    read_day,
    read_needed_day,
    read_place,
    read_sector,
    read_share,
    share_or_none,
)
from app.services.word_issue import word_text
from importers.clean import Ambiguous, Unclear

Value = TypeVar("Value")
ROUNDING = Decimal("0.05")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# Type of money -> the element that says it, and its type attribute.
_BUDGETS = {"budget": ("budget", ""), "budget-revised": ("budget", "2"), "planned": ("planned-disbursement", "")}


def fill_record(element: etree._Element, before: ProjectForm, form: ProjectForm) -> list[Problem]:
    """Change `element`, of which `before` is the form, into what `form` says; what is wrong in which field.

    With problems, `element` is of no use any more.
    """
    filling = _Filling(element, before, form)
    filling.fill_singles()
    for name in LISTS:
        if name not in before.hidden:
            filling.fill_list(name)
    filling.check_sums("place", "")
    filling.check_sums("sector", "vocabulary")
    filling.check_title()
    return filling.problems


class _Filling:
    def __init__(self, element: etree._Element, before: ProjectForm, form: ProjectForm) -> None:
        self._element, self._before, self._form = element, before, form
        self.problems: list[Problem] = []
        self._writers: dict[str, Callable[[etree._Element, str, Row, Row], None]] = {
            "title": self._write_narrative, "description": self._write_narrative, "place": self._write_place,
            "sector": self._write_sector, "organisation": self._write_organisation, "money": self._write_money,
        }  # fmt: skip

    def say(self, field: str, message: str) -> None:
        self.problems.append(Problem(field, message))

    def _read(self, field: str, parse: Callable[[], Value]) -> Value | None:
        """What a field says; None, with a problem noted, where that is not clear."""
        try:
            return parse()
        except Unclear as unclear:
            self.say(field, f"{word_text(unclear.message)} {word_text(unclear.hint)}")
        except Ambiguous as ambiguous:
            self.say(field, f"This may mean {ambiguous}: write the one that is meant, in that form.")
        except FieldRefused as refusal:
            self.say(field, str(refusal))
        return None

    # --- one field each --------------------------------------------------------------------

    def fill_singles(self) -> None:
        texts, old = self._form.singles, self._before.singles
        if texts["status"] != old["status"]:
            self._fill_status(texts["status"])
        if texts["currency"] != old["currency"]:
            code = self._read("currency", lambda: read_currency(texts["currency"]))
            _set(self._element, "default-currency", code or "")
        for name, kind in DATES.items():
            if texts[name] != old[name]:
                self._fill_date(name, kind, texts[name])
        for start, end in (("planned_start", "planned_end"), ("actual_start", "actual_end")):
            if any(texts[name] != old[name] for name in (start, end)):
                self._check_order(end, texts[start], texts[end])

    def _fill_status(self, code: str) -> None:
        found = self._element.find("activity-status")
        if code and not is_code("ActivityStatus", code):
            self.say("status", "This is not a status of IATI. Choose one of the list.")
        elif code:
            (found if found is not None else self._add("activity-status")).set("code", code)
        elif found is not None:
            self._element.remove(found)

    def _fill_date(self, name: str, kind: str, text: str) -> None:
        found = find_date(self._element, kind)
        edge: Edge = "end" if name.endswith("end") else "start"
        day = self._read(name, lambda: read_day(text, edge))
        if text and day:
            one = found if found is not None else self._add("activity-date", type=kind)
            one.set("iso-date", day.isoformat())
        elif not text and found is not None:
            self._element.remove(found)

    def _check_order(self, field: str, start: str, end: str) -> None:
        first, last = day_or_none(start, "start"), day_or_none(end, "end")
        if first and last and last < first:
            self.say(field, f"This is before the start ({first}). Put the earlier day first.")

    def check_title(self) -> None:
        if "title" not in self._before.hidden and not any(row["text"] for row in self._form.rows["title"]):
            self.say("title-0-text", "Give the project a title.")

    # --- lists -----------------------------------------------------------------------------

    def fill_list(self, name: str) -> None:
        """Rows in which nothing changed stay as they are, however they are written."""
        elements = elements_of(self._element, name)
        kept: set[int] = set()
        for number, row in enumerate(self._form.rows[name]):
            origin = int(row[ORIGIN]) if row[ORIGIN].isdecimal() else len(elements)
            old = self._before.rows[name][origin] if origin < len(elements) and origin not in kept else None
            if is_blank(name, row):
                continue
            if old is None:
                self._writers[name](self._new(name, row), f"{name}-{number}", row, {})
                continue
            kept.add(origin)
            if any(row[key] != old[key] for key in LISTS[name]):
                self._writers[name](elements[origin], f"{name}-{number}", row, old)
        for number, one in enumerate(elements):
            if number not in kept:
                _remove(one)

    def _new(self, name: str, row: Row) -> etree._Element:
        if name in ("title", "description"):
            found = self._element.find(name)
            parent = found if found is not None else self._add(name)
            return etree.SubElement(parent, "narrative")
        tags = {"place": "recipient-country", "sector": "sector", "organisation": "participating-org"}
        return self._add(tags.get(name) or _BUDGETS.get(row["kind"], ("transaction", ""))[0])

    def _add(self, tag: str, **attributes: str) -> etree._Element:
        """A new element behind the last of its kind."""
        new = etree.Element(tag, attributes)
        last = self._element.findall(tag)[-1:]
        if last:
            last[0].addnext(new)
        else:
            self._element.append(new)
        return new

    def _write_narrative(self, element: etree._Element, field: str, row: Row, _: Row) -> None:
        if not row["text"]:
            self.say(f"{field}-text", "Write the text, or take this row out.")
        if row["language"] and not _LANGUAGE.fullmatch(row["language"]):
            self.say(f"{field}-language", "Write the language as a code, such as en or fr, or leave it empty.")
        element.text = row["text"]
        _set(element, XML_LANG, row["language"].lower())

    def _write_place(self, element: etree._Element, field: str, row: Row, old: Row) -> None:
        if row["code"] != old.get("code"):
            code = self._read(f"{field}-code", lambda: read_place(row["code"]))
            element.tag = "recipient-country" if is_code("Country", code or "") else "recipient-region"
            for name in ("vocabulary", "vocabulary-uri"):
                _set(element, name, "")
            element.set("code", code or "")
        self._write_percentage(element, field, row, old)

    def _write_sector(self, element: etree._Element, field: str, row: Row, old: Row) -> None:
        if any(row[key] != old.get(key) for key in ("vocabulary", "code")):
            if not is_code("SectorVocabulary", row["vocabulary"]):
                self.say(f"{field}-vocabulary", "This is not a vocabulary of IATI. Choose one of the list.")
            code = self._read(f"{field}-code", lambda: read_sector(row["vocabulary"], row["code"]))
            element.set("vocabulary", row["vocabulary"])
            element.set("code", code or "")
        self._write_percentage(element, field, row, old)

    def _write_percentage(self, element: etree._Element, field: str, row: Row, old: Row) -> None:
        if row["percentage"] != old.get("percentage"):
            share = self._read(f"{field}-percentage", lambda: read_share(row["percentage"]))
            _set(element, "percentage", "" if share is None else f"{share:f}")

    def _write_organisation(self, element: etree._Element, field: str, row: Row, old: Row) -> None:
        if not is_code("OrganisationRole", row["role"]):
            self.say(f"{field}-role", "Choose what this organisation does in the project.")
        if not row["name"] and not row["ref"]:
            self.say(f"{field}-name", "Give the organisation's name, or its reference.")
        element.set("role", row["role"])
        _write_party(element, row["name"], row["ref"], old.get("name", ""))

    # --- money -----------------------------------------------------------------------------

    def _write_money(self, element: etree._Element, field: str, row: Row, old: Row) -> None:
        kind = row["kind"]
        if kind not in _BUDGETS and not is_code("TransactionType", kind):
            self.say(f"{field}-kind", "Choose what kind of amount this is.")
        tag, type_ = _BUDGETS.get(kind, ("transaction", ""))
        if element.tag != tag:
            # Another kind of element: its parts have other names, so that all of it is written anew.
            fresh = etree.Element(tag)
            element.getparent().replace(element, fresh)  # type: ignore[union-attr]
            element, old = fresh, {}
        if kind != old.get("kind"):
            if tag == "transaction":
                _child(element, "transaction-type").set("code", kind)
            else:
                _set(element, "type", type_)
        self._write_days(element, field, row, old)
        self._write_value(element, field, row, old)
        self._write_parties(element, field, row, old)

    def _write_days(self, element: etree._Element, field: str, row: Row, old: Row) -> None:
        is_transaction = element.tag == "transaction"
        if row["start"] != old.get("start"):
            edge: Edge = "" if is_transaction else "start"
            day = self._read(f"{field}-start", lambda: read_needed_day(row["start"], edge))
            _child(element, "transaction-date" if is_transaction else "period-start").set("iso-date", str(day or ""))
        if is_transaction:
            if row["end"]:
                self.say(f"{field}-end", "A payment has one day. Leave this empty, or choose a budget.")
            return
        if row["end"] != old.get("end"):
            last = self._read(f"{field}-end", lambda: read_needed_day(row["end"], "end"))
            _child(element, "period-end").set("iso-date", str(last or ""))
        if any(row[key] != old.get(key) for key in ("start", "end")):
            self._check_order(f"{field}-end", row["start"], row["end"])

    def _write_value(self, element: etree._Element, field: str, row: Row, old: Row) -> None:
        value = _child(element, "value")
        if row["value"] != old.get("value"):
            amount = self._read(f"{field}-value", lambda: read_amount(row["value"], row["currency"]))
            value.text = f"{amount:f}" if amount is not None else ""
        if row["currency"] != old.get("currency", ""):
            code = self._read(f"{field}-currency", lambda: read_currency(row["currency"]))
            _set(value, "currency", code or "")
        if not row["currency"] and not self._form.singles["currency"]:
            self.say(f"{field}-currency", "Give the currency, or the project a default currency.")
        if row["value_date"] != old.get("value_date", ""):
            day = self._read(f"{field}-value_date", lambda: read_day(row["value_date"]))
            _set(value, "value-date", str(day or ""))
        elif not old and (first := day_or_none(row["start"], "start")):
            value.set("value-date", first.isoformat())

    def _write_parties(self, element: etree._Element, field: str, row: Row, old: Row) -> None:
        for name in ("provider", "receiver"):
            text, ref = row[name], row[f"{name}_ref"]
            if (text, ref) == (old.get(name, ""), old.get(f"{name}_ref", "")):
                continue
            if element.tag == "budget":
                self.say(
                    f"{field}-{name if text else f'{name}_ref'}", "A budget names no organisation. Leave this empty."
                )
                continue
            party = _child(element, f"{name}-org")
            _write_party(party, text, ref, old.get(name, ""))
            if not text and not ref:
                element.remove(party)

    def check_sums(self, name: str, by: str) -> None:
        """Percentages of more than the whole, where any of them changed."""
        rows = [(number, row) for number, row in enumerate(self._form.rows[name]) if not is_blank(name, row)]
        old = [(row.get(by), row["percentage"]) for row in self._before.rows[name]]
        if name in self._before.hidden or old == [(row.get(by), row["percentage"]) for _, row in rows]:
            return
        for group in dict.fromkeys(row.get(by) for _, row in rows):
            mine = [
                (number, share_or_none(row["percentage"]) or Decimal(0)) for number, row in rows if row.get(by) == group
            ]
            total = sum((share for _, share in mine), Decimal(0))
            if total > HUNDRED + ROUNDING and max(share for _, share in mine) <= HUNDRED:
                self.say(
                    f"{name}-{mine[0][0]}-percentage", f"These percentages add up to {total:f}, not to 100 at most."
                )


# --- elements ---------------------------------------------------------------------------------


def _set(element: etree._Element, name: str, value: str) -> None:
    """Give the attribute this value; without one it goes."""
    if value:
        element.set(name, value)
    else:
        element.attrib.pop(name, "")


def _child(element: etree._Element, tag: str) -> etree._Element:
    """The child of this name, made if there is none."""
    found = element.find(tag)
    return found if found is not None else etree.SubElement(element, tag)


def _write_party(element: etree._Element, name: str, ref: str, old_name: str) -> None:
    """An organisation's name and reference; names in other languages stay while the first one does."""
    _set(element, "ref", ref[:LONGEST_REF])
    if name == old_name:
        return
    for narrative in element.findall("narrative"):
        element.remove(narrative)
    if name:
        narrative = etree.Element("narrative")
        narrative.text = name
        element.insert(0, narrative)


def _remove(element: etree._Element) -> None:
    """Take an element out, and what holds nothing without it."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    if element.tag == "narrative" and not len(parent):
        _remove(parent)
