"""The formats that can be read: one file and one line each."""

from collections.abc import Iterator

from importers.base import Importer, Reported, Source, refuse_file
from importers.iati_xml import IatiXml
from importers.sheet import Sheet
from importers.sniff import sniff

IMPORTERS: dict[str, Importer] = {importer.key: importer for importer in (IatiXml(), Sheet())}


def importer_for(sources: list[Source], format: str = "auto") -> Importer:  # noqa: A002 (the word of the command line)
    """The importer of files that are given together; raises FileRefused if there is none, or no one for
    all.
    """
    keys = {source.name: sniff(source) for source in sources}
    if len(set(keys.values())) > 1:
        kinds = ", ".join(f"{name} ({key})" for name, key in keys.items())
        raise refuse_file(
            "formats-mixed",
            f"These files are of different formats: {kinds}.",
            "Import the files of each format on their own.",
        )
    key = next(iter(keys.values()), "") if format == "auto" else format
    if key not in IMPORTERS:
        raise refuse_file(
            "format-unknown",
            f"“{key}” is not a format that is known here.",
            f"Use auto, or one of: {', '.join(IMPORTERS)}.",
        )
    return IMPORTERS[key]


def read(sources: list[Source], format: str = "auto") -> tuple[str, Iterator[Reported]]:  # noqa: A002
    """The key of the format of `sources`, and their activities in file order."""
    importer = importer_for(sources, format)
    return importer.key, importer.read(sources)
