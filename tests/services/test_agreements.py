"""Agreements: entered, changed, followed up; their history is never lost."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app import database
from app.errors import InvalidInput, NotAllowed, NotFound
from app.rules.permissions import EDITOR, OPERATOR, READER, Viewer
from app.services.add_agreement import add_agreement
from app.services.agreement_tables import agreements_table
from app.services.change_agreement import change_agreement
from app.services.list_agreements import agreement_as_json, list_agreements, show_agreement
from app.services.write_agreement import AgreementForm
from tests.overlap_portfolio import SIDA, UNICEF, USAID, import_overlap_portfolio
from tests.services.stored import query

TODAY = date(2020, 6, 1)
TOMORROW = datetime.now(UTC).date() + timedelta(days=2)
FORM = AgreementForm(
    "KH", "USAID leads in coordination.", date(2019, 6, 1), "", "N1", date(2020, 1, 1), {USAID: "lead", UNICEF: "leave"}
)


@pytest.fixture
def imported(database_url: str) -> int:
    return import_overlap_portfolio()


def enter(form: AgreementForm = FORM, viewer: Viewer = OPERATOR) -> int:
    with database.write() as connection:
        return add_agreement(connection, viewer, form)


def change(number: int, *said: Any, viewer: Viewer = OPERATOR) -> None:
    with database.write() as connection:
        change_agreement(connection, viewer, number, *said)


def read(number: int, today: date = TODAY) -> Any:
    with database.read() as connection:
        return show_agreement(connection, OPERATOR, number, today)


def test_an_agreement_is_followed_up(imported: int) -> None:
    line = read(enter()).line
    assert (line.area.code, line.is_late, line.row.state) == ("N1", True, "open")
    leader, leaver = line.parties
    assert (leader.ref, leader.found.verdict, leader.found.year) == (USAID, "leads", 4_000_000)
    assert (leaver.ref, leaver.found.verdict) == (UNICEF, "was-not-there")
    later = read(line.row.id, date(2021, 6, 1)).line.parties[0].found
    assert (later.then, later.now, later.verdict) == (1, 0, "not-yet")


def test_about_a_whole_country(imported: int) -> None:
    line = read(enter(AgreementForm("KH", "All of it", date(2018, 1, 1), parties={USAID: "join"}))).line
    assert line.area is None
    assert (line.parties[0].found.before, line.parties[0].found.since) == (0, 7_500_000)


def test_history_keeps_what_was(imported: int) -> None:
    number = enter()
    change(number, "kept", "They do.")
    change(number, "", "Only a word.")
    change(number, "", "", AgreementForm("KH", "Sida leads.", FORM.decided_on, area="N2", parties={SIDA: "lead"}))
    page = read(number)
    assert (page.line.row.state, page.line.row.description, page.line.area.code) == ("kept", "Sida leads.", "N2")
    corrected, comment, kept, first = page.changes
    assert corrected[1]["description"] == FORM.description
    assert corrected[1]["parties"] == {USAID: "lead", UNICEF: "leave"}
    assert (comment[0].comment, comment[1]) == ("Only a word.", None)
    assert (kept[1]["state"], first[1]) == ("open", None)
    actions = [
        action for (action,) in query("SELECT action FROM audit_entry WHERE subject = 'agreement 1' ORDER BY id")
    ]
    assert actions == ["add-agreement", "change-agreement", "change-agreement", "change-agreement"]


def test_lists_by_place_and_state(imported: int) -> None:
    first = enter()
    second = enter(AgreementForm("KE", "Kenya", FORM.decided_on))
    change(first, "dropped")
    with database.read() as connection:

        def numbers(**asked: Any) -> list[int]:
            return [line.row.id for line in list_agreements(connection, OPERATOR, TODAY, **asked)]

        assert numbers() == [second, first]
        assert numbers(countries=["KH"]) == [first]
        assert numbers(state="open") == [second]
        assert numbers(after=0, limit=1) == [first]
        lines = list_agreements(connection, OPERATOR, TODAY)
        assert len(list(agreements_table(lines).rows)) == 3
        assert agreement_as_json(lines[0])["parties"] == []


@pytest.mark.parametrize("wrong", [
    {"country": "XX"}, {"description": "  "}, {"description": "x" * 4001}, {"due": date(2000, 1, 1)},
    {"decided_on": TOMORROW}, {"area": "Z9"}, {"parties": {"no-such": "join"}},
    {"parties": {USAID: "watch"}}, {"parties": {USAID: "lead", UNICEF: "lead"}},
])  # fmt: skip
def test_what_cannot_be_agreed(imported: int, wrong: dict[str, Any]) -> None:
    said = {name: getattr(FORM, name) for name in AgreementForm.__slots__} | wrong
    with pytest.raises(InvalidInput):
        enter(AgreementForm(**said))
    assert query("SELECT COUNT(*) FROM agreement") == [(0,)]


def test_refusals(imported: int) -> None:
    number = enter(viewer=Viewer(None, 1, EDITOR))
    for said in ((), ("open",), ("lost", "word"), ("", "x" * 4001)):
        with pytest.raises(InvalidInput):
            change(number, *said)
    with pytest.raises(NotAllowed):
        enter(viewer=Viewer(1, 1, READER))
    with pytest.raises(NotAllowed):
        change(number, "kept", viewer=Viewer(1, 1, READER))
    with pytest.raises(NotFound):
        change(99, "kept")
    with pytest.raises(NotFound):
        enter(AgreementForm("KH", "x", FORM.decided_on, snapshot=99))
