"""Make a project by hand."""

from lxml import etree
from sqlalchemy import Connection

from app import database
from app.errors import Busy, NotAllowed
from app.models.parse_lines import LONGEST_REF
from app.queries import imports, project
from app.queries.bulk import take_short_turn
from app.queries.organisations import organisation_by_ref
from app.rules.permissions import Viewer, may_import
from app.services.edit_project import Edited
from app.services.fill_record import fill_record
from app.services.import_upload import choose_owner
from app.services.project_form import Problem, ProjectForm, read_form
from app.services.suggest_areas import suggest_soon
from app.services.write_by_hand import HandRefused, write_by_hand


def new_project_form(viewer: Viewer) -> ProjectForm:
    """The empty form. Raises NotAllowed."""
    if not may_import(viewer):
        raise NotAllowed("Your role lets you read but not add projects. Ask an editor of your organisation.")
    return ProjectForm()


def add_project(viewer: Viewer, form: ProjectForm, locale: str = "en") -> Edited:
    """Store the project that the form describes as one of the viewer's organisation, or say why not.

    Admins name the organisation. Raises NotAllowed.
    """
    new_project_form(viewer)
    try:
        with database.write_briefly() as connection:
            take_short_turn(connection)
            found = _add(connection, viewer, form, locale)
    except HandRefused as refusal:
        return Edited(problems=refusal.problems)
    except Busy as refusal:
        return Edited(problems=[Problem("", str(refusal))])
    if found.import_id is not None:
        suggest_soon(found.import_id)
    return found


def _add(connection: Connection, viewer: Viewer, form: ProjectForm, locale: str) -> Edited:
    owner = choose_owner(connection, viewer, form.singles["owner"]) or ""
    identifier = form.singles["identifier"]
    element = _begun(connection, owner, identifier)
    problems = _check_identity(connection, owner, identifier) + fill_record(element, read_form(element, locale), form)
    if problems:
        return Edited(problems=problems)
    import_id = write_by_hand(connection, viewer, owner, element)
    owner_id = imports.organisation_id(connection, owner)
    return Edited(project.find_own_project(connection, owner_id, identifier), import_id)


def _begun(connection: Connection, owner: str, identifier: str) -> etree._Element:
    """A record that says which project it is and who reports it."""
    element = etree.Element("iati-activity")
    etree.SubElement(element, "iati-identifier").text = identifier
    reporter = etree.SubElement(element, "reporting-org", ref=owner)
    known = organisation_by_ref(connection, owner)
    if known is not None:
        if known.type:
            reporter.set("type", known.type)
        if known.name != known.ref:
            etree.SubElement(reporter, "narrative").text = known.name
    return element


def _check_identity(connection: Connection, owner: str, identifier: str) -> list[Problem]:
    problems = []
    known = organisation_by_ref(connection, owner)
    if not owner:
        problems.append(
            Problem("owner", "Give the reference of the organisation whose project this is, such as XM-DAC-6-4.")
        )
    if not identifier or len(identifier) > LONGEST_REF:
        problems.append(Problem("identifier", f"Give the project an identifier of up to {LONGEST_REF} characters."))
    elif known is not None and project.find_own_project(connection, known.id, identifier):
        problems.append(
            Problem("identifier", f"There is a project {identifier} already. Edit that one, or write another.")
        )
    return problems
