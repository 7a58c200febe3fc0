"""Whether a file is a sheet of funding lines or of a plan, told from its beginning: no sheet is read twice for it."""

import re
import zipfile
from html import unescape

from importers.base import Source
from importers.funding_cells import LINE_MARKS, PLAN_MARKS
from importers.words import fold

FUNDING_LINES, PLAN = "funding-lines", "plan"
KINDS = (FUNDING_LINES, PLAN)
HEAD = 64_000
_PARTS = re.compile(r"<(?:\w+:)?t\b[^>]*>([^<]*)<|[>;,\t|\n\"]?([^<>;,\t|\n\"]*)")
_MEMBERS = re.compile(r"xl/sharedStrings\.xml|xl/worksheets/sheet\d\.xml|content\.xml")


def funding_kind(source: Source) -> str:
    """One of KINDS, or '' for every other file."""
    with source.open() as stream:
        start = stream.read(HEAD)
        texts = _texts(start.decode("utf-8-sig", "replace")) if not start.startswith(b"PK") else set()
        if start.startswith(b"PK"):
            stream.seek(0)
            try:
                with zipfile.ZipFile(stream) as archive:
                    for name in filter(_MEMBERS.fullmatch, archive.namelist()):
                        with archive.open(name) as member:
                            texts |= _texts(unescape(member.read(HEAD).decode("utf-8", "replace")))
            except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
                return ""
    if texts & PLAN_MARKS:
        return PLAN
    return FUNDING_LINES if texts & LINE_MARKS else ""


def _texts(head: str) -> set[str]:
    return {fold(one or other) for one, other in _PARTS.findall(head) if len(one or other) < 40}
