"""Reads this package's data files and folds text so that spellings can be compared."""

import csv
import re
import unicodedata
from pathlib import Path

DATA = Path(__file__).parent / "data"
LOCALES = ("en", "fr", "es", "it", "pt", "ar")

_NOT_A_LETTER_OR_DIGIT = re.compile(r"[\W_]+")


def read_rows(name: str) -> list[dict[str, str]]:
    """Rows of `data/NAME.csv`, one dict a row, every value a string."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def folded(text: str) -> str:
    """`text` in lower case, without accents, other signs as a space: "Côte d'Ivoire" -> "cote d ivoire"."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    if not letters.isascii():
        letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _NOT_A_LETTER_OR_DIGIT.sub(" ", letters).strip()


def language_of(locale: str) -> str:
    """The language that names are offered in for `locale` ("pt-BR" -> "pt"); English for any other."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in LOCALES else "en"
