"""A desk officer with a sheet of their own making, in a real browser: how many clicks, and what each page looks like."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser import find_axe_violations
from tests.pages.strange_sheet import TITLES, write_strange_sheet

SignIn = Callable[[Page, str], None]


class Hand:
    """Uses a page as somebody with a mouse does, and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def drop(self, path: Path) -> None:
        self.clicks += 1
        self.page.get_by_label("Files").set_input_files(path)

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name))

    def select(self, label: str, value: str) -> None:
        self.clicks += 1
        self.page.get_by_label(label).select_option(value)


@pytest.fixture
def hand(server: str, page: Page, sign_in_to: SignIn) -> Hand:
    """The owner, on the page of imports."""
    sign_in_to(page, "owner")
    page.goto(f"{server}/imports")
    return Hand(page)


def send(hand: Hand, path: Path, waits_for: str) -> None:
    hand.page.goto(hand.page.url.split("/imports")[0] + "/imports")
    hand.drop(path)
    hand.press("Check the file")
    hand.page.get_by_role("button", name=waits_for).wait_for()


def answer(hand: Hand) -> None:
    hand.click(hand.page.get_by_text("Day first"))
    hand.select("Your answer", "EUR")
    hand.press("Answer and go on")
    hand.page.get_by_role("button", name="Write").wait_for()


def write(hand: Hand, name: str = "Write") -> None:
    hand.press(name)
    hand.page.get_by_role("button", name="Take this import back").wait_for()


def test_a_strange_sheet_takes_six_clicks_and_the_next_one_three(hand: Hand, tmp_path: Path) -> None:
    send(hand, write_strange_sheet(tmp_path / "strange.xlsx"), "Answer and go on")
    answer(hand)
    write(hand, f"Write {len(TITLES)} projects")
    assert hand.clicks <= 6
    hand.clicks = 0
    send(hand, write_strange_sheet(tmp_path / "next.xlsx", first_amount=20000), "Write")
    write(hand)
    assert hand.clicks <= 3
    hand.page.get_by_text(f"{len(TITLES)} changed").wait_for()


def test_a_wrong_column_is_corrected_and_undone(hand: Hand, tmp_path: Path) -> None:
    send(hand, write_strange_sheet(tmp_path / "strange.xlsx"), "Answer and go on")
    answer(hand)
    hand.click(hand.page.get_by_text("How the columns were read"))
    hand.select("Read Chargé de dossier as", "contact-name")
    hand.press("Read again")
    hand.page.get_by_role("button", name="Write").wait_for()
    hand.click(hand.page.get_by_text("How the columns were read"))
    assert hand.page.get_by_label("Read Chargé de dossier as").input_value() == "contact-name"
    assert hand.page.get_by_role("row", name="Chargé de dossier").get_by_text("your answer").is_visible()
    write(hand)
    hand.press("Take this import back")
    hand.page.get_by_text("every project is as it was before").wait_for()


def test_a_row_is_left_out_and_a_value_kept(hand: Hand, tmp_path: Path) -> None:
    send(hand, write_strange_sheet(tmp_path / "strange.xlsx"), "Answer and go on")
    answer(hand)
    write(hand)
    send(hand, write_strange_sheet(tmp_path / "next.xlsx", first_amount=20000), "Write")
    page = hand.page
    rows = page.get_by_role("row").filter(has_text=TITLES[0])
    rows.get_by_role("checkbox", name="Write").uncheck()
    page.get_by_role("button", name=f"Write {len(TITLES) - 1} projects").wait_for()
    page.get_by_role("row").filter(has_text=TITLES[1]).get_by_label("keep what is stored").check()
    page.get_by_text("In 1 project you keep stored values").wait_for()
    page.reload()
    assert not rows.get_by_role("checkbox", name="Write").is_checked()
    # The buttons were exchanged meanwhile: they still take what stands on the page.
    write(hand)
    page.get_by_text(f"{len(TITLES) - 2} changed").wait_for()


def test_everything_works_without_javascript(server: str, browser: Browser, sign_in_to: SignIn, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in_to(page, "owner")
    page.goto(f"{server}/imports")
    hand = Hand(page)
    send(hand, write_strange_sheet(tmp_path / "strange.xlsx"), "Answer and go on")
    answer(hand)
    page.get_by_text("How the columns were read").click()
    page.get_by_role("link", name="Show the columns").click()
    page.get_by_label("Read Chargé de dossier as").select_option("contact-name")
    page.get_by_role("button", name="Read again").click()
    page.get_by_role("button", name="Write").first.wait_for()
    page.get_by_role("checkbox", name="Write").first.uncheck()
    page.get_by_role("button", name="Save these choices").click()
    page.get_by_text("You leave 1 project as it is").wait_for()
    write(hand, f"Write {len(TITLES) - 1} projects")
    context.close()


@pytest.mark.parametrize("locale", ["en-GB", "ar"])
def test_every_state_is_accessible_and_as_wide_as_the_screen(
    server: str, browser: Browser, sign_in_to: SignIn, tmp_path: Path, locale: str
) -> None:
    signed_in = browser.new_context(locale="en-GB")
    sign_in_to(signed_in.new_page(), "owner")
    cookies = [cookie for cookie in signed_in.cookies() if cookie["name"] != "lang"]
    context = browser.new_context(locale=locale)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()

    def check() -> None:
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert find_axe_violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto(f"{server}/imports")
    page.locator("main details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
    check()
    page.locator("#files").set_input_files(write_strange_sheet(tmp_path / "strange.xlsx"))
    page.locator("form.panel button").click()
    page.locator("#questions").wait_for()
    page.locator("main details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
    page.locator("#headings").wait_for(state="attached")
    check()
    page.locator("input[value=dmy]").check()
    page.locator("#questions select").select_option("EUR")
    page.locator("#questions button").click()
    page.locator("#choices button").first.wait_for()
    page.locator("main details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
    page.locator("#headings").wait_for(state="attached")
    check()
    page.locator("#choices button").first.click()
    page.locator("button[formaction$=undo]").wait_for()
    check()
    page.goto(f"{server}/imports/1/columns")
    check()
    page.goto(f"{server}/imports/answers")
    check()
    signed_in.close()
    context.close()
