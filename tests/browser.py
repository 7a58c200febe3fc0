"""A real browser: the Chromium of this machine, driven by Playwright, and axe for accessibility."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def missing_browser() -> str | None:
    """What to install so that browser tests can run; None when all is there."""
    return None if find_chromium() else "Chromium is missing (Debian: apt-get install chromium)"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium; each test opens its own context in it."""
    with sync_playwright() as playwright:
        # Without a sandbox since CI runs as root; /dev/shm is tiny in containers.
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield browser
        browser.close()


def follow(link: Locator) -> None:
    """Click a link or a button that opens another page, and wait until that one is there."""
    with link.page.expect_navigation():
        link.click()


def find_axe_violations(page: Page) -> list[str]:
    """Accessibility faults of the open page, one line each: rule, meaning, first element at fault."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("async () => (await axe.run()).violations")
    return [f"{fault['id']}: {fault['help']} at {fault['nodes'][0]['html']}" for fault in violations]
