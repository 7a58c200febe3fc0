"""The one door to activities: nothing lists or opens a project but through it."""

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true

from app.models.activity import Activity
from app.rules.permissions import Viewer

ACTIVITY = Activity.__table__  # type: ignore[attr-defined]


def activities_visible_to(viewer: Viewer, *columns: Any) -> Select[Any]:
    """Current activities that are shared, or that belong to the viewer's organisation.

    Selects `columns`, or the whole row; the operator at the command line sees all.
    """
    query = select(*(columns or ACTIVITY.c)).select_from(ACTIVITY)
    return query.where(ACTIVITY.c.state == "current", _visible(viewer))


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.is_operator:
        return true()
    return or_(ACTIVITY.c.visibility == "shared", ACTIVITY.c.owner_id == viewer.organisation_id)
