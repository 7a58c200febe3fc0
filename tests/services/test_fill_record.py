"""The form of a project, written into its record: every kind of bad input, and what stays untouched."""

import pytest
from lxml import etree

from app.services.fill_record import fill_record
from app.services.project_form import Problem, ProjectForm, blank_row, change_rows, form_of, read_form
from tests.services.iati_files import activity, budget, committed, country, description, organisation, sector, spent

RICH = activity(
    "X-1",
    description("First line."),
    organisation("4", "XX-9", "Partner"),
    '<activity-status code="2"/>',
    '<activity-date type="2" iso-date="2019-01-15"/>',
    '<activity-date type="4" iso-date="2019-02-31"/>',
    country("KH", 60),
    country("NP", 45),
    sector("15160", 100),
    committed("2019-02-01", "120000.50", provider="XX-1"),
    spent("2019-03-01", "1.500", receiver="XX-9"),
    budget("2019-01-01", "2019-12-31", 90000),
)


def parsed(text: str = RICH) -> etree._Element:
    return etree.fromstring(text)


def filled(changes: dict[str, str], text: str = RICH) -> tuple[dict[str, str], str]:
    """Field -> what is said about it, and the record, after these fields were changed."""
    element = parsed(text)
    form = read_form(element)
    for field, value in changes.items():
        put(form, field, value)
    problems: list[Problem] = fill_record(element, read_form(parsed(text)), form)
    return {one.id: one.message for one in problems}, etree.tostring(element, encoding="unicode")


def put(form: ProjectForm, field: str, value: str) -> None:
    name, _, rest = field.partition("-")
    if not rest:
        form.singles[name] = value
        return
    number, _, key = rest.partition("-")
    while len(form.rows[name]) <= int(number):
        form.rows[name].append(blank_row(name))
    form.rows[name][int(number)][key] = value


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("actual_start", "31/02/2019", "not a day of the calendar"),
        ("actual_start", "03/04/2019", "may mean 2019-04-03 or 2019-03-04"),
        ("actual_end", "2018-12-31", "before the start"),
        ("money-0-start", "", "Give the day"),
        ("money-0-start", "2019", "more than one day"),
        ("money-0-value", "12,5OO", "not an amount"),
        ("money-0-value", "12,500", "may mean 12500 or 12.500"),
        ("money-0-value", "", "Give the amount"),
        ("money-0-value", "EUR 500", "into its own field"),
        ("money-0-currency", "Talers", "no currency"),
        ("money-0-value_date", "yesterday", "not a day"),
        ("money-0-end", "2020-01-01", "A payment has one day"),
        ("money-0-kind", "", "Choose what kind"),
        ("money-2-end", "2018-12-31", "before the start"),
        ("money-2-provider", "Sida", "names no organisation"),
        ("currency", "Talers", "no currency"),
        ("status", "77", "not a status"),
        ("title-0-text", "", "Give the project a title"),
        ("title-0-language", "english please", "as a code"),
        ("place-0-code", "Atlantis", "country or region"),
        ("place-0-code", "Congo", "Did you mean"),
        ("place-0-percentage", "130", "more than the whole"),
        ("place-0-percentage", "95", "add up to 140"),
        ("place-0-percentage", "-5", "not a percentage"),
        ("place-0-percentage", "many", "not a percentage"),
        ("sector-0-code", "99999x", "no code of this vocabulary"),
        ("sector-0-vocabulary", "77", "not a vocabulary"),
        ("organisation-0-role", "9", "Choose what this organisation does"),
    ],
)
def test_bad_input_is_said_beside_its_field(field: str, text: str, said: str) -> None:
    assert said in filled({field: text})[0][field]


def test_nothing_changes_where_nothing_was_touched() -> None:
    problems, after = filled({})
    assert problems == {}
    assert after == etree.tostring(parsed(), encoding="unicode")


def test_what_was_wrong_before_stops_nobody() -> None:
    """A day that is none, percentages of more than 100: the file brought them, an edit of the title may leave them."""
    problems, after = filled({"title-0-text": "Other"})
    assert problems == {}
    assert after == etree.tostring(parsed(), encoding="unicode").replace("Safe schools", "Other")


@pytest.mark.parametrize(
    ("field", "text", "written"),
    [
        ("place-0-code", "Kenya", '<recipient-country code="KE"'),
        ("place-0-code", "Congo, Democratic Republic of the (CD)", '<recipient-country code="CD"'),
        ("place-0-code", "Far East Asia, regional (789)", '<recipient-region code="789"'),
        ("place-0-code", "Sénégal", '<recipient-country code="SN"'),
        ("place-0-percentage", "33.33 %", 'code="KH" percentage="33.33"'),
        ("currency", "euro", 'default-currency="EUR"'),
        ("planned_end", "31 Dec 2021", '<activity-date type="3" iso-date="2021-12-31"/>'),
        ("planned_end", "2021", '<activity-date type="3" iso-date="2021-12-31"/>'),
        ("planned_start", "2021", '<activity-date type="1" iso-date="2021-01-01"/>'),
        ("money-0-value", "1 250 000,5", ">1250000.5</value>"),
        ("money-0-value", "(1000)", ">-1000</value>"),
        ("money-2-end", "2020", '<period-end iso-date="2020-12-31"/>'),
        ("title-1-text", "مدارس آمنة", "<narrative>مدارس آمنة</narrative></title>"),
        ("sector-0-code", "15220", '<sector code="15220"'),
        ("organisation-0-name", "Other & Co", "<narrative>Other &amp; Co</narrative></participating-org>"),
    ],
)
def test_what_people_write_is_read_as_in_a_file(field: str, text: str, written: str) -> None:
    problems, after = filled({field: text})
    assert problems == {}
    assert written in after


def test_fields_that_were_emptied_leave_nothing_behind() -> None:
    changes = {
        "status": "", "currency": "", "actual_end": "", "money-0-currency": "USD", "money-1-currency": "USD", "money-1-receiver_ref": "",
        "place-1-code": "", "place-1-percentage": "", "description-0-text": "", "description-0-language": "",
    }  # fmt: skip
    problems, after = filled(changes)
    assert problems == {}
    for gone in ("activity-status", "default-currency", 'type="4"', 'code="NP"', "<description", "receiver-org"):
        assert gone not in after


def test_a_row_that_was_taken_out_takes_its_element_along() -> None:
    element = parsed()
    form = read_form(element)
    assert change_rows(form, "remove-money-1") == "add-money"
    assert fill_record(element, read_form(parsed()), form) == []
    assert [one.tag for one in element if one.find("value") is not None] == ["transaction", "budget"]
    assert "120000.50" in etree.tostring(element, encoding="unicode")


def test_a_request_with_other_fields_is_read_as_far_as_it_is_a_form() -> None:
    form = form_of(
        [("money-2-value", "7"), ("money-x-value", "8"), ("nonsense", "9"), ("money-1-else", "1"), ("version", "x")]
    )
    assert form.rows["money"] == [{**blank_row("money"), "value": "7"}]
    assert form.version is None
    for command in ("", "add", "add-nothing", "remove-money-77", "remove-money"):
        change_rows(form, command)
    assert len(form.rows["money"]) == 1


def test_elements_of_one_origin_are_written_once() -> None:
    """Two rows that claim the same element: the second one is a new amount."""
    element = parsed()
    form = read_form(element)
    form.rows["money"].append({**form.rows["money"][0], "value": "5"})
    assert fill_record(element, read_form(parsed()), form) == []
    assert [one.text for one in element.iterfind("transaction/value")] == ["120000.50", "1.500", "5"]
