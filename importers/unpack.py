"""Files inside a zip or a gzip file, each as if it had been chosen itself.

They are written under numbers into a folder that is made for one import: no name in an archive says
where anything goes. A zip inside a zip stays packed, and is refused when it is looked at.
"""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from app.models.issue import Issue
from app.models.worded import as_worded, worded
from importers.base import FileRefused, Source, refuse_file
from importers.sniff import is_workbook, sniff
from importers.zip_guard import broken_zip, check_size, check_zip

MOST_FILES = 2_000
_PIECE = 1 << 18
# What lies beside data in an archive and is no data: it is left out, and said.
_NO_DATA = {"pdf-file", "word-file", "image-file", "html-file", "file-empty", "file-unknown"}


def is_packed(source: Source) -> bool:
    """Whether a file is a zip that is no office file, or a gzip file."""
    with source.open() as stream:
        head = stream.read(4)
    if head.startswith(b"\x1f\x8b"):
        return True
    if not head.startswith(b"PK") or not zipfile.is_zipfile(source.path):
        return False
    with zipfile.ZipFile(source.path) as archive:
        names = set(archive.namelist())
    return not is_workbook(names) and not any(name.startswith("word/") for name in names) and "mimetype" not in names


@contextmanager
def unpacked(sources: list[Source]) -> Iterator[list[Source]]:
    """`sources` with the files of archives in their place, for as long as the block lasts."""
    if not any(map(is_packed, sources)):
        yield sources
        return
    with TemporaryDirectory(prefix="tessera-") as folder:
        yield unpack_files(sources, Path(folder))[0]


def unpack_files(sources: list[Source], folder: Path) -> tuple[list[Source], list[Issue]]:
    """`sources` with the files of archives in their place, unpacked into `folder`; what was left out, as issues."""
    found: list[Source] = []
    issues: list[Issue] = []
    for number, source in enumerate(sources):
        if not is_packed(source):
            found.append(source)
            continue
        before = len(found)
        for one in _unpack(source, folder / f"{number}"):
            try:
                sniff(one)
                found.append(one)
            except FileRefused as refusal:
                issues.append(_left_out(one, refusal))
        if len(found) == before:
            raise _nothing_inside(source)
    return found, issues


def _unpack(source: Source, folder: Path) -> Iterator[Source]:
    folder.mkdir()
    with source.open() as stream:
        is_gzip = stream.read(2) == b"\x1f\x8b"
    yield from (_unpack_gzip if is_gzip else _unpack_zip)(source, folder)


def _unpack_zip(source: Source, folder: Path) -> Iterator[Source]:
    try:
        with source.open() as stream, zipfile.ZipFile(source.path) as archive:
            members = [info for info in archive.infolist() if not _is_no_file(info)]
            if len(members) > MOST_FILES:
                raise refuse_file(
                    "zip-too-many",
                    worded(
                        "The zip file holds %(count)s files; at most %(most)s are read at once.",
                        count=len(members),
                        most=MOST_FILES,
                    ),
                    "Import them in several parts.",
                )
            if any(info.flag_bits & 1 for info in members):
                raise refuse_file("file-encrypted", "The zip file is protected by a password.",
                                  "Pack it again without a password, or unpack it and choose the files inside.")  # fmt: skip
            check_zip(stream, archive)
            if not members:
                raise _nothing_inside(source)
            for number, info in enumerate(members):
                path = folder / f"{number}"
                with archive.open(info) as packed, path.open("wb") as unpacked:
                    copyfileobj(packed, unpacked, _PIECE)
                yield Source(path, info.filename, source.answers)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError) as error:
        raise broken_zip() from error


def _is_no_file(info: zipfile.ZipInfo) -> bool:
    """Folders, and what systems put into archives for themselves."""
    parts = [part for part in PurePosixPath(info.filename).parts if part != ".."]
    return info.is_dir() or any(part.startswith((".", "__MACOSX")) or part == "Thumbs.db" for part in parts)


def _unpack_gzip(source: Source, folder: Path) -> Iterator[Source]:
    path = folder / "0"
    size, packed = 0, max(source.path.stat().st_size, 1)
    try:
        with gzip.open(source.path) as stream, path.open("wb") as unpacked:
            while piece := stream.read(_PIECE):
                size += len(piece)
                check_size(size, packed)
                unpacked.write(piece)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise refuse_file("file-packed", "This packed file is damaged: it can't be unpacked.",
                          "Ask for it again, or unpack it and choose the file inside.") from error  # fmt: skip
    yield Source(path, source.name.removesuffix(".gz"), source.answers)


def _left_out(one: Source, refusal: FileRefused) -> Issue:
    """An issue that says why a file of an archive is not read; what may hold data refuses all of it."""
    issue = next(issue for issue in refusal.issues if isinstance(issue, Issue))
    code = issue.code
    if code not in _NO_DATA:
        raise refuse_file(
            code,
            worded("“%(file)s” in the packed file: %(reason)s", file=one.name, reason=as_worded(issue.message)),
            issue.hint,
        )
    message = worded(
        "“%(file)s” in the packed file was not read: %(reason)s", file=one.name, reason=as_worded(issue.message)
    )
    return Issue("info", "member-not-read", message, "Nothing to do, unless it holds projects.", sheet=one.name)


def _nothing_inside(source: Source) -> FileRefused:
    return refuse_file("zip-no-data", worded("“%(file)s” holds no file that can be imported.", file=source.name),
                       "Choose an archive of spreadsheets (XLSX, CSV), JSON or IATI XML files.")  # fmt: skip
