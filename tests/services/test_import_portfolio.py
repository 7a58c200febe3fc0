"""An import from file to portfolio: what is new, changed, unchanged and removed; all of it or nothing."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from app import database
from app.errors import InvalidInput
from app.models.record import Reported
from app.services.import_portfolio import BATCH, next_batch
from tests.importers.sheet_files import write_csv, write_workbook
from tests.services.iati_files import activity, area, budget, country, iati, spent
from tests.services.stored import (
    HISTORY,
    Portfolio,
    areas,
    by_country,
    codes,
    counts,
    decide,
    dump,
    findings,
    money,
    net,
    query,
    record,
    rolled_up,
    titles,
    visible,
)

A = activity("XX-1-A", country("KH"), spent("2019-05-01", 100))
B = activity("XX-1-B", country("LA"), spent("2019-05-01", 200))
C = activity("XX-1-C", country("KH"), spent("2019-05-01", 300))
B_CHANGED = activity("XX-1-B", country("LA"), spent("2019-05-01", 250), title="Safer schools")


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    """After each test of this file the stored data is sound."""
    yield
    assert findings() == []


# --- modes -----------------------------------------------------------------------------------


def test_update_adds_and_changes_and_leaves_the_rest(portfolio: Portfolio) -> None:
    assert counts(portfolio.take(A, B)) == (2, 2, 0, 0, 0, 0)
    assert counts(portfolio.take(B_CHANGED, C)) == (2, 1, 1, 0, 0, 0)
    assert titles() == {"XX-1-A": "Safe schools", "XX-1-B": "Safer schools", "XX-1-C": "Safe schools"}
    assert by_country() == {"KH": 400_00, "LA": 250_00}
    assert rolled_up() == 650_00


def test_add_never_changes_what_is_there(portfolio: Portfolio) -> None:
    portfolio.take(A, B)
    assert counts(portfolio.take(B_CHANGED, C, mode="add")) == (2, 1, 0, 1, 0, 0)
    assert titles()["XX-1-B"] == "Safe schools"
    assert by_country() == {"KH": 400_00, "LA": 200_00}


def test_replace_removes_what_the_file_no_longer_has(portfolio: Portfolio) -> None:
    portfolio.take(A, B, C)
    assert counts(portfolio.take(B_CHANGED, A, mode="replace")) == (2, 0, 1, 1, 1, 0)
    assert sorted(titles()) == ["XX-1-A", "XX-1-B"]
    assert by_country() == {"KH": 100_00, "LA": 250_00}
    assert rolled_up() == 350_00


def test_replace_leaves_other_reporters_and_other_owners_alone(portfolio: Portfolio) -> None:
    portfolio.take(activity("YY-2-A", spent("2019-05-01", 1), reporter="YY-2"))
    portfolio.take(A, B)
    portfolio.take(A, B, owner="ZZ-3")
    assert counts(portfolio.take(A, mode="replace")) == (1, 0, 0, 1, 1, 0)
    found = query("SELECT identifier, COUNT(*) FROM activity WHERE state = 'current' GROUP BY identifier")
    assert dict(found) == {"XX-1-A": 2, "XX-1-B": 1, "YY-2-A": 1}


def test_what_returns_after_a_removal_is_new(portfolio: Portfolio) -> None:
    portfolio.take(A, B)
    before = visible()
    portfolio.take(A, mode="replace")
    assert counts(portfolio.take(A, B)) == (2, 1, 0, 1, 0, 0)
    after = visible()
    assert {name: rows for name, rows in after.items() if name != "activity"} == {
        name: rows for name, rows in before.items() if name != "activity"
    }


def test_the_same_report_again_is_unchanged(portfolio: Portfolio) -> None:
    """As it was; with other line ends; with other white space; with other quotes and a byte order mark."""
    portfolio.take(A, B)
    before = dump("import_run", "import_issue", "counter", "audit_entry")
    text = iati(A, B)
    for again in (
        text,
        text.replace("\n", "\r\n"),
        text.replace(">\n", ">\n\n   ").replace("<narrative>", "<narrative>\n  "),
        "\ufeff" + text.replace(' code="KH"', " code='KH'  "),
    ):
        assert counts(portfolio.import_text(again)) == (2, 0, 0, 2, 0, 0)
        assert dump("import_run", "import_issue", "counter", "audit_entry") == before


def test_attributes_in_another_order_are_no_change(portfolio: Portfolio) -> None:
    tag = '<other-identifier ref="7" type="A1"/>'
    portfolio.take(activity("XX-1-A", tag))
    assert counts(portfolio.take(activity("XX-1-A", '<other-identifier type="A1" ref="7"/>'))) == (1, 0, 0, 1, 0, 0)


def test_every_word_that_differs_is_a_change(portfolio: Portfolio) -> None:
    portfolio.take(
        activity("XX-1-A", "<title><narrative>One</narrative></title>", '<x:unit xmlns:x="urn:x">7</x:unit>')
    )
    changed = activity("XX-1-A", "<title><narrative>One</narrative></title>", '<x:unit xmlns:x="urn:x">8</x:unit>')
    assert counts(portfolio.take(changed)) == (1, 0, 1, 0, 0, 0)


def test_several_files_in_one_import(portfolio: Portfolio) -> None:
    paths = [portfolio.write(iati(A)), portfolio.write(iati(B))]
    assert counts(portfolio.import_paths(paths)) == (2, 2, 0, 0, 0, 0)


# --- all or nothing --------------------------------------------------------------------------

NO_AMOUNT = activity("XX-1-D", spent("2019-05-01", "12,5OO"))
NO_IDENTIFIER = activity("", spent("2019-05-01", 1))
REFUSED = {
    "truncated": (iati(B_CHANGED, C)[:-60], "xml-broken"),
    "broken after many": (iati(*[activity(f"XX-1-{n}") for n in range(300)], "<iati-activity>"), "xml-broken"),
    "amount": (iati(B_CHANGED, NO_AMOUNT), "amount-unreadable"),
    "identifier": (iati(B_CHANGED, NO_IDENTIFIER), "identifier-missing"),
    "date": (iati(B_CHANGED, activity("XX-1-D", spent("2019-02-31", 1))), "date-unreadable"),
    "currency": (iati(B_CHANGED, activity("XX-1-D", spent("2019-05-01", 1, currency="EURO"))), "currency-unknown"),
    "twice": (iati(B_CHANGED, C, B), "identifier-twice"),
    "empty": ("", "file-empty"),
    "no activities": (iati(), "no-activities"),
    "organisations": ('<iati-organisations version="2.03"/>', "no-organisations"),
    "other": ("<html><body>Sign in</body></html>", "html-file"),
    "entities": ('<!DOCTYPE x [<!ENTITY a "aaaa">]><iati-activities>&a;</iati-activities>', "dtd-refused"),
}


def test_a_refused_file_leaves_everything_as_it_was(portfolio: Portfolio) -> None:
    portfolio.take(A, B, owner="XX-1")
    decide("XX-1-A", "N3")
    before = dump("import_run", "import_issue", "counter")
    for name, (content, code) in REFUSED.items():
        result = portfolio.import_text(content, owner="XX-1")
        assert (name, result.state, codes(result)) == (name, "refused", [code])
        assert (result.counts.new, result.counts.changed, result.counts.removed) == (0, 0, 0)
        assert dump("import_run", "import_issue", "counter") == before, name
        run = query("SELECT state, id FROM import_run ORDER BY id DESC")[0]
        assert run == ("refused", result.import_id)
        assert query("SELECT code FROM import_issue WHERE import_id = :i AND level = 'error'", i=run[1]) == [(code,)]


def test_a_refusal_names_line_and_remedy(portfolio: Portfolio) -> None:
    result = portfolio.import_text(iati(A, NO_AMOUNT))
    [issue] = [issue for issue in result.issues if issue.level == "error"]
    [value] = [number for number, line in enumerate(iati(A, NO_AMOUNT).splitlines(), 1) if "12,5OO" in line]
    assert (issue.activity, issue.value, issue.line) == ("XX-1-D", "12,5OO", value - 3)  # where the transaction begins
    assert "1250000.00" in issue.hint


def test_keep_good_takes_the_rest(portfolio: Portfolio) -> None:
    result = portfolio.import_text(iati(A, NO_AMOUNT, B, NO_IDENTIFIER, A), keep_good=True)
    assert (result.state, counts(result)) == ("committed", (5, 2, 0, 0, 0, 3))
    assert codes(result) == ["amount-unreadable", "identifier-missing", "identifier-twice"]
    assert sorted(titles()) == ["XX-1-A", "XX-1-B"]


def test_keep_good_takes_what_stands_before_the_break(portfolio: Portfolio) -> None:
    result = portfolio.import_text(iati(A, B, C)[:-60], keep_good=True)
    assert (result.state, counts(result), codes(result)) == ("committed", (2, 2, 0, 0, 0, 0), ["xml-broken"])


def test_keep_good_never_goes_with_replace(portfolio: Portfolio) -> None:
    with pytest.raises(InvalidInput):
        portfolio.import_text(iati(A, NO_AMOUNT), mode="replace", keep_good=True)


def test_without_reporter_the_owner_reports_and_nobody_is_an_error(portfolio: Portfolio) -> None:
    text = iati("<iati-activity><iati-identifier>N-1</iati-identifier></iati-activity>")
    assert codes(portfolio.import_text(text)) == ["reporter-missing"]
    assert counts(portfolio.import_text(text, owner="XX-1")) == (1, 1, 0, 0, 0, 0)
    assert query("SELECT o.ref FROM activity a JOIN organisation o ON o.id = a.reporter_id") == [("XX-1",)]


# --- whose it is -----------------------------------------------------------------------------


def test_owners_keep_their_own_copies(portfolio: Portfolio) -> None:
    portfolio.take(A, owner="XX-1")
    mine = query("SELECT * FROM activity WHERE identifier = 'XX-1-A'")
    other = activity("XX-1-A", country("KH"), spent("2019-05-01", 999), title="Another story")
    assert counts(portfolio.take(other, owner="YY-2")) == (1, 1, 0, 0, 0, 0)
    assert query("SELECT * FROM activity WHERE identifier = 'XX-1-A' ORDER BY id")[:1] == mine
    assert rolled_up("gross") == 1099_00
    assert rolled_up() == 100_00  # the copy of the one whose identifier it is


def test_one_owner_may_bring_several_reporters_of_one_identifier(portfolio: Portfolio) -> None:
    copy = activity("XX-1-A", country("KH"), spent("2019-05-01", 70), reporter="YY-2")
    assert counts(portfolio.take(A, copy, owner="ZZ-3")) == (2, 2, 0, 0, 0, 0)
    assert (rolled_up("gross"), rolled_up()) == (170_00, 100_00)


def test_the_history_says_whose_import_it_was(portfolio: Portfolio) -> None:
    results = [
        portfolio.take(A, owner="XX-1"),
        portfolio.take(B, owner="XX-1", preview=True),
        portfolio.import_text("", owner="XX-1"),
        portfolio.take(C),
    ]
    found = query("SELECT r.id, o.ref FROM import_run r LEFT JOIN organisation o ON o.id = r.owner_id ORDER BY r.id")
    assert found == [(result.import_id, "XX-1") for result in results]


def test_an_organisation_known_by_its_reference_gets_name_and_type(portfolio: Portfolio) -> None:
    portfolio.take(A, owner="XX-1")
    assert query("SELECT name, type FROM organisation WHERE ref = 'XX-1'") == [("Donor XX-1", "10")]


def test_one_organisation_by_name_and_by_reference(portfolio: Portfolio) -> None:
    """In whatever order reports name it, and in one batch or in two."""
    by_name = '<participating-org role="1"><narrative>River Trust</narrative></participating-org>'
    by_ref = '<participating-org role="1" ref="XX-77"><narrative>River Trust</narrative></participating-org>'
    portfolio.take(*[activity(f"XX-1-{n}", part) for n, part in enumerate((by_name, by_ref))])
    portfolio.take(activity("XX-1-9", by_name))
    assert query("SELECT ref, name FROM organisation WHERE name = 'River Trust'") == [("XX-77", "River Trust")]


# --- spreadsheets: partial reports -----------------------------------------------------------

HEAD = "Project ID;Project title;Description;Country;Sector code;Commitment 2019"


def test_blank_cells_erase_nothing(portfolio: Portfolio) -> None:
    portfolio.take(
        activity("XX-1-A", "<description><narrative>Long story</narrative></description>", country("KH"),
                 spent("2019-05-01", 100), area("N3", 60), area("N4", 40)), owner="XX-1",
    )  # fmt: skip
    path = write_csv(
        portfolio.folder / "more.csv", "Project ID;Project title;Description;Country\nXX-1-A;New title;;\n"
    )
    answers = {"reporter": {"ref": "XX-1", "name": "Donor XX-1", "type": "10"}}
    result = portfolio.import_paths([path], owner="XX-1", answers=answers)
    assert (counts(result), codes(result)) == ((1, 0, 1, 0, 0, 0), [])
    assert titles() == {"XX-1-A": "New title"}
    assert "Long story" in record("XX-1-A")
    assert money() == {("XX-1-A", "XX-1", "KH", "disbursement", 2019): 100_00}
    assert areas("XX-1-A") == {"N3": ("file", "confirmed", 600_000), "N4": ("file", "confirmed", 400_000)}
    assert counts(portfolio.import_paths([path], owner="XX-1", answers=answers)) == (1, 0, 0, 1, 0, 0)


def test_a_sheet_replaces_the_payments_of_the_years_that_it_gives_and_keeps_the_others(portfolio: Portfolio) -> None:
    answers = {"reporter": {"ref": "XX-1", "name": "Donor XX-1", "type": "10"}}
    projects = [["Project ID", "Project title", "Country", "Currency"], ["XX-1-A", "Safe schools", "KH", "USD"]]
    head: list[object] = ["Project ID", "Type", "Date", "Value", "Currency"]
    first = [
        head,
        ["XX-1-A", "Commitment", "2019-01-02", 500, "USD"],
        ["XX-1-A", "Disbursement", "2019-05-01", 100, "USD"],
    ]
    path = write_workbook(portfolio.folder / "one.xlsx", Projects=projects, Transactions=first)
    assert counts(portfolio.import_paths([path], owner="XX-1", answers=answers)) == (1, 1, 0, 0, 0, 0)
    places = [row[0] for row in query("SELECT place FROM flow ORDER BY position")]
    assert places == ["Transactions!2", "Transactions!3"]
    renamed = [projects[0], ["XX-1-A", "Safer schools", "KH", "USD"]]
    path = write_workbook(portfolio.folder / "two.xlsx", Projects=[[], [], *renamed])
    assert counts(portfolio.import_paths([path], owner="XX-1", answers=answers)) == (1, 0, 1, 0, 0, 0)
    assert [row[0] for row in query("SELECT place FROM flow ORDER BY position")] == places
    more = [head, ["XX-1-A", "Disbursement", "2020-05-01", 70, "USD"]]
    path = write_workbook(portfolio.folder / "three.xlsx", Projects=renamed, Transactions=more)
    assert counts(portfolio.import_paths([path], owner="XX-1", answers=answers)) == (1, 0, 1, 0, 0, 0)
    kept = {
        ("XX-1-A", "XX-1", "KH", "commitment", 2019): 500_00,
        ("XX-1-A", "XX-1", "KH", "disbursement", 2019): 100_00,
    }
    assert money() == {**kept, ("XX-1-A", "XX-1", "KH", "disbursement", 2020): 70_00}
    again = [head, ["XX-1-A", "Disbursement", "2019-06-01", 110, "USD"]]
    path = write_workbook(portfolio.folder / "four.xlsx", Projects=renamed, Transactions=again)
    assert counts(portfolio.import_paths([path], owner="XX-1", answers=answers)) == (1, 0, 1, 0, 0, 0)
    assert money()["XX-1-A", "XX-1", "KH", "disbursement", 2019] == 110_00
    assert money()["XX-1-A", "XX-1", "KH", "disbursement", 2020] == 70_00
    assert sorted(row[0] for row in query("SELECT place FROM flow")) == ["Transactions!2"] * 3


# --- areas -----------------------------------------------------------------------------------


def test_tags_are_confirmed_mappings_and_go_with_the_tags(portfolio: Portfolio) -> None:
    portfolio.take(activity("XX-1-A", country("KH"), area("N3", 75), area("N4", 25), spent("2019-05-01", 100)))
    assert areas("XX-1-A") == {"N3": ("file", "confirmed", 750_000), "N4": ("file", "confirmed", 250_000)}
    assert money("net", "florence-2008") == {
        ("XX-1-A", "XX-1", "KH", "disbursement", 2019, "N3"): 75_00,
        ("XX-1-A", "XX-1", "KH", "disbursement", 2019, "N4"): 25_00,
    }
    portfolio.take(activity("XX-1-A", country("KH"), area("N4"), spent("2019-05-01", 100)))
    assert areas("XX-1-A") == {"N4": ("file", "confirmed", None)}
    portfolio.take(activity("XX-1-A", country("KH"), spent("2019-05-01", 100)))
    assert areas("XX-1-A") == {}
    assert money("net", "florence-2008") == {}


def test_shares_that_can_not_be_are_asked_about(portfolio: Portfolio) -> None:
    result = portfolio.take(activity("XX-1-A", area("N3", "9" * 12), area("N4", "much"), spent("2019-05-01", 100)))
    assert codes(result, "warning") == ["percentage-unreadable", "percentage-unreadable"]
    assert areas("XX-1-A") == {"N3": ("file", "confirmed", None), "N4": ("file", "confirmed", None)}


def test_a_file_can_not_pass_for_a_person(portfolio: Portfolio) -> None:
    said = (
        area("N3", said=' tessera:source="person"'),
        area("N4", said=' tessera:source="person" tessera:state="rejected"'),
    )
    portfolio.take(activity("XX-1-A", *said), suggest=False)
    assert areas("XX-1-A") == {"N3": ("file", "confirmed", None), "N4": ("suggestion", "suggested", None)}


def test_what_people_decided_outlives_every_import(portfolio: Portfolio) -> None:
    tagged = [area(code) for code in ("N1", "N2", "N3", "N4", "N5")]
    portfolio.take(activity("XX-1-A", *tagged, spent("2019-05-01", 100)), owner="XX-1")
    decide("XX-1-A", "N1", "reject")
    decide("XX-1-A", "N6", share=40)
    decided = {"N1": ("person", "rejected", None), "N6": ("person", "confirmed", 400_000)}
    assert areas("XX-1-A") == {**dict.fromkeys(("N2", "N3", "N4", "N5"), ("file", "confirmed", None)), **decided}
    changed = activity("XX-1-A", *tagged, spent("2019-05-01", 120))
    portfolio.take(changed, owner="XX-1")
    assert areas("XX-1-A") == {**dict.fromkeys(("N2", "N3", "N4", "N5"), ("file", "confirmed", None)), **decided}
    portfolio.take(A.replace("XX-1-A", "XX-1-Z"), owner="XX-1", mode="replace")
    assert areas("XX-1-A") == {}
    portfolio.take(activity("XX-1-A", spent("2019-05-01", 120)), owner="XX-1")
    assert areas("XX-1-A") == decided


# --- what databases choke on -----------------------------------------------------------------


def test_long_words_and_odd_values_are_no_accident(portfolio: Portfolio) -> None:
    long = " ".join(f"word{n}é" for n in range(120_000))
    odd = activity(
        "XX-1-A", f"<description><narrative>{long}</narrative></description>", country("K" * 9000, 5), country("KH", "1e9"),
        '<participating-org role="1" ref="%s"><narrative>%s</narrative></participating-org>' % ("R" * 9000, "n m " * 9000),  # noqa: UP031
        '<related-activity type="1" ref="%s"/>' % ("x" * 9000), budget("2019-01-01", "2019-12-31", "1e3"),
    ).replace("<iati-activity ", '<iati-activity hierarchy="²" last-updated-datetime="yesterday" ')  # fmt: skip
    assert counts(portfolio.take(odd)) == (1, 1, 0, 0, 0, 0)
    assert net("XX-1-A") == 1000_00
    assert codes(portfolio.import_text(iati(activity("I" * 9000)))) == ["identifier-too-long"]


def test_a_huge_activity_is_compared_again(portfolio: Portfolio) -> None:
    """A text beyond the ten megabytes that XML parsers take by default."""
    text = iati(activity("XX-1-A", f"<description><narrative>{'huge ' * 2_200_000}</narrative></description>"))
    portfolio.import_text(text, suggest=False)
    assert counts(portfolio.import_text(text.replace("  <title>", "    <title>"), suggest=False)) == (1, 0, 0, 1, 0, 0)


def test_only_the_history_grows_with_a_preview(portfolio: Portfolio) -> None:
    portfolio.take(A, B, owner="XX-1")
    before = dump(*HISTORY)
    result = portfolio.take(B_CHANGED, C, owner="XX-1", preview=True, mode="replace")
    assert counts(result) == (2, 1, 1, 0, 1, 0)
    assert dump(*HISTORY) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_written_reaches_the_file_of_an_embedded_database(portfolio: Portfolio, tmp_path: Path) -> None:
    """The commit leaves that to a thread; other writers do it themselves, as ever."""
    portfolio.take(A, B)
    for thread in threading.enumerate():
        if thread.name.endswith("(_empty_log)"):
            thread.join()
    with closing(sqlite3.connect(f"file:{tmp_path / 'tessera.db'}?immutable=1", uri=True)) as file_alone:
        assert file_alone.execute("SELECT count(*) FROM activity").fetchone() == (2,)
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 1000


def test_a_batch_is_no_larger_than_what_is_there_already() -> None:
    read = [Reported(is_followed=number not in (10, 120)) for number in range(2 * BATCH)]
    reading = iter(read)
    assert [len(next_batch(reading)) for _ in range(4)] == [121, BATCH, BATCH - 121, 0]
