"""Roll-ups that each import and undo keeps: the same as counting every amount of every project."""

from dataclasses import asdict
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app import database
from app.queries.roll_ups import fill_roll_ups
from app.rules.indices import significance
from app.rules.overlap import Thresholds
from app.rules.overlap_report import Overlap, build_overlap
from app.rules.overlap_sums import name_relations
from app.services.report_overlap import FLOWS, LEVELS, OverlapFilter, donors_of_level, report_overlap, report_scope
from app.services.undo_import import undo_import
from tests.services.iati_files import FRAMEWORK, activity, area, budget, committed, country, organisation, region, spent
from tests.services.stored import Portfolio, findings
from tests.slow_overlap import (
    read_slow_days,
    read_slow_relations,
    read_slow_reported,
    read_slow_silent,
    read_slow_sums,
)

DONORS = ("US-GOV-1", "US-GOV-11", "XX-1", "YY-2")
SILENT = ("ZZ-8", "ZZ-9")
# Around the ends of what one word of years holds, and far from it.
YEARS = (1955, 2019, 2020, 2021, 2047, 2048)
AREAS = ("N1", "N2", "O1")
PLACES = (country("KH"), country("LA"), country("KE"), region("298"))
few = st.integers(1, 400)
years = st.sampled_from(YEARS)
payments = st.one_of(
    st.builds(lambda year, cents: spent(f"{year}-05-01", cents), years, few),
    st.builds(lambda year, cents: spent(f"{year}-06-01", -cents), years, few),
    st.builds(lambda year, cents, to: spent(f"{year}-05-01", cents, provider=to), years, few, st.sampled_from(DONORS)),
    st.builds(lambda year, cents: committed(f"{year}-05-01", cents), years, few),
    st.builds(lambda year, cents: budget(f"{year}-07-01", f"{year + 1}-06-30", cents), years, few),
)
parts = st.tuples(
    st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from([area(code) for code in AREAS]), max_size=2, unique=True),
    st.lists(st.sampled_from([organisation("1", ref) for ref in (*DONORS, *SILENT)]), max_size=2, unique=True),
    st.lists(payments, min_size=1, max_size=5),
)
reports = st.builds(
    lambda number, donor, day, said: activity(
        f"XX-{number}", *(one for some in said for one in some), reporter=donor
    ).replace("<iati-activity ", f'<iati-activity last-updated-datetime="2024-05-{day:02d}T00:00:00Z" ', 1),
    st.integers(1, 6), st.sampled_from(DONORS), st.integers(1, 9), parts,
)  # fmt: skip
limits = st.one_of(st.none(), years)
filters = st.builds(
    OverlapFilter,
    framework=st.just(FRAMEWORK),
    countries=st.lists(st.sampled_from(("KH", "LA", "FR")), max_size=2, unique=True).map(tuple),
    regions=st.sampled_from(((), ("289",), ("298",))),
    flow=st.sampled_from(FLOWS),
    gross=st.booleans(),
    level=st.sampled_from(LEVELS),
).flatmap(
    lambda asked: st.tuples(st.just(asked), limits, limits, st.lists(st.sampled_from((*DONORS, "US")), max_size=2))
)


def slow_report(connection: Connection, asked: OverlapFilter) -> tuple[Overlap, dict[str, Any]]:
    """The figures and the rest of what a report reads, from every single amount."""
    framework, scope = report_scope(connection, asked)
    top = donors_of_level(connection, asked.level)
    sums = read_slow_sums(connection, scope, top)
    places = sorted({*asked.countries, *(place for _, place, _ in sums.totals)})
    figures = build_overlap(
        sums, [one.id for one in framework.areas], read_slow_reported(connection, scope), places,
        Thresholds(asked.shared_max), {}, gross=asked.gross,
    )  # fmt: skip
    relations = name_relations(read_slow_relations(connection, scope), top)
    first, last = sums.years or (None, None)
    return figures, {
        "significance": significance(relations),
        "days": read_slow_days(connection, scope),
        "silent": read_slow_silent(connection, scope),
        "years": (asked.first_year or first, asked.last_year or last),
    }


def rounded(figures: Overlap) -> dict[str, Any]:
    """All figures; parts of projects are sums in no certain order."""
    plain = asdict(figures)
    for line in plain["areas"]:
        line["fractional_projects"] = round(line["fractional_projects"], 9)
    return plain


def compare(asked: OverlapFilter) -> None:
    with database.read() as connection:
        report = report_overlap(connection, asked)
        figures, rest = slow_report(connection, asked)
    trust = report.trust
    assert rounded(report.figures) == rounded(figures), asked
    assert rest == {
        "significance": report.significance,
        "days": (trust.oldest_report, trust.newest_report),
        "silent": [donor.ref for donor in trust.not_reported],
        "years": (report.first_year, report.last_year),
    }, asked


# Each example builds on those before: a smaller one of them would be another portfolio.
@settings(
    max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(
    taken=st.lists(reports, min_size=1, max_size=6),
    mode=st.sampled_from(("update", "replace")),
    is_undone=st.booleans(),
    asked=st.lists(filters, min_size=4, max_size=4),
)
def test_reports_are_what_every_amount_adds_up_to(
    portfolio: Portfolio, taken: list[str], mode: Any, is_undone: bool, asked: list[Any]
) -> None:
    """Each example changes the portfolio that the ones before left, so that amounts change, go and come back."""
    result = portfolio.import_text(
        "<iati-activities version='2.03'>" + "".join(taken) + "</iati-activities>", mode=mode
    )
    if is_undone and result.state == "committed" and result.counts.new + result.counts.changed:
        undo_import(result.import_id)
    assert findings() == []
    for one, first, last, donors in asked:
        known = [ref for ref in donors if is_donor(ref)]
        wanted = (first, last) if None in (first, last) or first <= last else (last, first)
        compare(
            OverlapFilter(**{**asdict(one), "donors": tuple(known), "first_year": wanted[0], "last_year": wanted[1]})
        )


def is_donor(ref: str) -> bool:
    with database.read() as connection:
        try:
            report_scope(connection, OverlapFilter(donors=(ref,)))
        except Exception:  # noqa: BLE001
            return False
    return True


def test_a_database_from_before_the_sheets_over_all_years_gets_them(portfolio: Portfolio) -> None:
    portfolio.take(activity("XX-1-A", country("KH"), area("N1"), spent("2019-05-01", 5), spent("2021-05-01", -9)))
    with database.write() as connection:
        connection.execute(text("DELETE FROM roll_up_sheet WHERE kind LIKE '%-whole'"))
    assert findings()
    with database.write() as connection:
        fill_roll_ups(connection)
    assert findings() == []
