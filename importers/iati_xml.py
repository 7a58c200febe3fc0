"""IATI activity XML, versions 1.01 to 2.03, streaming.

The file is cut at the ends of activities into slices, and each is parsed whole.
A cut that falls wrong (an end tag inside a comment or CDATA) shows as a slice that does not parse: from
there on the file is read by the slower `iterparse`, which decides. A large file is parsed in a second
process, ahead of the one that writes. Document type declarations are refused, so there are no entities to expand or to fetch.
"""

import codecs
import re
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO

from lxml import etree

from app.models.gather_lines import gather, texts_in
from app.models.kept import KEPT_NS
from app.models.packed import digest_record, pack_record
from app.models.record import TESSERA_NS, Reported
from app.models.worded import worded
from app.rules.text_care import needs_no_care, words_of
from importers.ahead import Pace, can_run_ahead, run_ahead
from importers.base import FileRefused, Source, refuse_file
from importers.iati_kept import restore_kept
from importers.iati_upgrade import upgrade_activity

SLICE = 1 << 17  # bytes: the tree of one stays in the processor's cache
AHEAD_FROM = 4 << 20
_OURS, _KEPT = TESSERA_NS.encode(), KEPT_NS.encode()
# One of these stands, under whatever prefix, where something is carried apart (see app/models/kept.py).
_CARRYING = (_KEPT, b":added", b":text", b":xml-", b":xsi-", b"xmlns=")
_START, _END = b"<iati-activity", b"</iati-activity"
_OPENED = re.compile(rb"\s*<iati-activity([\s>][^>]*)")
_XMLNS = re.compile(rb"""\sxmlns(?::[\w.-]+)?\s*=\s*(?:"[^"]*"|'[^']*')""")
LONGEST_END = 1000  # bytes of an end tag with white space in it; after a longer one there is no cut
_ROOT = re.compile(rb"<([\w.-]+:)?([\w.-]+)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>")
_PROLOG = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->|\s)*", re.DOTALL)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NOT_UTF8 = {etree.ErrorTypes.ERR_INVALID_ENCODING, etree.ErrorTypes.I18N_CONV_FAILED}
_UTF8 = {"utf-8", "utf8", "us-ascii", "ascii"}


class IatiXml:
    """The importer of IATI activity files."""

    key = "iati-xml"

    def read(self, sources: list[Source]) -> Iterator[Reported]:
        for source in sources:
            yield from read_iati_file(source)


def read_iati_file(source: Source) -> Iterator[Reported]:
    """Yield each activity in file order, in the shape of 2.03, with the file's own line numbers."""
    is_large = source.path.stat().st_size > AHEAD_FROM
    plain = Source(source.path, source.name, source.answers)
    pace, read = Pace(), partial(_read_slices, plain)
    is_empty = True
    for prepared in run_ahead(read, pace=pace) if is_large and can_run_ahead() else _read_slices(source):
        for number, (lines, packed, digest, offset, is_plain) in enumerate(prepared, 1):
            is_empty = False
            yield Reported(
                lines=lines, packed=packed, digest=digest, line_offset=offset, needs_no_care=is_plain,
                is_followed=pace.has_more or number < len(prepared),
            )  # fmt: skip
    if is_empty:
        raise _no_activities()


# --- slices --------------------------------------------------------------------------------

# The lines that read_record reads, the record to keep, its digest, what to add to its line numbers, and whether
# its texts need no care.
_Prepared = tuple[str, bytes, bytes, int, bool]


def _read_slices(source: Source) -> Iterator[list[_Prepared]]:
    """The activities of one slice of the file after the other."""
    with source.open() as stream:
        text = _Utf8Stream(stream)
        opening, version, line = _read_root(text)
        is_old = version.split(".", maxsplit=1)[0] == "1"
        namespaces = _declared(opening)
        for piece, behind in _cut(text):
            try:
                root = _parse_slice(opening, piece)
            except etree.XMLSyntaxError:
                yield from _read_rest(opening, piece + behind, line, text, version)
                return
            activities = [child for child in root if child.tag == "iati-activity"]
            may_be_ours = _may_be_ours(opening, piece)
            raw = None if is_old else _take_raw(piece, len(activities), namespaces)
            yield _prepare(root, activities, version, line - 1, may_be_ours=may_be_ours, raw=raw)
            line += piece.count(b"\n")


def _may_be_ours(opening: bytes, piece: bytes) -> bool:
    """Whether an export of ours may have carried something apart in a slice: looking for it costs as much as reading."""
    is_named = _OURS in opening or _OURS in piece
    return is_named and (_KEPT in opening or any(mark in piece for mark in _CARRYING))


def _cut(text: "_Utf8Stream") -> Iterator[tuple[bytes, bytes]]:
    """Pieces that end with an activity's end tag, each with what is already read behind it; the last one ends with the
    file."""
    held = b""
    while chunk := text.read(SLICE):
        # What was held had no whole end tag: one can only end in the new chunk.
        start = max(0, len(held) - LONGEST_END)
        held += chunk
        at = held.rfind(_END, start)
        close = held.find(b">", at) if at >= 0 else -1
        if close > 0:
            piece, held = held[: close + 1], held[close + 1 :]
            yield piece, held
    yield held, b""


def _parse_slice(opening: bytes, piece: bytes) -> etree._Element:
    """The root with the activities of a slice; one that does not end as a whole file does is closed."""
    has_activity = _END in piece
    closing = b"</iati-activities>" if has_activity and not piece.rstrip().endswith(b"</iati-activities>") else b""
    return etree.fromstring(opening + piece + closing, _parser())


def _declared(opening: bytes) -> bytes:
    """The namespaces that the root declares, as they are written in a start tag."""
    return b"".join(match[0] for match in _XMLNS.finditer(opening))


def _take_raw(piece: bytes, count: int, namespaces: bytes) -> list[bytes | memoryview] | None:
    """Each activity of a slice as it is written, with the root's namespaces; None where anything but white space
    between them, or more ends than activities, makes it unclear where they begin and end."""
    whole = memoryview(piece)
    found: list[bytes | memoryview] = []
    at = 0
    for _ in range(count):
        start = _OPENED.match(piece, at)
        end = piece.find(_END, at)
        if start is None or end < 0 or (namespaces and b"xmlns" in start[1]):
            return None
        at = piece.find(b">", end) + 1
        found.append(whole[start.start(1) - len(_START) : at])
        if namespaces:
            found[-1] = b"".join((_START, namespaces, whole[start.start(1) : at]))
    return found if piece.find(_END, at) < 0 else None


def _prepare(
    root: etree._Element, activities: list[etree._Element], version: str, offset: int, *, may_be_ours: bool,
    raw: list[bytes | memoryview] | None = None,
) -> list[_Prepared]:  # fmt: skip
    """What is handed on of each activity, in the order of the file; `raw`: how each is written, where that is known."""
    restored = [restore_kept(activity) for activity in activities] if may_be_ours else []
    if any(restored):
        raw = None  # what is written is not any more what there is
    if version.split(".", maxsplit=1)[0] == "1":
        activities = [_upgraded(activity, version, offset) for activity in activities]
    prepared = []
    written = raw or (etree.tostring(activity, encoding="utf-8", with_tail=False) for activity in activities)
    for activity, xml, lines in zip(activities, written, gather(root), strict=True):
        packed = pack_record(xml)
        is_plain = needs_no_care(texts_in(lines), words_of(activity.iterfind("location")))
        prepared.append((lines, packed, digest_record(packed), offset, is_plain))
    return prepared


def _upgraded(activity: etree._Element, version: str, offset: int) -> etree._Element:
    try:
        return upgrade_activity(activity, version)
    except RecursionError:
        own: Any = activity.sourceline
        line = (own or 0) + offset
        raise refuse_file(
            "xml-too-deep",
            worded("The elements of the activity at line %(line)s stand too deep in each other.", line=line),
            "Correct the file where it is made; IATI needs about ten levels.",
            line=line,
        ) from None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True
    )


def _read_rest(opening: bytes, rest: bytes, line: int, text: "_Utf8Stream", version: str) -> Iterator[list[_Prepared]]:
    """Read from `rest` on with iterparse: the judge of what is well formed."""
    source = _Chained(opening + rest, text)
    try:
        # There is no DOCTYPE, so no entity to resolve. resolve_entities=False makes this parser begin anew, at
        # a wrong line, after an entity that nobody declared.
        for _, element in etree.iterparse(
            source, events=("end",), tag="iati-activity", huge_tree=True, resolve_entities="internal", no_network=True
        ):
            root = element.getparent()
            if root is not None and root.getparent() is None:
                yield _prepare(element, [element], version, line - 1, may_be_ours=True)
                element.clear()
                while element.getprevious() is not None:
                    del root[0]
    except etree.XMLSyntaxError as error:
        raise _broken(error, line - 1) from error


class _Chained:
    """Bytes, then the rest of a stream, as one file."""

    def __init__(self, first: bytes, then: "_Utf8Stream") -> None:
        self._first = BytesIO(first)
        self._then = then

    def read(self, size: int = -1) -> bytes:
        return self._first.read(size) or self._then.read(size)


def _broken(error: etree.XMLSyntaxError, line_offset: int) -> FileRefused:
    line = (error.lineno or 0) + line_offset
    if error.code in _NOT_UTF8:  # type: ignore[attr-defined]
        return refuse_file(
            "encoding-wrong",
            worded("Line %(line)s is not in the encoding that the file declares (or in UTF-8).", line=line),
            "Save the file as UTF-8.",
            line=line,
        )
    reason = re.sub(r", line \d+, column \d+.*$", "", error.msg or "not well formed")
    return refuse_file(
        "xml-broken",
        worded("The XML is broken at line %(line)s: %(reason)s.", line=line, reason=reason),
        "Ask for the file again, or correct it there; a file cut off in transfer ends in this way too.",
        line=line,
    )


# --- the file's head -----------------------------------------------------------------------


class _Utf8Stream:
    """A file's bytes as UTF-8 without mark, whatever encoding its head declares."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._pushed = stream.read(SLICE)
        encoding = self._encoding()
        self._decoder = None if encoding is None else codecs.getincrementaldecoder(encoding)("strict")
        if self._decoder is not None:
            self._pushed = self._decode(self._pushed)

    def _encoding(self) -> str | None:
        for mark, encoding in _BOMS:
            if self._pushed.startswith(mark):
                self._pushed = self._pushed[len(mark) :]
                return None if encoding == "utf-8" else encoding
        declared = _DECLARED.match(self._pushed[:200])
        name = declared[1].decode().lower() if declared else "utf-8"
        # What can be read byte by byte up to here is not UTF-16, whatever the program said that wrote it.
        if name in _UTF8 or name.startswith(("utf-16", "utf-32", "ucs-")):
            return None
        try:
            b"<".decode(name, "ignore")  # refuses what Python can look up but is no encoding of text, such as zip
        except LookupError:
            raise refuse_file(
                "encoding-unknown",
                worded("The file declares an encoding nobody knows: %(name)s.", name=name),
                "Save the file as UTF-8.",
                line=1,
            ) from None
        return name

    def _decode(self, data: bytes) -> bytes:
        try:
            return self._decoder.decode(data, final=not data).encode()  # type: ignore[union-attr]
        except UnicodeDecodeError as error:
            raise refuse_file(
                "encoding-wrong",
                worded("The file is not in the encoding that it declares (%(encoding)s).", encoding=error.encoding),
                "Save the file as UTF-8.",
            ) from error

    def read(self, size: int = -1) -> bytes:
        if self._pushed:
            data, self._pushed = self._pushed, b""
            return data
        data = self._stream.read(size)
        return self._decode(data) if self._decoder is not None and data else data

    def push(self, data: bytes) -> None:
        self._pushed = data + self._pushed


def _read_root(text: _Utf8Stream) -> tuple[bytes, str, int]:
    """The root's start tag on one line, the version it declares, and the line on which its content starts."""
    head = text.read()
    if not head.strip():
        raise refuse_file("file-empty", "The file is empty.", "Choose the file that holds your activities.", line=1)
    start = _PROLOG.match(head).end()  # type: ignore[union-attr]
    if head[start : start + 9].upper() == b"<!DOCTYPE":
        raise refuse_file("dtd-refused", "The file declares a document type (DOCTYPE), which may hide entities.",
                          "Remove the DOCTYPE line; IATI files need none.", line=head[:start].count(b"\n") + 1)  # fmt: skip
    match = _ROOT.match(head, start)
    if match is None:
        raise refuse_file(
            "not-xml", "This is not an XML file.", "Choose an IATI activity file, or a spreadsheet.", line=1
        )
    if match[2] != b"iati-activities" or match[1]:
        raise _wrong_root(match[2].decode(errors="replace"))
    line = head[: match.end()].count(b"\n") + 1
    opening = match[0].replace(b"\n", b" ").replace(b"\r", b" ")
    return _opened(text, opening, head[match.end() :], bool(match[3])), _version(opening, line), line


def _opened(text: _Utf8Stream, opening: bytes, rest: bytes, is_closed: bool) -> bytes:
    if is_closed:
        raise _no_activities()
    text.push(rest)
    return opening


def _version(opening: bytes, line: int) -> str:
    try:
        root = etree.fromstring(opening + b"</iati-activities>", _parser())
    except etree.XMLSyntaxError as error:
        raise _broken(error, line - 1) from error
    # Only 1.01 did without the attribute. Its upgrade changes nothing in an activity of 2.x.
    return (root.get("version") or "1.01").strip()


def _no_activities() -> FileRefused:
    return refuse_file("no-activities", "The file holds no activities.",
                       "Choose a file with <iati-activity> elements (without a namespace of their own).", line=1)  # fmt: skip


def _wrong_root(name: str) -> FileRefused:
    if name == "iati-organisations":
        return refuse_file("organisation-file", "This is an IATI organisation file; it holds no activities.",
                           "Choose the publisher's activity file.", line=1)  # fmt: skip
    return refuse_file("not-iati", worded("This XML is not an IATI activity file: its root is <%(name)s>.", name=name),
                       "Choose a file whose root is <iati-activities>.", line=1)  # fmt: skip
