"""The meeting pack of an overlap report: ordered, waited for, downloaded."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from app.languages import LOCALE
from app.routers.addresses import Number
from app.routers.dependencies import Id, Read, SignedIn
from app.routers.overlap import OverlapAddress
from app.routers.rendering import render, render_progress
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
    pack = show_pack(connection, viewer, job)
    return render_progress(request, viewer, "pack_waiting.html", is_over=pack.is_over, pack=pack)


@router.get("/{job}/file")
def send_pack(viewer: SignedIn, connection: Read, job: Id) -> Response:
    file = get_pack_file(connection, viewer, job)
    return FileResponse(file.path, media_type="application/zip", filename=file.name)
