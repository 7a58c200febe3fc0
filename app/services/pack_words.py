"""How the meeting pack words places, donors, money and figures, in the reader's language."""

from collections.abc import Iterable, Sequence

from babel.numbers import format_decimal

from app.formats import NOTHING, isolate, money, number, percent
from app.languages import LOCALE, RIGHT_TO_LEFT, ngettext
from app.languages import gettext as _
from app.models.allocation import UNNAMED
from app.rules.indices import Figure
from app.services.place_names import place_name
from app.services.report_overlap import OverlapReport


def listed(names: Iterable[str]) -> str:
    """Names one after the other, with the comma of the reader's script."""
    return ("، " if LOCALE.get() in RIGHT_TO_LEFT else ", ").join(names)


def place(code: str) -> str:
    return place_name(code, LOCALE.get())


def area_name(report: OverlapReport, area_id: int) -> str:
    area = report.area(area_id)
    return f"{isolate(area.code)} {area.title_in(LOCALE.get())}"


def donor_name(report: OverlapReport, donor_id: int) -> str:
    return _("donor not named") if donor_id == UNNAMED else isolate(report.donor(donor_id).name)


def status_name(status: str) -> str:
    """As people say it."""
    return {
        "no data": _("no data"), "gap": _("gap"), "gap with need": _("gap with need"),
        "single donor": _("single donor"), "shared": _("shared"), "crowded": _("crowded"),
    }[status]  # fmt: skip


def flow_name(flow: str) -> str:
    return {"commitment": _("Commitments"), "disbursement": _("Disbursements"), "budget": _("Budgets")}[flow]


def exact(cents: int) -> str:
    """Money to the cent; a dash for none."""
    return money(cents, 2) if cents else NOTHING


def fixed(value: float | None, decimals: int) -> str:
    """With all its decimals, so that a column of them lines up."""
    return NOTHING if value is None else format_decimal(value, "0." + "0" * decimals, locale=LOCALE.get())


def figure(found: Figure, decimals: int = 0) -> str:
    """A share, or why there is none."""
    return percent(found.value, decimals) if found.value is not None else f"{NOTHING} ({_(found.why or '')})"


def years_between(first: int, last: int) -> str:
    return isolate(str(first) if first == last else f"{first}–{last}")


def more_lines(rest: Sequence[object]) -> str:
    count = len(rest)
    if not rest:
        return ""
    more = ngettext("%(num)s more is in the workbook.", "%(num)s more are in the workbook.", count)
    return more % {"num": number(count)}


def rest_line(count: int, at: int, cents: int, width: int) -> list[str]:
    """The lines that are not shown, added up; they are in the workbook one by one."""
    words = ngettext("%(num)s other line", "%(num)s other lines", count) % {"num": number(count)}
    return [words, *[""] * (at - 1), exact(cents), *[""] * (width - at - 1)]
