"""The catalogues are complete, and a page that is read from right to left keeps what is not."""

import ast
import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page, expect

from app import database, errors, formats
from app.languages import FOLDER, LANGUAGES, LOCALE
from scripts import update_messages
from tests.overlap_portfolio import import_overlap_portfolio
from tests.pages.conftest import People

ROOT = Path(__file__).parent.parent.parent
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


@pytest.mark.parametrize(
    ("locale", "unknown", "wrong", "admins"),
    [("fr", "Il n'y a pas d'importation 4711", "Cette adresse e-mail et ce mot de passe", "Seuls les administrateurs"),
     ("es", "No existe la importación 4711", "Esta dirección de correo y esta contraseña", "Solo los administradores"),
     ("it", "L'importazione 4711 non esiste", "Questo indirizzo e-mail e questa password", "Solo gli amministratori"),
     ("pt", "A importação 4711 não existe", "Este endereço de e-mail e esta palavra-passe", "Só os administradores"),
     ("ar", "لا يوجد استيراد بالرقم 4711", "عنوان البريد الإلكتروني وكلمة", "إدارة الحسابات وقراءة")],
)  # fmt: skip
def test_refusals_are_said_in_the_readers_language(
    people: People, locale: str, unknown: str, wrong: str, admins: str
) -> None:
    for client in (people.owner, people.nobody):
        client.cookies.set("lang", locale)
    sent = {"email": "owner@example.org", "password": "a guess"}
    answers = (people.owner.get("/imports/4711"), people.nobody.post("/sign-in", data=sent), people.owner.get("/admin"))
    assert [answer.status_code for answer in answers] == [404, 422, 403]
    for answer, words in zip(answers, (unknown, wrong, admins), strict=True):
        assert words in re.sub("[\u2068\u2069]", "", html.unescape(answer.text))


# What only the command line and the API say stays English.
ENGLISH = ("app/commands/", "app/routers/api/", "app/services/add_user.py", "app/services/back_up.py",
           "app/services/create_token.py", "app/services/import_files.py", "app/services/suggest_areas.py",
           "app/services/suggest_lines.py", "app/rules/suggest.py", "app/rules/lexicon/", "app/routers/sign_in.py")  # fmt: skip


def test_no_refusal_is_put_together_where_it_can_not_be_translated() -> None:
    found = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in update_messages.REFUSALS:
                found += [f"{name}:{node.lineno}" for one in node.args if isinstance(one, ast.JoinedStr)]
    assert [place for place in found if not place.startswith(ENGLISH)] == []
    assert subclasses(errors.Refused) <= set(update_messages.REFUSALS)


def subclasses(kind: type[Exception]) -> set[str]:
    """The names of `kind` and of the classes under it that the application of these tests has loaded."""
    names = {kind.__name__}
    for one in kind.__subclasses__():
        names |= subclasses(one) if one.__module__.startswith("app.") else set()
    return names


@pytest.mark.parametrize(
    ("cookie", "shown"),
    [("Asia/Kathmandu", "6 Jan 2026, 03:45:00 GMT+05:45"), ("America/New_York", "5 Jan 2026, 17:00:00 GMT-05:00"),
     ("UTC", "5 Jan 2026, 22:00:00 UTC"), ("", "22:00:00 UTC"), ("Mars/Phobos", "22:00:00 UTC"), ("Asia", "22:00:00 UTC"),
     ("../../etc/passwd", "22:00:00 UTC"), ("x" * 500, "22:00:00 UTC")],
)  # fmt: skip
def test_moments_are_by_the_readers_clock(people: People, cookie: str, shown: str) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE user_account SET signed_in_at = '2026-01-05 22:00:00'")
    people.admin.cookies.set("zone", cookie)
    assert shown in re.sub("[\u2068\u2069]", "", people.admin.get("/admin").text)


def test_the_browser_says_its_time_zone(page: Page, server: str, sign_in_to: Callable[[Page, str], None]) -> None:
    assert page.context.browser
    with page.context.browser.new_context(timezone_id="Asia/Kathmandu") as context:
        abroad = context.new_page()
        abroad.set_default_timeout(10_000)
        sign_in_to(abroad, "admin")
        abroad.goto(f"{server}/admin")
        expect(abroad.get_by_role("row", name="admin@example.org")).to_contain_text("GMT+05:45")
