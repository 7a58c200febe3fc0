"""Administration: accounts, the log of what people did, the state of the installation."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel
from sqlalchemy import Connection

from app.queries.accounts import get_account, list_accounts, list_entries
from app.queries.agreements import list_party_choices
from app.routers.addresses import Address, Number, PageNumber, Text, page_words
from app.routers.dependencies import Id, Read, SignedIn, Write
from app.routers.edit_line import problems_of
from app.routers.rendering import render, table_response
from app.rules.check_funding import Fault
from app.rules.permissions import ROLES, Viewer
from app.services.close_account import close_account, reopen_account
from app.services.end_sign_ins import end_sign_ins
from app.services.list_accounts import account_as_json, accounts_table, entry_as_json, log_table
from app.services.reset_password import reset_password
from app.services.save_account import AccountForm, save_account
from app.services.show_state import show_state, state_as_json

router = APIRouter(prefix="/admin")
PAGE = 50
ENTRIES = 100
Format = Literal["", "html", "csv", "xlsx", "json"]


class AccountsAddress(Address):
    """Which accounts."""

    q: Text = ""
    role: Literal["", "reader", "editor", "admin"] = ""
    state: Literal["", "open", "closed"] = ""
    page: PageNumber = 1
    format: Format = ""


class LogAddress(Address):
    """Which entries; `before`: only those older than this one."""

    q: Text = ""
    before: Number = None
    format: Format = ""


class SentAccount(BaseModel):
    """An account as the form sends it."""

    email: Text = ""
    name: Text = ""
    role: Text = ""
    organisation: Text = ""
    is_new: bool = False

    def form(self) -> AccountForm:
        return AccountForm(**self.model_dump())


@router.get("")
def show_accounts(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[AccountsAddress, Query()]
) -> Response:
    """Everybody who can sign in, and the form for one more; a download holds all pages."""
    if address.format in ("csv", "xlsx", "json"):
        rows, _ = list_accounts(connection, viewer, address.q, address.role, address.state)
        if address.format == "json":
            return JSONResponse({"accounts": [account_as_json(one) for one in rows]})
        return table_response([accounts_table(rows)], address.format, "accounts")
    return _list_page(request, viewer, connection, address, AccountForm(), ())


@router.post("/accounts")
def add_account(
    request: Request, viewer: SignedIn, connection: Write, sent: Annotated[SentAccount, Form()]
) -> Response:
    """The account with its password, this once; or the form again with what is wrong."""
    saved = save_account(connection, viewer, sent.form())
    if saved.id is None:
        return _list_page(request, viewer, connection, AccountsAddress(), sent.form(), saved.faults)
    return _account_page(request, viewer, saved.id, connection, password=saved.password)


@router.get("/accounts/{number}")
def show_account(request: Request, viewer: SignedIn, connection: Read, number: Id, saved: bool = False) -> Response:
    return _account_page(request, viewer, number, connection, saved=saved)


@router.post("/accounts/{number}")
def change_account(
    request: Request, viewer: SignedIn, connection: Write, number: Id, sent: Annotated[SentAccount, Form()]
) -> Response:
    changed = save_account(connection, viewer, sent.form(), number)
    if changed.id is None:
        return _account_page(request, viewer, number, connection, form=sent.form(), faults=changed.faults)
    return RedirectResponse(f"/admin/accounts/{number}?saved=true", 303)


@router.post("/accounts/{number}/password")
def set_new_password(request: Request, viewer: SignedIn, connection: Write, number: Id) -> Response:
    return _account_page(request, viewer, number, connection, password=reset_password(connection, viewer, number))


@router.post("/accounts/{number}/sign-ins")
def sign_out_everywhere(viewer: SignedIn, connection: Write, number: Id) -> Response:
    end_sign_ins(connection, viewer, number)
    return RedirectResponse(f"/admin/accounts/{number}?saved=true", 303)


@router.post("/accounts/{number}/close")
def close(viewer: SignedIn, connection: Write, number: Id) -> Response:
    close_account(connection, viewer, number)
    return RedirectResponse(f"/admin/accounts/{number}?saved=true", 303)


@router.post("/accounts/{number}/open")
def reopen(viewer: SignedIn, connection: Write, number: Id) -> Response:
    reopen_account(connection, viewer, number)
    return RedirectResponse(f"/admin/accounts/{number}?saved=true", 303)


@router.get("/log")
def show_log(request: Request, viewer: SignedIn, connection: Read, address: Annotated[LogAddress, Query()]) -> Response:
    """Who did what, the newest first; a download holds all that are older, too."""
    if address.format in ("csv", "xlsx", "json"):
        rows = list_entries(connection, viewer, address.q, address.before)
        if address.format == "json":
            return JSONResponse({"entries": [entry_as_json(one) for one in rows]})
        return table_response([log_table(rows)], address.format, "log")
    rows = list_entries(connection, viewer, address.q, address.before, ENTRIES + 1)
    older = rows[ENTRIES - 1].id if len(rows) > ENTRIES else None
    return render(
        request, viewer, "admin_log.html", rows=rows[:ENTRIES], older=older, asked=address, **page_words(request)
    )


@router.get("/state")
def show_installation(request: Request, viewer: SignedIn, connection: Read) -> Response:
    state = show_state(connection, viewer)
    if request.query_params.get("format") == "json":
        return JSONResponse(state_as_json(state))
    return render(request, viewer, "admin_state.html", state=state, **page_words(request))


def _list_page(
    request: Request, viewer: Viewer, connection: Connection, address: AccountsAddress, form: AccountForm,
    faults: Sequence[Fault],
) -> Response:  # fmt: skip
    rows, count = list_accounts(
        connection, viewer, address.q, address.role, address.state, PAGE, (address.page - 1) * PAGE
    )
    return render(
        request, viewer, "admin.html", 422 if faults else 200, rows=rows, count=count, asked=address,
        pages=-(-count // PAGE) or 1, form=form, problems=problems_of(faults), roles=ROLES,
        parties=list_party_choices(connection), **page_words(request),
    )  # fmt: skip


def _account_page(
    request: Request, viewer: Viewer, number: int, connection: Connection, *, password: str = "", saved: bool = False,
    form: AccountForm | None = None, faults: Sequence[Fault] = (),
) -> Response:  # fmt: skip
    row = get_account(connection, viewer, number)
    stored = AccountForm(row.email, row.name, row.role, row.ref)
    return render(
        request, viewer, "admin_account.html", 422 if faults else 200, row=row, form=form or stored, password=password,
        saved=saved, problems=problems_of(faults), roles=ROLES, parties=list_party_choices(connection),
        **page_words(request),
    )  # fmt: skip
