"""Names of places and codes for people."""

from app.codelists import name_of


def place_name(code: str, locale: str = "en") -> str:
    """The name of a country (ISO 3166-1 alpha-2) or of a DAC region; region codes are numbers."""
    return name_of("Region" if code.isdigit() else "Country", code, locale)
