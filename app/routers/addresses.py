"""What addresses and templates of list and report pages share: links, names of places, names of codes."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from babel import Locale
from babel.numbers import format_decimal
from fastapi import Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from app.codelists import name_of
from app.languages import LOCALE, gettext
from app.queries.frameworks import StoredFramework
from app.queries.projections import drop_accents
from app.services.place_names import place_name


def _none_if_blank(value: Any) -> Any:
    """A form sends every field, the empty ones as ''."""
    return None if value == "" else value


def _without_blanks(value: Any) -> Any:
    return [one for one in value if one != ""] if isinstance(value, list) else value


# Bounds that PostgreSQL has too: no character NUL, no number beyond 32 bits.
Text = Annotated[str, Field(max_length=400, pattern=r"^[^\x00]*$")]
Texts = Annotated[list[Text], BeforeValidator(_without_blanks), Field(max_length=500)]
# "kh" in an address means KH.
Country = Annotated[Text, AfterValidator(str.upper)]
Countries = Annotated[list[Country], BeforeValidator(_without_blanks), Field(max_length=500)]
Year = Annotated[Annotated[int, Field(ge=1900, le=2200)] | None, BeforeValidator(_none_if_blank)]
Number = Annotated[Annotated[int, Field(ge=1, le=2**31 - 1)] | None, BeforeValidator(_none_if_blank)]
PageNumber = Annotated[int, Field(ge=1, le=1_000_000)]


class Address(BaseModel):
    """The query part of an address; what is in it beside the fields is nobody's business."""

    model_config = ConfigDict(populate_by_name=True)


def page_words(request: Request) -> dict[str, Any]:
    """The callables of these pages' templates, in the reader's language."""
    locale = LOCALE.get()
    numerals = Locale.parse(locale)  # once, not for each number
    return {
        "link": _linker(request),
        "to": address_of,
        "place": partial(place_name, locale=locale),
        "by_name": partial(sorted, key=partial(_place_in_order, locale=locale)),
        # For texts that are not the template's own: `_` would take a percent sign in them for a placeholder.
        "word": gettext,
        "code": partial(_code_name, locale=locale),
        "area_title": partial(_area_title, locale=locale),
        "exact": partial(format_decimal, locale=numerals, decimal_quantization=False),
        "fixed": partial(_fixed, locale=numerals),
        "segment": partial(quote, safe="/:"),
    }


def _place_in_order(code: str, locale: str) -> str:
    """What a list of places is sorted by: their names, accents aside."""
    return drop_accents(place_name(code, locale)).casefold()


def _code_name(codelist: str, code: str, locale: str) -> str:
    """A code's name; the lists have it in English and French, our own catalogues in the other languages."""
    return gettext(name_of(codelist, code, locale))


def _area_title(framework: StoredFramework, code: str, title: str, locale: str) -> str:
    """The title of an area in the reader's language; `title` where the framework no longer has that area."""
    return next((area.title_in(locale) for area in framework.areas if area.code == code), title)


def _fixed(value: float | None, decimals: int, locale: Locale) -> str:
    """An index with all its decimals, so that a column of them lines up; a dash for none."""
    return "–" if value is None else format_decimal(value, "0." + "0" * decimals, locale=locale)


def _linker(request: Request) -> Callable[..., str]:
    """`link(country="KH")`: this page's address with other filters; None takes one out."""
    asked: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if value:
            asked.setdefault(name, []).append(value)

    def link(path: str = "", **changes: Any) -> str:
        return address_of(path or request.url.path, **{**asked, "page": None, **changes})

    return link


def address_of(path: str, **parameters: Any) -> str:
    """`path` with `parameters`; a name may end in "_" where Python has it for itself (`from_`)."""
    kept = {name.rstrip("_"): value for name, value in parameters.items() if value not in (None, "", [], ())}
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path
