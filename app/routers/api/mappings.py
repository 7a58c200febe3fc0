"""Areas over the API: suggested for a text, and decided for a project."""

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Request, Response
from pydantic import BaseModel, Field

from app.queries.lexicons import stored_lexicon
from app.routers.addresses import Text
from app.routers.api.documents import api_router, tagged
from app.routers.dependencies import Id, Read, SignedIn, Words, Write
from app.services.decide_areas import decide_areas
from app.services.list_mappings import show_mappings
from app.services.suggest_text import suggest_text

router = api_router("mappings")
LONGEST_TEXT = 1_000_000


class TextToMap(BaseModel):
    """A project's words; `sectors` are DAC purpose codes, `countries` ISO 3166-1 alpha-2 codes."""

    text: str = Field(max_length=LONGEST_TEXT)
    framework: Text = "florence-2008"
    sectors: list[Text] = Field(default_factory=list, max_length=100)
    countries: list[Text] = Field(default_factory=list, max_length=300)


class SuggestedArea(BaseModel):
    """`share` of 1; `evidence` holds the words found, as written."""

    area: str
    share: float
    confidence: float
    evidence: list[str]


class SuggestionDocument(BaseModel):
    """The same as `tessera suggest` answers."""

    relevance: Literal["core", "part", "none"]
    areas: list[SuggestedArea]
    forms: list[SuggestedArea]


class MappedArea(BaseModel):
    area: str
    state: str
    source: str
    share: float | None
    confidence: float | None
    evidence: list[str]
    decided_at: str


class MappingDocument(BaseModel):
    """One project in one framework; `waits_because`: suggested, text-changed, retired, opinion."""

    activity_id: int
    identifier: str
    framework: str
    waits_because: list[str]
    areas: list[MappedArea]


class DecidedArea(BaseModel):
    """`share` is a percentage; null: an equal part of what the others leave."""

    area: Text
    share: Annotated[Decimal, Field(gt=0, le=100)] | None = None


class DecisionToMake(BaseModel):
    """Just these areas fit; none in the list: no area fits."""

    framework: Text = "florence-2008"
    areas: list[DecidedArea] = Field(max_length=100)
    comment: Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")] = ""


@router.post("", response_model=SuggestionDocument)
def suggest(_: SignedIn, connection: Read, sent: TextToMap) -> SuggestionDocument:
    """Relevance, areas, forms and evidence for a text, by the words as they are kept here; nothing is stored."""
    lexicon = stored_lexicon(connection, sent.framework)
    return SuggestionDocument.model_validate(
        suggest_text(sent.text, sent.framework, sent.sectors, sent.countries, lexicon)
    )


@router.get("/{activity_id}", response_model=MappingDocument)
def get_mappings(
    request: Request, viewer: SignedIn, connection: Read, activity_id: Id, framework: Words = ""
) -> Response:
    """What is suggested and decided about a project's areas."""
    return tagged(request, show_mappings(connection, viewer, activity_id, framework))


@router.post("/{activity_id}", response_model=MappingDocument)
def decide(viewer: SignedIn, connection: Write, activity_id: Id, sent: DecisionToMake) -> MappingDocument:
    """Decide which areas a project covers, as a whole."""
    areas = {one.area: one.share for one in sent.areas}
    decide_areas(connection, viewer, activity_id, sent.framework, areas, sent.comment)
    return MappingDocument.model_validate(show_mappings(connection, viewer, activity_id, sent.framework))
