"""The formats that can be read: one file and one line each."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from app.models.issue import Issue
from app.models.worded import worded
from importers.base import Importer, Reported, Source, refuse_file
from importers.element_sheets import IatiElements
from importers.iati_organisations import IatiOrganisations
from importers.iati_xml import IatiXml
from importers.sheet import Sheet
from importers.sniff import sniff
from importers.unpack import is_packed, unpack_files

IMPORTERS: dict[str, Importer] = {
    importer.key: importer for importer in (IatiXml(), IatiOrganisations(), IatiElements(), Sheet())
}


def read(sources: list[Source], format: str = "auto") -> tuple[str, Iterator[Reported]]:  # noqa: A002 (the word of the command line)
    """The key of the format of `sources`, and their activities: the files of each format together, one format
    after the other, archives unpacked. Raises FileRefused for what is no file of a known format.
    """
    folder = TemporaryDirectory(prefix="tessera-", ignore_cleanup_errors=True) if any(map(is_packed, sources)) else None
    try:
        files, issues = unpack_files(sources, Path(folder.name)) if folder else (sources, [])
        groups = group_sources(files, format)
    except BaseException:
        if folder:
            folder.cleanup()
        raise
    return "+".join(groups), _read_groups(groups, issues, folder)


def group_sources(sources: list[Source], format: str = "auto") -> dict[str, list[Source]]:  # noqa: A002
    """Files by the key of their importer, formats and files in the order given; raises FileRefused."""
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(sniff(source) if format == "auto" else format, []).append(source)
    for key in groups:
        if key not in IMPORTERS:
            raise refuse_file(
                "format-unknown",
                worded("“%(key)s” is not a format that is known here.", key=key),
                worded("Use auto, or one of: %(formats)s.", formats=", ".join(IMPORTERS)),
            )
    return groups


def _read_groups(
    groups: dict[str, list[Source]], issues: list[Issue], folder: TemporaryDirectory[str] | None
) -> Iterator[Reported]:
    try:
        for key, sources in groups.items():
            for reported in IMPORTERS[key].read(sources):
                if issues:
                    reported.issues[:0], issues = issues, []
                yield reported
    finally:
        if folder:
            folder.cleanup()
