"""Who may see and do what: pure decisions."""

from collections.abc import Collection
from dataclasses import dataclass

READER, EDITOR, ADMIN = "reader", "editor", "admin"
ROLES = (READER, EDITOR, ADMIN)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who is signed in, or the operator at the command line (`organisation_id` None, admin)."""

    user_id: int | None
    organisation_id: int | None
    role: str
    email: str = ""
    name: str = ""
    locale: str = "en"

    @property
    def is_operator(self) -> bool:
        """Whoever works at the command line sees everything."""
        return self.user_id is None and self.organisation_id is None


OPERATOR = Viewer(None, None, ADMIN)


def may_import(viewer: Viewer) -> bool:
    """Editors import for their own organisation; admins for any."""
    return viewer.role == ADMIN or (viewer.role == EDITOR and viewer.organisation_id is not None)


def may_change(viewer: Viewer, owner_id: int | None) -> bool:
    """Whether the viewer may change what this organisation owns: its imports and its projects."""
    if viewer.role == ADMIN:
        return True
    return viewer.role == EDITOR and owner_id is not None and viewer.organisation_id == owner_id


def may_see_import(viewer: Viewer, owner_id: int | None) -> bool:
    """An import, with its issues and staged records, is its owner's business."""
    return viewer.role == ADMIN or (owner_id is not None and viewer.organisation_id == owner_id)


def may_edit_frameworks(viewer: Viewer) -> bool:
    """Frameworks, their crosswalk and the words behind suggestions are everybody's: admins keep them."""
    return viewer.role == ADMIN


def may_keep_accounts(viewer: Viewer) -> bool:
    """Accounts, the log of what people did and the state of the installation are for admins."""
    return viewer.role == ADMIN


def may_keep_minutes(viewer: Viewer) -> bool:
    """Snapshots and agreements are the meeting's: editors and admins of any organisation enter and change them."""
    return viewer.role in (EDITOR, ADMIN)


def may_decide_claim(viewer: Viewer, organisations: Collection[int]) -> bool:
    """Whether two reports are of the same money: editors of who reports or owns one of them, and admins."""
    return viewer.role == ADMIN or (viewer.role == EDITOR and viewer.organisation_id in organisations)
