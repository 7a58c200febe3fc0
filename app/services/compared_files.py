"""The comparison of two reports as JSON and as tables: the figures of the page."""

from typing import Any

from app.rules.compare_reports import Change
from app.services.compare_snapshots import Compared, ComparedSnapshots
from app.services.overlap_json import money_text
from app.services.overlap_tables import money
from exports.table import Cell, Table

# What a reason means, for files; the page words it in the reader's language.
REASON_WORDS = {
    "new-project": "new project",
    "gone-project": "project is gone",
    "amount": "other amounts reported",
    "rate": "other exchange rate",
    "split": "split otherwise between countries, donors or years",
    "netting": "netting of double reports changed",
    "mapping": "areas of the project changed",
    "scope": "not asked for in the other report",
    "refunds": "refunds that count as zero changed",
}
NOT_SHARED = "a project that is not shared with everybody"


def comparison_as_json(compared: ComparedSnapshots) -> dict[str, Any]:
    """All of it; a project without identifier is one that not everybody may see."""
    found = compared.found
    return {
        "before": _head(compared.before), "after": _head(compared.after), "currency": compared.after.report.currency,
        "same_question": compared.is_same_question,
        "total": _change(found.total),
        "panel": {
            "donors": [compared.donor(one).ref for one in found.panel], **_change(found.of_panel),
        },
        "cells": [
            {"country": country, "area": _area(compared, area), "donor": compared.donor(donor).ref, **_change(change)}
            for (country, area, donor), change in found.cells.items()
        ],
        "projects": [
            {"project": number, **_project(compared, number), **_change(change)}
            for number, change in found.projects.items()
        ],
        "changes": [
            {
                "project": one.project, "country": one.country, "area": _area(compared, one.area),
                "donor": compared.donor(one.donor).ref, "reason": one.reason, "amount": money_text(one.cents),
            }
            for one in found.effects
        ],
        "renamed": [
            {"project": number, **_project(compared, number), "before": before, "after": after}
            for number, (before, after) in found.renamed.items()
        ],
    }  # fmt: skip


def _head(one: Compared) -> dict[str, Any]:
    asked = one.report.asked
    return {
        "snapshot": one.number, "title": one.title, "at": one.at.isoformat(), "method": one.method,
        "data_version": one.report.data_version, "from": asked.first_year, "to": asked.last_year,
        "countries": one.report.countries,
    }  # fmt: skip


def _change(change: Change) -> dict[str, Any]:
    return {
        "then": money_text(change.before), "now": money_text(change.after),
        "difference": money_text(change.difference),
        "reasons": {reason: money_text(cents) for reason, cents in change.reasons.items()},
    }  # fmt: skip


def _area(compared: ComparedSnapshots, number: int) -> str | None:
    area = compared.area(number)
    return area.code if area else None


def _project(compared: ComparedSnapshots, number: int) -> dict[str, str]:
    project = compared.project(number)
    return {"identifier": project.identifier, "title": project.title}


def comparison_tables(compared: ComparedSnapshots) -> list[Table]:
    """The first one, for CSV, has a line for each project, cell and reason."""
    return [changes_table(compared), _summary(compared), _cells(compared), _projects(compared), _renamed(compared)]


def changes_table(compared: ComparedSnapshots) -> Table:
    """Each cent of the difference, under its reason."""
    currency = compared.after.report.currency
    headings = [
        "Identifier", "Title", "Country", "Area", "Donor", "Donor name", "Reason", f"Difference ({currency})",
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for one in compared.found.effects:
        project, donor = compared.project(one.project), compared.donor(one.donor)
        rows.append([
            project.identifier, project.title or NOT_SHARED, one.country, _area(compared, one.area) or "not known",
            donor.ref, donor.name, REASON_WORDS[one.reason], money(one.cents),
        ])  # fmt: skip
    return Table("Changes", headings, rows)


def _summary(compared: ComparedSnapshots) -> Table:
    found, currency = compared.found, compared.after.report.currency
    both = (found.total, found.of_panel)
    rows: list[list[Cell]] = [
        [compared.before.title or "now", *(money(change.before) for change in both)],
        [compared.after.title or "now", *(money(change.after) for change in both)],
        ["Difference", *(money(change.difference) for change in both)],
    ]
    for reason, words in REASON_WORDS.items():
        rows.append([words, *(money(change.reasons.get(reason, 0)) for change in both)])
    return Table("Summary", ["What", f"All donors ({currency})", f"Donors in both reports ({currency})"], rows)


def _headings(first: list[str], currency: str) -> list[str]:
    reasons = [word[0].upper() + word[1:] for word in REASON_WORDS.values()]
    return [*first, f"Then ({currency})", f"Now ({currency})", f"Difference ({currency})", *reasons]


def _amounts(change: Change) -> list[Cell]:
    sums: list[Cell] = [money(change.before), money(change.after), money(change.difference)]
    return [*sums, *(money(change.reasons.get(reason, 0)) for reason in REASON_WORDS)]


def _cells(compared: ComparedSnapshots) -> Table:
    headings = _headings(["Country", "Area", "Donor", "Donor name"], compared.after.report.currency)
    rows: list[list[Cell]] = []
    for (country, area, donor), change in compared.found.cells.items():
        named = compared.donor(donor)
        rows.append([country, _area(compared, area) or "not known", named.ref, named.name, *_amounts(change)])
    return Table("Cells", headings, rows)


def _projects(compared: ComparedSnapshots) -> Table:
    headings = _headings(["Identifier", "Title"], compared.after.report.currency)
    rows: list[list[Cell]] = []
    for number, change in compared.found.projects.items():
        project = compared.project(number)
        rows.append([project.identifier, project.title or NOT_SHARED, *_amounts(change)])
    return Table("Projects", headings, rows)


def _renamed(compared: ComparedSnapshots) -> Table:
    rows: list[list[Cell]] = [
        [compared.project(number).identifier, before, after]
        for number, (before, after) in compared.found.renamed.items()
    ]
    return Table("Renamed", ["Identifier", "Title then", "Title now"], rows)
