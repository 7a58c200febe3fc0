"""Recommendation frameworks: to look at, to load, to change, to take away as a file."""

from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from app.errors import InvalidInput
from app.languages import LANGUAGES
from app.queries.frameworks import list_frameworks
from app.routers.addresses import Text, page_words
from app.routers.dependencies import Read, SignedIn, Write
from app.routers.rendering import file_response, render, temporary_file
from app.rules.permissions import may_edit_frameworks
from app.services.edit_framework import AreaChange, edit_area, edit_group, edit_head, edit_match
from app.services.load_framework_file import load_framework_file
from app.services.show_framework import export_framework, show_framework
from exports.framework_files import MEDIA_TYPES

router = APIRouter(prefix="/frameworks")
Key = Annotated[str, Path(max_length=100, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Long = Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]
LARGEST_FILE = 5_000_000


@router.get("")
def show_all(request: Request, viewer: SignedIn, connection: Read) -> Response:
    """Every framework, and for admins the form to load one."""
    return render(
        request, viewer, "frameworks.html", frameworks=list_frameworks(connection), may_edit=may_edit_frameworks(viewer)
    )


@router.post("")
def load(viewer: SignedIn, file: Annotated[UploadFile, File()]) -> Response:
    """Add a framework from a file, or bring it to a new version."""
    content = file.file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise InvalidInput("A framework's file has no more than 5 MB.")
    loaded = load_framework_file(content, file.filename or "", viewer)
    return RedirectResponse(f"/frameworks/{loaded.framework.key}", 303)


@router.get("/{key}")
def show_one(
    request: Request, viewer: SignedIn, connection: Read, key: Key,
    format: Annotated[Literal["", "yaml", "xlsx", "ttl"], Query()] = "",  # noqa: A002
) -> Response:  # fmt: skip
    """A framework, its crosswalk and its versions; or its file."""
    if format:
        out = temporary_file()
        export_framework(connection, key, format, out)
        return file_response(out, MEDIA_TYPES[format], f"{key}.{format}")
    page = show_framework(connection, viewer, key)
    languages = [(code, name) for code, name in LANGUAGES.items() if code != "en"]
    return render(request, viewer, "framework.html", page=page, title_languages=languages, **page_words(request))


class Titles(BaseModel):
    """Titles in the languages of the pages; the plain one is English."""

    title: Text = ""
    title_fr: Text = ""
    title_es: Text = ""
    title_it: Text = ""
    title_pt: Text = ""
    title_ar: Text = ""

    def titles(self) -> dict[str, str]:
        found = {code: getattr(self, f"title_{code}", "").strip() for code in LANGUAGES if code != "en"}
        return {code: title for code, title in found.items() if title}


class Head(Titles):
    short_title: Text = ""
    version: Text = ""


class Item(Titles):
    """An area or a group; lists have an entry a line. `gone`: take it out."""

    code: Text
    group: Text = ""
    parent: Text = ""
    summary: Long = ""
    replaces: Long = ""
    was: Long = ""
    gone: bool = False

    def change(self) -> AreaChange:
        replaces, was = (tuple(filter(None, map(str.strip, text.splitlines()))) for text in (self.replaces, self.was))
        return AreaChange(
            self.code.strip(),
            self.title,
            self.titles(),
            self.group,
            self.parent,
            self.summary,
            replaces,
            was,
            self.gone,
        )


class Match(BaseModel):
    area: Text
    other: Text
    match: Text


@router.post("/{key}")
def change_head(viewer: SignedIn, connection: Write, key: Key, sent: Annotated[Head, Form()]) -> Response:
    """Change the framework's names and version."""
    names = {"title": sent.title, "short_title": sent.short_title, "version": sent.version, "titles": sent.titles()}
    edit_head(connection, viewer, key, **names)
    return RedirectResponse(f"/frameworks/{key}", 303)


@router.post("/{key}/areas")
def change_area(viewer: SignedIn, connection: Write, key: Key, sent: Annotated[Item, Form()]) -> Response:
    """Change, add or take out an area."""
    edit_area(connection, viewer, key, sent.change())
    return RedirectResponse(f"/frameworks/{key}#areas", 303)


@router.post("/{key}/groups")
def change_group(viewer: SignedIn, connection: Write, key: Key, sent: Annotated[Item, Form()]) -> Response:
    """Change, add or take out a group."""
    edit_group(connection, viewer, key, sent.change())
    return RedirectResponse(f"/frameworks/{key}#groups", 303)


@router.post("/{key}/matches")
def change_match(viewer: SignedIn, connection: Write, key: Key, sent: Annotated[Match, Form()]) -> Response:
    """Add, change or take out a match to an area of another framework."""
    edit_match(connection, viewer, key, sent.area, sent.other, sent.match)
    return RedirectResponse(f"/frameworks/{key}#crosswalk", 303)
