"""What an import asks, and what its owner decides before it is written: the same as on its page."""

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from app.routers.api.documents import FromRow, api_router, tagged
from app.routers.dependencies import LARGEST, Id, Read, SignedIn, Words
from app.services.answer_questions import SEPARATOR, answer_questions
from app.services.change_mode import change_mode
from app.services.choose_changes import choose_changes
from app.services.choose_columns import choose_columns
from app.services.import_page import ChangesAsked
from app.services.import_portfolio import Mode
from app.services.open_import import open_import
from app.services.propose_columns import propose_columns
from app.services.show_import import show_import

router = api_router("imports")
Kind = Literal["", "new", "changed", "unchanged", "archived", "rejected"]
# Text that every database takes.
Text = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00\x1f]*$")]
ProjectId = Annotated[int, Field(ge=0, le=LARGEST)]


class Started(BaseModel):
    """The import is read again in the background: ask `GET /imports/{import_id}` until `state` says how it ended."""

    import_id: int
    state: str


class QuestionItem(FromRow):
    """One question for the whole file; `options` are (value, label), without any the answer is free text."""

    path: list[str]
    kind: str
    text: str
    options: list[tuple[str, str]]
    samples: list[str]
    count: int
    sheet: str | None
    column: str | None
    suggested: str


class Questions(BaseModel):
    items: list[QuestionItem]


class Answer(BaseModel):
    path: list[Text] = Field(min_length=1, max_length=10)
    value: Text


class Answers(BaseModel):
    answers: list[Answer] = Field(min_length=1, max_length=1000)


class ColumnItem(FromRow):
    """`field` is what the column is read as; `because`: answer, layout, words, content or unknown."""

    heading: str
    letters: str
    field: str
    because: str
    samples: list[str]


class SheetItem(FromRow):
    sheet: str
    kind: str
    header_row: int
    layout: str
    rows: int
    columns: list[ColumnItem]


class Sheets(BaseModel):
    items: list[SheetItem]


class ColumnChoice(BaseModel):
    """Heading as the file has it -> field, or `keep`; name of a sheet -> what it holds, or `skip`; name of a sheet ->
    the row in which its headings stand."""

    columns: dict[Text, Text] = Field(default_factory=dict, max_length=20_000)
    sheets: dict[Text, Text] = Field(default_factory=dict, max_length=1_000)
    header_rows: dict[Text, int] = Field(default_factory=dict, max_length=1_000)


class ModeChoice(BaseModel):
    mode: Mode


class PartItem(FromRow):
    field: str
    before: str
    after: str


class ChangeItem(FromRow):
    """What becomes of one project; `id` and the `field` of its parts are what choices name."""

    id: int
    kind: str
    identifier: str
    title: str
    place: str
    fields: list[PartItem]
    left_out: bool
    kept: list[str]


class TotalItem(FromRow):
    flow: str
    currency: str
    year: int | None
    before: Decimal
    after: Decimal


class Changes(BaseModel):
    """A page of what would change, how many there are of each kind, and money before and after."""

    items: list[ChangeItem]
    total: int
    kinds: dict[str, int]
    money: list[TotalItem]


class Choices(BaseModel):
    """Projects to leave as they are, and parts of projects whose stored value stays; all others are written."""

    left_out: set[ProjectId] = Field(default_factory=set, max_length=100_000)
    kept: dict[ProjectId, set[Text]] = Field(default_factory=dict, max_length=100_000)


@router.get("/{import_id}/questions", response_model=Questions)
def list_questions(request: Request, viewer: SignedIn, connection: Read, import_id: Id) -> Response:
    """What the file leaves open and only its owner can decide."""
    shown = show_import(connection, viewer, import_id)
    return tagged(request, Questions(items=[QuestionItem.model_validate(one) for one in shown.questions]))


@router.post("/{import_id}/answers", status_code=202, response_model=Started)
def answer(viewer: SignedIn, connection: Read, import_id: Id, sent: Answers) -> Started:
    """Answer questions; the answers are remembered, and the files are read again."""
    answer_questions(viewer, import_id, {SEPARATOR.join(one.path): one.value for one in sent.answers})
    return Started(import_id=import_id, state=open_import(connection, viewer, import_id).state)


@router.get("/{import_id}/columns", response_model=Sheets)
def list_columns(request: Request, viewer: SignedIn, connection: Read, import_id: Id) -> Response:
    """How the columns of each sheet are read."""
    proposed = propose_columns(connection, viewer, import_id)
    return tagged(request, Sheets(items=[SheetItem.model_validate(one) for one in proposed]))


@router.post("/{import_id}/columns", status_code=202, response_model=Started)
def correct_columns(viewer: SignedIn, connection: Read, import_id: Id, sent: ColumnChoice) -> Started:
    """Say how columns and sheets are to be read; it is remembered, and the files are read again."""
    rows = {name: str(number) for name, number in sent.header_rows.items()}
    choose_columns(viewer, import_id, sent.columns, sent.sheets, rows)
    return Started(import_id=import_id, state=open_import(connection, viewer, import_id).state)


@router.post("/{import_id}/mode", response_model=Started)
def choose_mode(viewer: SignedIn, connection: Read, import_id: Id, sent: ModeChoice) -> Started:
    """Choose another mode for a preview."""
    change_mode(viewer, import_id, sent.mode)
    return Started(import_id=import_id, state=open_import(connection, viewer, import_id).state)


@router.get("/{import_id}/changes", response_model=Changes)
def list_changes(
    request: Request, viewer: SignedIn, connection: Read, import_id: Id,
    kind: Kind = "", q: Words = "", page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:  # fmt: skip
    """Project by project, 50 a page."""
    shown = show_import(connection, viewer, import_id, ChangesAsked(kind, q, page))
    return tagged(request, Changes(
        items=[ChangeItem.model_validate(one) for one in shown.changes], total=shown.changes_total,
        kinds=shown.kinds, money=[TotalItem.model_validate(one) for one in shown.totals],
    ))  # fmt: skip


@router.post("/{import_id}/choices", response_model=Started)
def choose(viewer: SignedIn, connection: Read, import_id: Id, sent: Choices) -> Started:
    """Leave projects out of a preview, keep stored parts of others. What is not named is written."""
    choose_changes(viewer, import_id, sent.left_out, sent.kept)
    return Started(import_id=import_id, state=open_import(connection, viewer, import_id).state)
