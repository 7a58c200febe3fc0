"""The meeting pack: sections of a report as PDF, and its charts as pictures for slides.

Typst sets both. All that they say comes in as data (JSON), never as markup: a title with a “#” in it stays a title.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER = Path(__file__).parent
# Set-up copies the fonts beside the pages' files; nothing else is used, so that every machine sets the same pages.
FONTS = FOLDER.parent / "app" / "static" / "vendor"
LONGEST = 300  # seconds


class PagesNotSet(Exception):
    """A fault of the templates or of this machine; nothing that somebody entered leads to it."""


@dataclass(frozen=True, slots=True)
class PackTable:
    """`figures`: numbers of the columns that hold numbers; `steps` (a heat map): the colour of each cell, 0 to 6, or
    the name of a status; `widths`: parts that each column takes, 0 for as much as it needs; `total`: a last row."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: Sequence[int] = ()
    widths: Sequence[float] = ()
    steps: Sequence[Sequence[int | str]] = ()
    total: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PackMap:
    """A drawing (SVG), what it shows in words, and its legend: (swatch as SVG, words)."""

    svg: str
    alt: str
    legend: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PackSection:
    """A heading, sentences, points, a map, a table, and a note below. `is_wide`: on pages of its own, set broadside."""

    title: str
    sentences: Sequence[str] = ()
    points: Sequence[str] = ()
    table: PackTable | None = None
    note: str = ""
    is_wide: bool = False
    map: PackMap | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart on a slide of its own: a heat map (`table` with steps), bars (`table`: name, amount; `parts`: 0 to 1) or
    a map."""

    name: str
    title: str
    note: str
    table: PackTable | None = None
    parts: Sequence[float] = ()
    map: PackMap | None = None


@dataclass(frozen=True, slots=True)
class MeetingPack:
    """All words, in one language. `facts`: what the cover says, label and value; `pages`: “Page {0} of {1}”."""

    locale: str
    is_right_to_left: bool
    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    messages_title: str
    messages: Sequence[str]
    contents_title: str
    sections: Sequence[PackSection]
    footer: str
    pages: str
    pictures: Sequence[Picture] = field(default_factory=tuple)


def write_pack_pdf(pack: MeetingPack) -> bytes:
    """The pack as a tagged PDF of A4 pages."""
    return _compile("meeting_pack.typ", {**asdict(pack), "pictures": []}, "pdf")[0]


def write_pictures(pack: MeetingPack, format_key: str) -> dict[str, bytes]:
    """The charts as files for slides, `svg` or `png`, by their name."""
    if not pack.pictures:
        return {}
    pages = _compile("pictures.typ", {**asdict(pack), "sections": []}, format_key)
    return {f"{one.name}.{format_key}": page for one, page in zip(pack.pictures, pages, strict=True)}


def _compile(template: str, said: dict[str, object], format_key: str) -> list[bytes]:
    """The pages, or the one file of all of them."""
    content = json.dumps(said, ensure_ascii=False, default=list).encode()
    with TemporaryDirectory() as folder:
        what = [str(FOLDER / template), str(FONTS), format_key, folder]
        command = [sys.executable, str(FOLDER / "set_pages.py"), *what]
        run = subprocess.run(command, input=content, capture_output=True, timeout=LONGEST, check=False)  # noqa: S603 (our own file, no shell)
        if run.returncode:
            raise PagesNotSet(run.stderr.decode(errors="replace"))
        files = sorted(Path(folder).iterdir(), key=lambda path: int(path.stem))
        return [path.read_bytes() for path in files]
