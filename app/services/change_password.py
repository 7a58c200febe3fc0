"""Change one's own password."""

from app import database
from app.models.worded import phrase, worded
from app.queries import users
from app.queries.audit import note_action
from app.rules.check_funding import Fault, error
from app.rules.permissions import Viewer
from app.services.sign_in import count_try, forgive_try, password_hasher
from app.settings import settings

SHORTEST, LONGEST = 12, 200  # characters: NIST SP 800-63B asks for length, and for no mixture of signs


def change_password(viewer: Viewer, current: str, new: str, session: str, address: str) -> list[Fault]:
    """Set the password and end every other session than this one; what is wrong, where it was not set.

    The current one is asked for, and tries are counted as at the sign-in, so that whoever finds a browser open can't
    keep its owner out. API tokens stay. Raises TooManyTries.
    """
    if faults := _check(new, viewer.email):
        return faults
    count_try(viewer.email, address)
    with database.read(settings().database_url) as connection:
        user = users.find_user(connection, viewer.email)
    if not password_hasher().verify(current, user.password_hash):
        return [
            error("password-wrong", "current", "This is not your password.", "Write the one that you signed in with.")
        ]
    hashed = password_hasher().hash(new)
    with database.write() as connection:
        forgive_try(connection, viewer.email, address)
        users.set_password_hash(connection, user.id, hashed)
        users.delete_other_sessions(connection, user.id, session)
        note_action(connection, user.id, "change password", viewer.email)
    return []


def _check(new: str, email: str) -> list[Fault]:
    if not SHORTEST <= len(new) <= LONGEST:
        hint = phrase("Several words in a row are long enough and easy to keep in mind.")
        message = worded("A password has from %(least)s to %(most)s characters.", least=SHORTEST, most=LONGEST)
        return [error("password-length", "new", message, hint)]
    if new.casefold() in (email, email.partition("@")[0] * 2):
        return [error("password-known", "new", "Your address is no password.", "Choose one that nobody can guess.")]
    return []
