"""Comments inside an XLSX file, with the boxes in which programs show them."""

import re
from html import escape

from lxml import etree

from exports.issue_list import COMMENT_MARK, MOST_COMMENTED, Mark, split_cell
from exports.xlsx_marks import column_number
from exports.xlsx_package import OFFICE, XlsxPackage, tag

Element = etree._Element
AUTHOR = "Tessera"
# What stands behind the reference to the drawing of comments in the part of a sheet.
_AFTER_DRAWING = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)
_SHAPE = re.compile(rb"<v:shape\b.*?</v:shape>", re.DOTALL)
_SHAPE_ID = re.compile(rb"_x0000_s(\d+)")
_VML_NAMES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_SHAPE_TYPE = (
    f'<v:shapetype {_VML_NAMES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_EMPTY_DRAWING = f'<xml {_VML_NAMES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'


def add_comments(package: XlsxPackage, part: str, marks: dict[str, Mark]) -> None:
    """Say at each marked cell what is wrong; behind what its owner has said there."""
    chosen = dict(list(marks.items())[:MOST_COMMENTED])
    if not chosen:
        return
    root = _open_comments(package, part)
    listed = root.find(tag("commentList"))
    assert listed is not None  # noqa: S101 (_open_comments gives one)
    known = {comment.get("ref", ""): comment for comment in listed}
    author = _author(root)
    fresh = {cell: mark for cell, mark in chosen.items() if cell not in known}
    for cell, mark in chosen.items():
        comment = known.get(cell)
        if comment is None:
            comment = etree.SubElement(listed, tag("comment"), ref=cell, authorId=str(author))
            etree.SubElement(comment, tag("text"))
        _append_text(comment, mark.comment, is_first=cell in fresh)
    listed[:] = sorted(listed, key=lambda one: _place(one.get("ref", "A1")))
    _add_shapes(package, part, fresh)


def strip_comments(package: XlsxPackage, part: str) -> None:
    """Take out of a sheet's comments what we said there before."""
    gone = set()
    for name in package.targets(part, "comments"):
        listed = package.open(name).find(tag("commentList"))
        for comment in list(listed) if listed is not None else []:
            if _cut_text(comment):
                gone.add(comment.get("ref", ""))
                comment.getparent().remove(comment)  # type: ignore[union-attr]
    places = {_place(cell) for cell in gone}
    for name in package.targets(part, "vmlDrawing") if gone else ():
        package.put(
            name, _SHAPE.sub(lambda shape: b"" if _shape_place(shape[0]) in places else shape[0], package.read(name))
        )


def _place(cell: str) -> tuple[int, int]:
    row, letters = split_cell(cell)
    return row, column_number(letters)


def _shape_place(shape: bytes) -> tuple[int, int] | None:
    row, column = re.search(rb"<x:Row>\s*(\d+)", shape), re.search(rb"<x:Column>\s*(\d+)", shape)
    return (int(row[1]) + 1, int(column[1]) + 1) if row and column else None


def _open_comments(package: XlsxPackage, part: str) -> Element:
    parts = package.targets(part, "comments")
    if not parts:
        name = package.free_name("xl/comments{}.xml")
        empty = f'<comments xmlns="{tag("")[1:-1]}"><authors/><commentList/></comments>'
        package.put(name, empty.encode())
        package.relate(part, "comments", name)
        package.declare(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml")
        parts = [name]
    root = package.open(parts[0])
    if root.find(tag("commentList")) is None:
        etree.SubElement(root, tag("commentList"))
    return root


def _author(root: Element) -> int:
    authors = root.find(tag("authors"))
    assert authors is not None  # noqa: S101 (the schema demands it)
    names = [author.text for author in authors]
    if AUTHOR not in names:
        etree.SubElement(authors, tag("author")).text = AUTHOR
        names.append(AUTHOR)
    return names.index(AUTHOR)


def _append_text(comment: Element, text: str, *, is_first: bool) -> None:
    told = comment.find(tag("text"))
    if told is None:
        told = etree.SubElement(comment, tag("text"))
    for plain in told.findall(tag("t")):  # a text without runs has no place for another one
        told.remove(plain)
        told.append(_run(plain.text or ""))
    told.append(_run(f"{'' if is_first else chr(10) * 2}{COMMENT_MARK}\n{text}"))


def _run(text: str) -> Element:
    run = etree.Element(tag("r"))
    said = etree.SubElement(run, tag("t"))
    said.text = text
    said.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def _cut_text(comment: Element) -> bool:
    """Cut a comment at our mark; whether nothing is left of it."""
    texts = list(comment.iter(tag("t")))
    whole = "".join(text.text or "" for text in texts)
    if COMMENT_MARK not in whole:
        return False
    keep = len(whole[: whole.index(COMMENT_MARK)].rstrip())
    for text in texts:
        said = text.text or ""
        text.text = said[:keep]
        keep = max(0, keep - len(said))
    return not "".join(text.text or "" for text in texts).strip()


def _add_shapes(package: XlsxPackage, part: str, marks: dict[str, Mark]) -> None:
    """The boxes in which programs show comments."""
    if not marks:
        return
    names = package.targets(part, "vmlDrawing")
    own = [name for name in names if name in _comment_drawings(package, part)]
    if own:
        name, content = own[0], package.read(own[0])
    else:
        name, content = package.free_name("xl/drawings/vmlDrawing{}.vml"), _EMPTY_DRAWING.encode()
        _refer_to_drawing(package, part, package.relate(part, "vmlDrawing", name))
        package.declare(name, "application/vnd.openxmlformats-officedocument.vmlDrawing")
    at = content.rindex(b"</xml>")
    first = max((int(number) for number in _SHAPE_ID.findall(content)), default=1024) + 1
    shapes = [_shape(cell, mark, number) for number, (cell, mark) in enumerate(marks.items(), first)]
    kind = "" if b'id="_x0000_t202"' in content else _SHAPE_TYPE
    package.put(name, content[:at] + (kind + "".join(shapes)).encode() + content[at:])


def _comment_drawings(package: XlsxPackage, part: str) -> set[str]:
    """The drawings that hold comments; others hold pictures of headers."""
    by_id = package.relation_ids(part)
    return {by_id.get(one.get(f"{{{OFFICE}}}id", ""), "") for one in package.look_at(part).iter(tag("legacyDrawing"))}


def _refer_to_drawing(package: XlsxPackage, part: str, relation: str) -> None:
    sheet = package.open(part)
    drawing = etree.Element(tag("legacyDrawing"), {f"{{{OFFICE}}}id": relation})
    following = next((one for one in sheet if etree.QName(one).localname in _AFTER_DRAWING), None)
    if following is None:
        sheet.append(drawing)
    else:
        following.addprevious(drawing)


def _shape(cell: str, mark: Mark, number: int) -> str:
    row, column = _place(cell)
    lines = sum(1 + len(line) // 42 for line in mark.comment.split("\n")) + 2
    height = min(max(60, lines * 15), 400)
    place = f"{column}, 12, {max(row - 2, 0)}, 4, {column + 4}, 40, {max(row - 2, 0) + height // 18}, 4"
    return (
        f'<v:shape {_VML_NAMES} id="_x0000_s{number}" type="#_x0000_t202" alt="{escape(cell)}" '
        f'style="position:absolute;margin-left:60pt;margin-top:1.5pt;width:240pt;height:{height}pt;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{place}</x:Anchor>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    )
