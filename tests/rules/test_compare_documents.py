"""What differs between two states of a funding line or a plan."""

from app.models.line_document import LineDocument
from app.models.plan_document import ActionDocument, Cost, PlanDocument
from app.rules.compare_documents import PartChange, compare_documents


def line(**values: object) -> dict[str, object]:
    return LineDocument("L-1", "Call", **values).as_json()  # type: ignore[arg-type]


def plan(*actions: ActionDocument) -> dict[str, object]:
    return PlanDocument("P-1", "KH", "Plan", actions=actions).as_json()


def test_a_line_field_by_field() -> None:
    before = line(currency="EUR", total=150_000_00, countries=("KH",), closes="2026-03-31")
    after = line(
        currency="EUR",
        total=175_000_50,
        countries=("KH", "LA"),
        own_share=125_000,
        documents=(("Guide", "https://x.example"),),
    )
    assert compare_documents(before, after) == [
        PartChange("", "countries", "KH", "KH; LA"),
        PartChange("", "total", "EUR 150,000.00", "EUR 175,000.50"),
        PartChange("", "own_share", "", "12.5%"),
        PartChange("", "closes", "2026-03-31", ""),
        PartChange("", "documents", "", "Guide, https://x.example"),
    ]  # fmt: skip
    assert compare_documents(before, before) == compare_documents(None, after) == []


def test_a_plan_action_by_action() -> None:
    paid = Cost("cost", 2026, 100_00, "USD")
    before = plan(
        ActionDocument("A", "Shelters", areas=(("florence-2008/N3", 500_000),), costs=(paid,)),
        ActionDocument("B", "Gone"),
    )
    dearer = (Cost("cost", 2026, 200_00, "USD"), Cost("budget", 2027, 50_00, "USD"))
    after = plan(
        ActionDocument("A", "Safe shelters", areas=(("florence-2008/N3", None),), costs=dearer),
        ActionDocument("C", "Hotline"),
    )
    assert compare_documents(before, after) == [
        PartChange("A", "title", "Shelters", "Safe shelters"),
        PartChange("A", "areas", "florence-2008/N3, 50%", "florence-2008/N3"),
        PartChange("A", "budget", "", "USD 50.00", "2027"),
        PartChange("A", "cost", "USD 100.00", "USD 200.00", "2026"),
        PartChange("C", "action", "", "Hotline"),
        PartChange("B", "action", "Gone", ""),
    ]
    assert compare_documents(None, after)[0] == PartChange("A", "action", "", "Safe shelters")
