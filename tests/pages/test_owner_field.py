"""An admin of no organisation says whose a funding line, a plan or a good practice is."""

import pytest

from tests.pages.conftest import STRANGERS_ORG, People
from tests.pages.test_good_practices import PRACTICE
from tests.pages.test_opportunities import LINE
from tests.pages.test_plans import PLAN


@pytest.mark.parametrize(
    ("base", "form"),
    [("/opportunities", LINE), ("/plans", PLAN), ("/good-practices", PRACTICE)],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_it_is_asked_for_and_has_to_be_one_that_is_here(people: People, base: str, form: dict[str, str]) -> None:
    assert 'name="owner"' in people.admin.get(f"{base}/new").text
    assert 'name="owner"' not in people.owner.get(f"{base}/new").text
    form = form | {"visibility": "public" if base == "/plans" else "shared"}
    for ref in ("", "NO<BODY"):
        answer = people.admin.post(f"{base}/new", data=form | {"owner": ref})
        assert (answer.status_code, 'id="owner-problem"' in answer.text) == (422, True)
        assert form["title"] in answer.text
    assert people.admin.post(f"{base}/new", data=form | {"owner": STRANGERS_ORG}).headers["location"] == f"{base}/1"
    assert f"{base}/1/edit" in people.stranger.get(f"{base}/1").text
    assert people.admin.get(f"{base}/1/edit").status_code == 200
    private = {name: "other" for name in ("reference", "title") if name in form} | {"visibility": "private"}
    entered = people.admin.post(f"{base}/new", data=form | private | {"owner": STRANGERS_ORG})
    assert entered.headers["location"] == base
    assert people.stranger.get(f"{base}/2").status_code == 200
