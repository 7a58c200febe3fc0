"""The overlap report as one page that needs nothing else: for e-mail, and to keep."""

from pathlib import Path
from typing import Any

from fastapi import Request
from lxml import etree, html
from sqlalchemy import Connection

from app.languages import LOCALE, RIGHT_TO_LEFT, speaking
from app.routers.overlap import OverlapAddress, show_overlap
from app.rules.permissions import Viewer

STATIC = Path(__file__).parent.parent / "static"
SHEETS = ("vendor/pico.min.css", "tessera.css", "report.css")
# What works only in the application: forms with their buttons, downloads, scripts.
LEFT_OUT = "//form|//script|//button|//*[contains(@class, 'downloads')]|//*[contains(@class, 'choices')]|//section[@id='freeze']"


def overlap_page(connection: Connection, viewer: Viewer, address: OverlapAddress, locale: str) -> bytes:
    """The main part of the report's page with its style inside; links lead within the page only."""
    scope = {"type": "http", "method": "GET", "path": "/reports/overlap", "query_string": b"", "headers": [],
             "scheme": "http", "server": ("localhost", 80)}  # fmt: skip
    with speaking(locale):
        answer = show_overlap(Request(scope), viewer, connection, address)
        page: Any = html.document_fromstring(bytes(answer.body).decode())
        [main] = page.xpath("//main")
        for element in main.xpath(LEFT_OUT):
            element.drop_tree()
        for link in main.xpath("//a[not(starts-with(@href, '#'))]"):
            link.drop_tag()
        for details in main.iter("details"):
            details.set("open", "")
        language, direction = LOCALE.get(), "rtl" if LOCALE.get() in RIGHT_TO_LEFT else "ltr"
        title = html.tostring(page.find(".//title"), encoding="unicode").strip()
    style = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in SHEETS)
    body = etree.tostring(main, encoding="unicode", method="html", with_tail=False)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">{title}'
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{direction}" data-theme="light">\n'
        f"<head>{head}<style>{style}</style></head>\n<body>{body}</body>\n</html>\n"
    ).encode()
