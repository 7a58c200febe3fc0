"""A key message as a sentence in the reader's language: for the page and for the meeting pack."""

from collections.abc import Callable
from typing import Any

from app.formats import isolate, money, number, percent
from app.languages import LOCALE, ngettext
from app.languages import gettext as _
from app.rules.key_messages import KeyMessage
from app.services.place_names import place_name
from app.services.report_overlap import OverlapReport

Facts = dict[str, Any]


def word_message(message: KeyMessage, report: OverlapReport) -> str:
    """The facts of `message` in words."""
    return _WORDS[message.code](message.facts, report)


def _name(report: OverlapReport, donor: int) -> str:
    return isolate(report.donor(donor).name)


def _donors(facts: Facts, report: OverlapReport) -> str:
    name = _name(report, facts["largest"])
    if facts["donors"] == 1:
        return _("One donor: %(name)s.") % {"name": name}
    said = {
        "donors": number(facts["donors"]), "effective": number(facts["effective"], 1), "name": name,
        "share": percent(facts["share"]),
    }  # fmt: skip
    return (
        _(
            "%(donors)s donors, behaving like %(effective)s of equal size; the largest, %(name)s, "
            "carries %(share)s of the money."
        )
        % said
    )


def _gaps(facts: Facts, _report: OverlapReport) -> str:
    said = {"gaps": number(facts["gaps"]), "cells": number(facts["cells"])}
    text = _("Nobody funds %(gaps)s of %(cells)s areas of countries, although donors there have reported.") % said
    if facts["needs"]:
        text += " " + ngettext(
            "For %(num)s of them a plan names a need.", "For %(num)s of them a plan names a need.", facts["needs"]
        ) % {"num": number(facts["needs"])}
    return text


def _single(facts: Facts, _report: OverlapReport) -> str:
    count = facts["cells"]
    return ngettext(
        "%(num)s area of a country depends on a single donor.",
        "%(num)s areas of countries depend on a single donor each.",
        count,
    ) % {"num": number(count)}


def _crowded(facts: Facts, report: OverlapReport) -> str:
    locale, area = LOCALE.get(), report.area(facts["area"])
    first = ngettext("%(num)s area of a country is crowded", "%(num)s areas of countries are crowded", facts["cells"])
    most = _("most of all %(area)s in %(country)s, with %(donors)s donors.") % {
        "area": isolate(f"{area.code} {area.title_in(locale)}"), "country": place_name(facts["country"], locale),
        "donors": number(facts["donors"]),
    }  # fmt: skip
    return f"{first % {'num': number(facts['cells'])}}; {most}"


def _no_data(facts: Facts, _report: OverlapReport) -> str:
    count = facts["cells"]
    return ngettext(
        "Of %(num)s area of a country nothing is known: no donor there has reported for these years.",
        "Of %(num)s areas of countries nothing is known: no donor there has reported for these years.",
        count,
    ) % {"num": number(count)}


def _pair(facts: Facts, report: OverlapReport) -> str:
    return _(
        "%(one)s and %(other)s meet most: %(shared)s of their money is in the same areas of the same "
        "countries.") % {
        "one": _name(report, facts["one"]), "other": _name(report, facts["other"]), "shared": money(facts["shared"]),
    }  # fmt: skip


def _double(facts: Facts, _report: OverlapReport) -> str:
    said = {"amount": money(facts["cents"]), "share": percent(facts["share"], 1)}
    return _("%(amount)s, %(share)s of what was reported, is the same money reported twice; it counts once.") % said


def _unmapped(facts: Facts, _report: OverlapReport) -> str:
    said = {"amount": money(facts["cents"]), "share": percent(facts["share"])}
    return (
        _("For %(share)s of the money (%(amount)s) no area is known yet: the figures by area are that much too low.")
        % said
    )


_WORDS: dict[str, Callable[[Facts, OverlapReport], str]] = {
    "no-money": lambda _facts, _report: _("No donor has money in this report."),
    "donors": _donors, "gaps": _gaps, "single": _single, "crowded": _crowded, "no-data": _no_data, "pair": _pair,
    "double": _double, "unmapped": _unmapped,
}  # fmt: skip
