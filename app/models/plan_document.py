"""A national plan as forms, files and programs give it: the whole of it, without ids."""

from dataclasses import asdict, dataclass
from typing import Any

COST, BUDGET = "cost", "budget"


@dataclass(frozen=True, slots=True)
class Cost:
    """Money of one fiscal year (the calendar year in which it begins), in hundredths of `currency`.

    `kind`: cost (what the action needs) or budget (what the country's own budget pays of it).
    """

    kind: str
    fiscal_year: int
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class ActionDocument:
    """One action. `areas`: (FRAMEWORK/CODE, share in millionths or None); `indicators`: (title, baseline, target)."""

    code: str
    title: str
    description: str = ""
    responsible: str = ""
    applicant_type: str = ""
    priority: str = ""
    areas: tuple[tuple[str, int | None], ...] = ()
    indicators: tuple[tuple[str, str, str], ...] = ()
    costs: tuple[Cost, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """One plan. `edition` is its own version; `fiscal_year_start` the month; `languages` its team can apply in;
    `applicant_type` (IATI organisation type) is what it applies as."""

    reference: str
    country: str
    title: str
    first_year: int | None = None
    last_year: int | None = None
    document: str = ""
    edition: str = ""
    currency: str = ""
    fiscal_year_start: int = 1
    languages: tuple[str, ...] = ()
    applicant_type: str = ""
    visibility: str = "private"
    actions: tuple[ActionDocument, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values that `plan_of` reads back."""
        return asdict(self)


def plan_of(values: dict[str, Any]) -> PlanDocument:
    """The plan of plain values, such as JSON. Raises TypeError for names that a plan does not have."""
    actions = tuple(_action_of(dict(one)) for one in values.get("actions", ()))
    return PlanDocument(**{**values, "languages": tuple(values.get("languages", ())), "actions": actions})


def _action_of(values: dict[str, Any]) -> ActionDocument:
    values["areas"] = tuple((area, share) for area, share in values.get("areas", ()))
    values["indicators"] = tuple((title, base, target) for title, base, target in values.get("indicators", ()))
    values["costs"] = tuple(Cost(**cost) for cost in values.get("costs", ()))
    return ActionDocument(**values)
