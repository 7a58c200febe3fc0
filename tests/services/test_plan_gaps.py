"""What public plans need beside the report: need, money, linked money and what is open, by area."""

from datetime import UTC, datetime

from app import database
from app.queries.action_links import list_links
from app.rules.permissions import OPERATOR
from app.services.build_pack import PackOrder, build_pack
from app.services.decide_action_link import decide_action_link
from app.services.freeze_snapshot import freeze_snapshot
from app.services.meeting_files import meeting_as_json, meeting_tables
from app.services.open_snapshot import open_snapshot
from app.services.overlap_tables import areas_table
from app.services.propose_action_links import propose_action_links
from app.services.report_meeting import report_meeting
from app.services.report_overlap import OverlapFilter, report_overlap
from tests.services.funding import a_plan, action_ids, an_action, enter_plan, team
from tests.services.iati_files import activity, area, country, spent
from tests.services.stored import Portfolio

NOW = datetime.now(UTC)
CAMBODIA = OverlapFilter(countries=("KH",), first_year=2025)


def test_need_money_links_and_what_is_open(portfolio: Portfolio) -> None:
    portfolio.take(
        activity("XX-1-1", country("KH"), area("N3", 100), spent("2025-05-01", 30_000)),
        activity("XX-1-2", country("KH"), area("O1", 100), spent("2025-05-01", 10_000)),
        activity("XX-1-3", country("KH"), area("N3", 100), spent("2015-05-01", 10_000)),
    )
    viewer = team()
    number = enter_plan(viewer, a_plan("P", an_action("1"), an_action("2", "florence-2008/N4", cost=2_000_000)))
    enter_plan(viewer, a_plan("H", an_action("1", "florence-2008/R2"), visibility="private"))
    propose_action_links(viewer, number)
    with database.read() as connection:
        links = list_links(connection, viewer, list(action_ids(number).values()))
    decide_action_link(viewer, next(row.id for row in links if row.action_id == action_ids(number)["1"]), "confirmed")
    with database.read() as connection:
        report = report_overlap(connection, CAMBODIA)
        meeting = report_meeting(connection, report, NOW.date())
        sections = build_pack(connection, OPERATOR, PackOrder(CAMBODIA), NOW).pack.sections
    assert [(one.id, one.country) for one in meeting.plans] == [(number, "KH")], "a private plan is nobody else's"
    said = {one["area"]: one for one in meeting_as_json(report, meeting)["plan_gaps"]}
    wanted = {
        "need": "100000.00",
        "amount": "30000.00",
        "funding_ratio": 0.3,
        "linked": "30000.00",
        "open_need": "70000.00",
    }
    assert {name: said["N3"][name] for name in wanted} == wanted
    assert (said["N4"]["open_need"], said["N4"]["status"]) == ("20000.00", "orphan")
    table = next(one for one in meeting_tables(report, meeting) if one.name == "Plans")
    assert [row[1] for row in table.rows] == ["N3", "N4"]
    assert sum(row[7] for row in table.rows) == 90_000  # type: ignore[misc]
    needs = {row[2]: row[-2:] for row in areas_table(report).rows}
    assert [float(one) for one in needs["N3"]] == [100_000, 0.3]  # type: ignore[arg-type]
    [section] = [one for one in sections if one.title == "Gaps against national plans"]
    assert section.table is not None
    assert list(section.table.total)[2:] == ["US$120,000.00", "US$30,000.00", "", "US$30,000.00", "US$90,000.00"]
    with database.read() as connection:
        assert open_snapshot(connection, freeze_snapshot(OPERATOR, CAMBODIA, "Spring")).meeting == meeting
