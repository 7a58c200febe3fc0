"""The first page: what needs my attention."""

from fastapi import APIRouter, Request, Response

from app.languages import LOCALE
from app.routers.dependencies import Read, SignedIn
from app.routers.rendering import render
from app.rules.permissions import may_import
from app.services.list_attention import list_attention

router = APIRouter()


@router.get("/")
def show_home(request: Request, viewer: SignedIn, connection: Read) -> Response:
    found = list_attention(connection, viewer, LOCALE.get())
    return render(request, viewer, "home.html", attention=found, may_import=may_import(viewer))
