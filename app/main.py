"""The web application: routers, the one table from refusal to status, middleware."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from app import errors
from app.languages import gettext as _
from app.routers import (
    account,
    admin,
    agreements,
    alerts,
    countries,
    edit_line,
    edit_plan,
    edit_project,
    fetch,
    frameworks,
    good_practices,
    health,
    home,
    import_answers,
    import_choices,
    imports,
    lexicon,
    mapping,
    measures,
    meeting_pack,
    opportunities,
    organisations,
    overlap,
    plans,
    portfolio,
    projects,
    shortlist,
    sign_in,
    snapshots,
    twins,
    workbooks,
)
from app.routers.api import API_ROUTERS
from app.routers.errors import problem_or_page, sign_in_page_or_problem
from app.routers.security import HEADERS, RequestGuard
from app.services.collector import spare_collector
from app.services.download_file import AddressRefused
from app.services.import_upload import UPLOAD_LIMIT, UploadTooLarge
from app.services.run_jobs import jobs_in_a_thread
from app.services.sign_in import TooManyTries
from app.settings import settings

PAGES: tuple[APIRouter, ...] = (
    home.router, sign_in.router, workbooks.router, portfolio.router, edit_project.router, projects.router, fetch.router,
    import_answers.router, import_choices.router, imports.router, meeting_pack.router,
    overlap.router, snapshots.router, agreements.router, twins.router, countries.router, organisations.router,
    lexicon.router, mapping.router, frameworks.router, edit_line.router, opportunities.router, shortlist.router,
    edit_plan.router, plans.router, alerts.router, good_practices.router, account.router,
    admin.router,
)  # fmt: skip
STATUS: dict[type[Exception], int] = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.SignInNeeded: 401,
    errors.ImportConflict: 409,
    errors.Busy: 503,
    errors.InvalidInput: 422,
    errors.FileRefused: 422,
    UploadTooLarge: 413,
    TooManyTries: 429,
    AddressRefused: 422,
    errors.Refused: 400,
}
log = logging.getLogger(__name__)


@asynccontextmanager
async def _with_jobs(_: FastAPI) -> AsyncIterator[None]:
    """A served application works on background jobs, too; what it leaves undone another process takes up."""
    spare_collector()
    with jobs_in_a_thread():
        yield


def create_app() -> FastAPI:
    """The application with all its pages and its API. Raises SettingsError where it must not start."""
    settings().secret_key()
    app = FastAPI(
        title="Tessera", version=version("tessera"), docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json", max_body_size=UPLOAD_LIMIT + (1 << 20), lifespan=_with_jobs,
    )  # fmt: skip
    for page in PAGES:
        app.include_router(page, include_in_schema=False)
    for watched in (health, measures):
        app.include_router(watched.router, include_in_schema=False)
    for router in API_ROUTERS:
        app.include_router(router, prefix="/api/v1")
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.add_exception_handler(errors.Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(RequestGuard)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(measures.RequestMeter)
    return app


def status_of(refusal: Exception) -> int:
    """The status of the nearest class in the table."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def _refused(request: Request, refusal: Exception) -> Response:
    if isinstance(refusal, errors.SignInNeeded):
        return sign_in_page_or_problem(request, str(refusal))
    code, sentence = (refusal.code, refusal.sentence) if isinstance(refusal, errors.Refused) else ("", str(refusal))
    return problem_or_page(request.scope, status_of(refusal), sentence, code)


def _invalid(request: Request, refusal: Exception) -> Response:
    found = refusal.errors() if isinstance(refusal, RequestValidationError) else []
    told = "; ".join(f"{'.'.join(str(part) for part in error['loc'][1:])}: {error['msg']}" for error in found)
    return problem_or_page(request.scope, 422, told, errors.InvalidInput.code)


def _http_error(request: Request, refusal: Exception) -> Response:
    status = refusal.status_code if isinstance(refusal, HTTPException) else 500
    sentences = {
        404: _("There is nothing at this address. Check it, or start again from the home page."),
        413: _("The file is too large for an upload here. Import it with the tessera command instead."),
    }
    answer = problem_or_page(request.scope, status, sentences.get(status, HTTPStatus(status).description))
    if isinstance(refusal, HTTPException):
        answer.headers.update(refusal.headers or {})
    return answer


def _failed(request: Request, failure: Exception) -> Response:
    """A fault of ours: the log has the traceback, the reader a sentence."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=failure)
    answer = problem_or_page(request.scope, 500, _("Something went wrong here. Nothing was changed; try again."))
    answer.headers.update(HEADERS)
    return answer
