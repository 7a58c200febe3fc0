"""The reader's language: which one, and the texts in it.

The cookie `lang` holds what somebody chose (and, from the sign-in on, what their account says); without it
the browser's Accept-Language decides. Texts that no catalogue has are shown in English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, c2py
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LANGUAGES = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
    "ar": "العربية",
}
RIGHT_TO_LEFT = {"ar"}
COOKIE = "lang"
FOLDER = Path(__file__).parent / "locales"

# Set once a request or file, before anything is rendered.
LOCALE: ContextVar[str] = ContextVar("locale", default="en")


class _Texts(NullTranslations):
    """One catalogue, read from its .po file: nothing to compile, nothing to forget."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._form_of = c2py(catalog.plural_expr)
        self._texts = {
            message.id if isinstance(message.id, str) else message.id[0]: message.string
            for message in catalog
            if message.id and message.string and not message.fuzzy
        }

    def gettext(self, message: str) -> str:
        found = self._texts.get(message)
        return found if isinstance(found, str) and found else message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        found = self._texts.get(singular)
        chosen = found[self._form_of(number)] if isinstance(found, (list, tuple)) else ""
        return chosen or super().ngettext(singular, plural, number)


@cache
def texts(locale: str) -> NullTranslations:
    """The texts of one language."""
    path = FOLDER / locale / "messages.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as stream:
        return _Texts(read_po(stream, locale=locale))


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Texts and formats in `locale` for as long as it lasts, where no request says whose language it is."""
    before = LOCALE.set(locale if locale in LANGUAGES else "en")
    try:
        yield
    finally:
        LOCALE.reset(before)


def gettext(message: str) -> str:
    """`message` in the reader's language."""
    return texts(LOCALE.get()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form that fits `number`, in the reader's language."""
    return texts(LOCALE.get()).ngettext(singular, plural, number)


def choose_locale(cookie: str, accept_language: str) -> str:
    """The language to answer in."""
    if cookie in LANGUAGES:
        return cookie
    wanted = [part.split(";")[0].strip().replace("-", "_") for part in accept_language.split(",")]
    return negotiate_locale(wanted, list(LANGUAGES), sep="_") or "en"
