"""The catalogues are complete, and a page that is read from right to left keeps what is not."""

import re

import pytest
from babel.messages.pofile import read_po

from app import formats
from app.languages import FOLDER, LANGUAGES, LOCALE
from scripts import update_messages
from tests.overlap_portfolio import import_overlap_portfolio
from tests.pages.conftest import People

FACT = re.compile(r"%\(\w+\)s|%%")


def test_every_text_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["update_messages.py", "--check"])
    assert update_messages.main() == 0


@pytest.mark.parametrize("locale", [locale for locale in LANGUAGES if locale != "en"])
def test_translations_name_the_facts_of_their_texts(locale: str) -> None:
    """A fact that is left out or misspelt would be lost, or make the text English again."""
    with (FOLDER / locale / "messages.po").open("rb") as stream:
        singular = [one for one in read_po(stream, locale=locale) if isinstance(one.id, str) and one.id]
    assert len(singular) > 1000
    for one in singular:
        assert sorted(FACT.findall(str(one.string))) == sorted(FACT.findall(str(one.id))), one.id


@pytest.mark.parametrize("locale", [locale for locale in LANGUAGES if locale != "en"])
def test_every_page_in_every_language(people: People, locale: str) -> None:
    import_overlap_portfolio()
    people.owner.cookies.set("lang", locale)
    for address in ("/", "/portfolio", "/projects/2", "/imports", "/imports/1", "/reports/overlap", "/countries/KH"):
        answer = people.owner.get(address)
        assert answer.status_code == 200
        assert f'<html lang="{locale}"' in answer.text
    # The report is a second one of a project: a reason from the rules, and names from the code lists.
    page = people.owner.get("/projects/2").text
    for words in ("This is a secondary report", "Disbursement<", "Implementation"):
        assert words not in page


def test_amounts_keep_their_order_from_right_to_left() -> None:
    token = LOCALE.set("ar")
    assert "\u2068US$\u2069" in formats.money(123_456)
    LOCALE.reset(token)
    assert "\u2068" not in formats.money(123_456)
