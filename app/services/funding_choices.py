"""What the forms of lines, plans and searches offer to choose from."""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.codelists import codes
from app.codelists.babel_names import languages
from app.codelists.currencies import is_currency
from app.queries import funding_lines
from app.queries.frameworks import StoredFramework, list_frameworks
from app.rules.permissions import Viewer


@dataclass(frozen=True, slots=True)
class FundingChoices:
    """Codes, to be named in the reader's language; frameworks with their areas; donors that offer lines."""

    countries: tuple[str, ...]
    regions: tuple[str, ...]
    applicant_types: tuple[str, ...]
    currencies: tuple[str, ...]
    languages: dict[str, str]
    frameworks: list[StoredFramework]
    donors: list[tuple[str, str]]


def funding_choices(connection: Connection, viewer: Viewer | None, locale: str) -> FundingChoices:
    """All of it; the donors are those with a line that the viewer may see."""
    owner = funding_lines.ORGANISATION.c
    donors = funding_lines.lines_visible_to(viewer, owner.ref, owner.name).distinct().order_by(owner.name)
    return FundingChoices(
        codes("Country"), codes("Region"), codes("OrganisationType"), tuple(filter(is_currency, codes("Currency"))),
        languages(locale), list_frameworks(connection), [(ref, name) for ref, name in connection.execute(donors)],
    )  # fmt: skip
