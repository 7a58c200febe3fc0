"""What the page of an import shows, as values."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.models.import_run import Counts
from app.models.question import Question
from app.rules.compare import Change
from app.rules.compare_documents import PartChange
from app.rules.group_issues import Group

CHANGES_A_PAGE = 50
IN_PROGRESS = ("queued", "running", "confirming", "undoing")  # states in which somebody is at it
KINDS = ("new", "changed", "unchanged", "archived", "rejected")


@dataclass(frozen=True, slots=True)
class ChangesAsked:
    """Which changes to show: of one kind ('' for all that change something), with these words, on which page."""

    kind: str = ""
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class ProjectChange:
    """What becomes of one project. `id` names it in choose_changes; `fields` (of a changed one) each have a stable
    key `field`, `before`, `after`, and the parts of a readable label: `element` (IATI name), `codelist` and `code`
    (what tells it from others of that name, such as TransactionType 3), `year`."""

    id: int
    kind: str
    identifier: str
    title: str
    place: str = ""
    fields: list[Change] = field(default_factory=list)
    left_out: bool = False
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MoneyTotal:
    """Money of the file's projects (and of those that would be archived) before and after, as reported.

    `flow`: a code of IATI TransactionType, or budget, budget-revised, planned.
    """

    flow: str
    currency: str
    year: int | None
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class TwinShown:
    """A new project that looks like one which another reporter already has."""

    identifier: str
    title: str
    activity_id: int
    other_identifier: str
    other_title: str
    other_reporter: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileShown:
    """One file of the import, as get_import_file gives it back by its position."""

    position: int
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """An import with all that its page needs.

    `run` is its row: state (queued, running, previewed, confirming, committed, undoing, refused, undone), mode, keep_good,
    counts, `total` (projects; 0: unknown), created_at, finished_at; `done` of them are read or written. `kinds` counts
    the changes by kind, `changes` is the asked page of `changes_total`.
    `entries`: funding lines or plans of the file, with what becomes of each; `parts`: by position, what
    differs in each. `later`: imports that must be taken back
    before this one can be.
    """

    run: Any
    done: int
    owner: str | None
    user: str
    files: list[FileShown]
    questions: list[Question]
    totals: list[MoneyTotal]
    same_file: int | None
    twins: list[TwinShown]
    mode_effects: dict[str, Counts]
    groups: list[Group]
    kinds: dict[str, int]
    changes: list[ProjectChange]
    changes_total: int
    later: list[int]
    entries: list[Any] = field(default_factory=list)
    parts: dict[int, list[PartChange]] = field(default_factory=dict)
