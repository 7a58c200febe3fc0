"""The marks inside an XLSX file: formats with the colours of levels, and the cells that get them."""

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from exports.issue_list import FILLS, split_cell
from exports.xlsx_package import tag

Element = etree._Element
# --- styles --------------------------------------------------------------------------------


class Styles:
    """The cell formats of a workbook: `marked` and `unmarked` give the number of the format to use."""

    def __init__(self, root: Element) -> None:
        self._fills = _section(root, "fills")
        self._formats = _section(root, "cellXfs")
        self._fonts = _section(root, "fonts")
        self._fill_of: dict[str, int] = {}
        self._levels = {_fill_colour(fill): number for number, fill in enumerate(self._fills)}
        self._made: dict[tuple[int, str], int] = {}

    def marked(self, style: int, level: str) -> int:
        """The format with the colour of a level."""
        if (style, level) not in self._made:
            self._made[style, level] = self._add_format(style, self._fill(level))
        return self._made[style, level]

    def find_marked(self) -> set[int]:
        """The formats that have one of our colours."""
        ours = {str(number) for number, fill in enumerate(self._fills) if _fill_colour(fill) in FILLS.values()}
        return {number for number, made in enumerate(self._formats) if made.get("fillId", "0") in ours}

    def unmarked(self, style: int) -> int:
        """The format without any fill: for a cell whose own is not known any more."""
        if (style, "") not in self._made:
            self._made[style, ""] = self._add_format(style, 0)
        return self._made[style, ""]

    def with_font(self, *, wraps: bool = False, **parts: str) -> int:
        """A plain format for a sheet of ours; `parts` are the font's children (`b=""`, `color="FF0563C1"`)."""
        font = deepcopy(self._fonts[0])
        for name, value in parts.items():
            for old in font.findall(tag(name)):
                font.remove(old)
            font.insert(0, etree.Element(tag(name), {"rgb": value} if name == "color" else {}))
        self._fonts.append(_in_order(font))
        number = self._add_format(0, 0)
        made = self._formats[number]
        made.set("fontId", str(len(self._fonts) - 1))
        made.set("applyFont", "1")
        if wraps:
            for old in made.findall(tag("alignment")):
                made.remove(old)
            made.insert(0, etree.Element(tag("alignment"), wrapText="1", vertical="top"))
            made.set("applyAlignment", "1")
        self._fonts.set("count", str(len(self._fonts)))
        return number

    def _format(self, style: int) -> Element:
        return self._formats[style if style < len(self._formats) else 0]

    def _fill(self, level: str) -> int:
        colour = FILLS[level]
        if colour not in self._levels:
            fill = etree.SubElement(self._fills, tag("fill"))
            pattern = etree.SubElement(fill, tag("patternFill"), patternType="solid")
            etree.SubElement(pattern, tag("fgColor"), rgb=f"FF{colour}")
            etree.SubElement(pattern, tag("bgColor"), indexed="64")
            self._fills.set("count", str(len(self._fills)))
            self._levels[colour] = len(self._fills) - 1
        return self._levels[colour]

    def _add_format(self, style: int, fill: int) -> int:
        made = deepcopy(self._format(style))
        made.set("fillId", str(fill))
        made.set("applyFill", "1")
        self._formats.append(made)
        self._formats.set("count", str(len(self._formats)))
        return len(self._formats) - 1


_FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family",
    "charset", "scheme",
)  # fmt: skip


def _in_order(font: Element) -> Element:
    font[:] = sorted(font, key=lambda child: _FONT_ORDER.index(etree.QName(child).localname))
    return font


def _section(root: Element, name: str) -> Element:
    found = root.find(tag(name))
    if found is None:
        raise ValueError(f"The styles of this workbook have no {name}.")
    return found


def _fill_colour(fill: Element) -> str:
    colour = fill.find(f"{tag('patternFill')}[@patternType='solid']/{tag('fgColor')}")
    return "" if colour is None else (colour.get("rgb") or "")[-6:].upper()


# --- cells ---------------------------------------------------------------------------------


class Cells:
    """The cells of one sheet, by reference; a cell that is missing is made in its place."""

    def __init__(self, sheet: Element) -> None:
        data = sheet.find(tag("sheetData"))
        self._data = data if data is not None else etree.SubElement(sheet, tag("sheetData"))
        self._rows: dict[int, Element] = {}
        self._merged = _merged_cells(sheet)
        number = 0
        for row in self._data:
            number = int(row.get("r") or number + 1)
            row.set("r", str(number))
            self._rows[number] = row

    def anchor(self, cell: str) -> str:
        """The cell that shows what is in `cell`: the first one of its merged range."""
        return self._merged.get(cell, cell)

    def get(self, cell: str) -> Element:
        number, letters = split_cell(cell)
        row = self._rows.get(number)
        if row is None:
            row = self._add_row(number)
        following = None
        for one, at in _numbered_cells(row):
            if at == column_number(letters):
                return one
            if at > column_number(letters):
                following = one
                break
        made = etree.Element(tag("c"), r=cell)
        if row.get("customFormat") and row.get("s"):
            made.set("s", row.get("s", ""))
        if following is None:
            row.append(made)
        else:
            following.addprevious(made)
        return made

    def _add_row(self, number: int) -> Element:
        made = etree.Element(tag("row"), r=str(number))
        following = min((other for other in self._rows if other > number), default=None)
        if following is None:
            self._data.append(made)
        else:
            self._rows[following].addprevious(made)
        self._rows[number] = made
        return made

    def with_formats(self, styles: set[int]) -> Iterator[Element]:
        """The cells that have one of these formats."""
        wanted = {str(style) for style in styles}
        for row in self._rows.values():
            if any(cell.get("s") in wanted for cell in row):
                yield from (cell for cell, _ in _numbered_cells(row) if cell.get("s") in wanted)


def _numbered_cells(row: Element) -> list[tuple[Element, int]]:
    """Cells with their columns; those that don't say where they stand get it said."""
    found, at = [], 0
    for cell in row.iterchildren(tag("c")):
        reference = cell.get("r")
        at = column_number(split_cell(reference)[1]) if reference else at + 1
        if not reference:
            cell.set("r", f"{_letters(at)}{row.get('r')}")
        found.append((cell, at))
    return found


def _merged_cells(sheet: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for merged in sheet.iter(tag("mergeCell")):
        first, _, last = merged.get("ref", "").partition(":")
        (top, left), (bottom, right) = split_cell(first), split_cell(last or first)
        if bottom - top > 10_000:
            continue
        for row in range(top, bottom + 1):
            for column in range(column_number(left), column_number(right) + 1):
                found[f"{_letters(column)}{row}"] = first
    return found


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
