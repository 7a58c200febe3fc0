"""The words behind suggestions: a page for those who keep them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from app.languages import LANGUAGES
from app.queries.frameworks import list_frameworks
from app.routers.addresses import Text, address_of, page_words
from app.routers.dependencies import Read, SignedIn, Write
from app.routers.rendering import render
from app.rules.suggest import suggestible_frameworks
from app.services.change_learning import change_learning, last_learning
from app.services.edit_lexicon import LexiconPreview, WordList, list_words, preview_words, save_words
from app.services.learn_areas import read_learned
from app.services.start_trying import start_trying

router = APIRouter(prefix="/mapping/lexicon")
Language = Literal["en", "fr", "es", "it", "pt", "ar"]


class LexiconAddress(BaseModel):
    framework: Text = "florence-2008"
    area: Text = ""
    language: Language = "en"


@router.get("")
def show_words(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[LexiconAddress, Query()]
) -> Response:
    """The lists of one area in one language."""
    lists = list_words(connection, viewer, address.framework)
    area = address.area or lists[0].area
    frameworks = [one for one in list_frameworks(connection) if one.key in suggestible_frameworks()]
    return render(
        request, viewer, "lexicon.html", address=address, area=area, frameworks=frameworks,
        framework=next(one for one in frameworks if one.key == address.framework),
        lists=[one for one in lists if (one.area, one.language) == (area, address.language)],
        ours=[one for one in lists if one.is_ours], language_names=LANGUAGES,
        learned=read_learned().get(address.framework), last_job=last_learning(connection, address.framework),
        **page_words(request),
    )  # fmt: skip


class ChangedWords(LexiconAddress):
    kind: Literal["terms", "hints"]
    phrases: Annotated[str, Field(max_length=200_000, pattern=r"^[^\x00]*$")] = ""

    def changed(self) -> WordList:
        return WordList(self.framework, self.area, self.language, self.kind, self.phrases)


@router.post("/preview")
def preview(request: Request, viewer: SignedIn, connection: Read, sent: Annotated[ChangedWords, Form()]) -> Response:
    """What the change would alter, before it is saved."""
    found: LexiconPreview = preview_words(connection, viewer, sent.changed())
    job = start_trying(viewer, sent.changed()) if found.tried < found.found else None
    return render(request, viewer, "lexicon_preview.html", sent=sent, found=found, job=job, **page_words(request))


@router.post("")
def save(viewer: SignedIn, connection: Write, sent: Annotated[ChangedWords, Form()]) -> Response:
    """Save the list; suggestions are made anew in the background."""
    save_words(connection, viewer, sent.changed())
    where = {"framework": sent.framework, "area": sent.area, "language": sent.language}
    return RedirectResponse(address_of("/mapping/lexicon", **where), 303)


class Learning(LexiconAddress):
    action: Literal["learn", "on", "off"]


@router.post("/learn")
def learn(viewer: SignedIn, connection: Write, sent: Annotated[Learning, Form()]) -> Response:
    """Learn from what is confirmed, in the background; or use what was learned, or not."""
    change_learning(connection, viewer, sent.framework, sent.action)
    return RedirectResponse(address_of("/mapping/lexicon", framework=sent.framework) + "#learned", 303)
