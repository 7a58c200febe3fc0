"""An IATI organisation file names organisations for the directory, and is no portfolio."""

from app.services.confirm_import import confirm_import
from tests.services.iati_files import activity, iati
from tests.services.stored import Portfolio, query, titles
from tests.services.uploads import person, show, stage

FILE = """<iati-organisations version="2.03"><iati-organisation>
<organisation-identifier>KE-NGO-77</organisation-identifier><name><narrative>Wells and Water</narrative></name>
</iati-organisation></iati-organisations>"""


def named() -> list[tuple[object, ...]]:
    return query("SELECT ref, name FROM organisation WHERE ref = 'KE-NGO-77'")


def test_the_organisations_of_a_file_are_in_the_directory(portfolio: Portfolio) -> None:
    portfolio.take(activity("XX-1-A"), owner="XX-1")
    result = portfolio.import_text(FILE, owner="XX-1", mode="replace")
    assert (result.state, result.format) == ("committed", "iati-organisations")
    assert [issue.code for issue in result.issues] == ["organisations-named"]
    assert "1 organisation" in result.issues[0].message
    assert (result.counts.read, result.counts.removed) == (0, 0)
    assert named() == [("KE-NGO-77", "Wells and Water")]
    assert list(titles()) == ["XX-1-A"]


def test_a_preview_names_nobody_until_it_is_confirmed(portfolio: Portfolio) -> None:
    portfolio.take(activity("XX-1-A"), owner="XX-1")
    owner = person("owner@example.org")
    number = stage(owner, FILE, "organisations.xml")
    assert show(owner, number).run.state == "previewed"
    assert named() == []
    confirm_import(number)
    assert named() == [("KE-NGO-77", "Wells and Water")]


def test_projects_and_organisations_together(portfolio: Portfolio) -> None:
    path, other = portfolio.write(iati(activity("XX-1-B"))), portfolio.write(FILE)
    result = portfolio.import_paths([path, other], owner="XX-1")
    assert (result.state, result.format, result.counts.new) == ("committed", "iati-xml+iati-organisations", 1)
    assert named() == [("KE-NGO-77", "Wells and Water")]
