"""The meeting pack of an overlap report: ordered, waited for, downloaded."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from app.languages import LOCALE
from app.routers.addresses import Number
from app.routers.dependencies import Id, Read, SignedIn
from app.routers.overlap import OverlapAddress
from app.routers.rendering import render
from app.services.build_pack import PackOrder
from app.services.show_pack import get_pack_file, list_packs, show_pack
from app.services.start_pack import start_pack

router = APIRouter(prefix="/reports/overlap/pack")


class PackAddress(OverlapAddress):
    """The filters of the report, and the snapshot to say the changes from."""

    since: Number = None


@router.post("")
def order_pack(viewer: SignedIn, address: Annotated[PackAddress, Query()]) -> Response:
    """In the language of the page."""
    job = start_pack(viewer, PackOrder(address.asked(), LOCALE.get(), address.since))
    return RedirectResponse(f"/reports/overlap/pack/{job}", 303)


@router.get("/{job}")
def show_packing(request: Request, viewer: SignedIn, connection: Read, job: Id) -> Response:
    pack, packs = show_pack(connection, viewer, job), list_packs(connection, viewer)
    return render(request, viewer, "pack.html", pack=pack, packs=packs)


@router.get("/{job}/progress")
def show_progress(request: Request, viewer: SignedIn, connection: Read, job: Id) -> Response:
    """The part of the page that says how far it is; at its end, word to the browser to load the page anew."""
    pack = show_pack(connection, viewer, job)
    if pack.is_over:
        return Response(headers={"HX-Refresh": "true"})
    return render(request, viewer, "pack_waiting.html", pack=pack)


@router.get("/{job}/file")
def send_pack(viewer: SignedIn, connection: Read, job: Id) -> Response:
    file = get_pack_file(connection, viewer, job)
    return FileResponse(file.path, media_type="application/zip", filename=file.name)
