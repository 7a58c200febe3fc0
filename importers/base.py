"""What every importer is: bytes in, activities and issues out. No database, no HTTP."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from app.errors import FileRefused
from app.models.issue import Issue
from app.models.record import Reported

__all__ = ["FileRefused", "Importer", "Issue", "Reported", "Source", "refuse_file"]


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: where its bytes are, the name its owner knows it by, and what its owner said.

    `answers` are the owner's earlier answers (heading mapping, date order, currency, the
    organisation that it imports as), by name. `checked`: what
    the file unpacks to is looked through elsewhere; it waits for that, and gives the files that may show errors in cells.
    """

    path: Path
    name: str
    answers: dict[str, Any] = field(default_factory=dict)
    checked: Callable[[], Collection[Path]] | None = None

    def open(self) -> BinaryIO:
        return self.path.open("rb")


class Importer(Protocol):
    """One format. `read` yields activities in file order and raises FileRefused for a broken file;
    what it yielded before that is whole and may be kept."""

    key: str

    def read(self, sources: list[Source]) -> Iterator[Reported]: ...


def refuse_file(code: str, message: str, hint: str, **place: Any) -> FileRefused:
    """A refusal of a whole file as one error issue."""
    return FileRefused(message, [Issue("error", code, message, hint, **place)])
