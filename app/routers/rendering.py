"""Pages and tables out: the one place that knows Jinja."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from app.errors import InvalidInput
from app.formats import FILTERS
from app.languages import LANGUAGES, LOCALE, RIGHT_TO_LEFT, gettext, ngettext
from app.models.worded import worded
from app.rules.learned import MARK
from app.rules.permissions import Viewer
from app.rules.suggest import TOLD
from app.services.report_method import report_method
from app.services.word_issue import word_text
from app.services.word_message import word_message
from exports.table import Table, write_table_csv, write_tables_xlsx

FOLDER = Path(__file__).parent.parent / "templates"
BLOCK = 1 << 18
IN_MEMORY = 1 << 22
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@cache
def environment() -> Environment:
    """The templates, with the reader's texts and formats."""
    made = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=select_autoescape(), undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(FILTERS, sentence=word_message, said=word_text, evidence=_evidence)
    made.globals["report_method"] = report_method
    return made


def _evidence(words: str) -> Markup:
    """A piece of evidence: what the text says in quotation marks, and what else told the area."""
    if words == TOLD:
        return Markup("({})").format(gettext("told by parts of words"))
    if words.startswith(MARK):
        said = gettext("learned here, version %(number)s") % {"number": words.removeprefix(MARK)}
        return Markup("({})").format(said)
    return Markup("<q>{}</q>").format(words)


def render(
    request: Request, viewer: Viewer | None, template: str, status_code: int = 200, **context: Any
) -> HTMLResponse:
    """The page of `template` in the reader's language."""
    locale = LOCALE.get()
    body = environment().get_template(template).render(
        request=request, viewer=viewer, path=request.url.path, locale=locale, languages=LANGUAGES,
        direction="rtl" if locale in RIGHT_TO_LEFT else "ltr", **context,
    )  # fmt: skip
    return HTMLResponse(body, status_code)


def render_progress(request: Request, viewer: Viewer, template: str, *, is_over: bool, **context: Any) -> Response:
    """The part of a page that says how far a job is; at its end, word to the browser to load the page anew."""
    if is_over:
        return Response(headers={"HX-Refresh": "true"})
    return render(request, viewer, template, **context)


def table_response(tables: Sequence[Table], format: str, file_name: str) -> Response:  # noqa: A002
    """What a page shows, as a file: `csv` holds the first table, `xlsx` a sheet a table.

    `file_name` has no suffix. Raises InvalidInput for any other format.
    """
    out = temporary_file()
    if format == "csv":
        write_table_csv(tables[0], out)
    elif format == "xlsx":
        write_tables_xlsx(tables, out)
    else:
        raise InvalidInput(worded("There is no format “%(format)s” here: choose csv or xlsx.", format=format))
    return file_response(out, "text/csv; charset=utf-8" if format == "csv" else XLSX, f"{file_name}.{format}")


def temporary_file() -> BinaryIO:
    """A file to write an answer to: in memory while it is small. `file_response` closes it."""
    return cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY))


def file_response(out: BinaryIO, media_type: str, file_name: str) -> Response:
    """A finished temporary file as a download, block by block; it is gone afterwards."""
    out.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return StreamingResponse(_blocks(out), media_type=media_type, headers=headers)


def _blocks(out: BinaryIO) -> Iterator[bytes]:
    with out:
        while block := out.read(BLOCK):
            yield block
