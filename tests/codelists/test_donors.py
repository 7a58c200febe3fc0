"""Well-known donors and the governments behind organisations."""

import pytest

from app.codelists import is_code
from app.codelists.donors import donors, government_of, match_donor, normal_name
from app.codelists.reading import read_rows


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("Sida", "SE-6"),
        ("Swedish International Development Cooperation Agency (Sida)", "SE-6"),
        ("DFID", "GB-GOV-1"),
        ("FCDO", "GB-GOV-1"),
        ("UK - Foreign, Commonwealth & Development Office (FCDO)", "GB-GOV-1"),
        ("GB-1", "GB-GOV-1"),
        ("USAID", "US-GOV-1"),
        ("U.S. Agency for International Development", "US-GOV-1"),
        ("GIZ", "XM-DAC-5-52"),
        ("AICS", "XM-DAC-6-4"),
        ("Italian Cooperation", "XM-DAC-6-4"),
        ("Italian Co-operation", "XM-DAC-6-4"),
        ("UNICEF", "XM-DAC-41122"),
        ("UNITED NATIONS CHILDREN'S FUND", "XM-DAC-41122"),
        ("EC", "XM-DAC-918"),
        ("European Commission – DG NEAR", "XI-IATI-EC_NEAR"),
        ("NORAD", "NO-BRC-971277882"),
        ("Switzerland - SDC", "CH-4"),
        ("The Oak Foundation", "TESSERA-OAK"),
        ("Comic Relief Ltd.", "GB-CHC-326568"),
        ("International Labor Organization", "XM-DAC-41302"),
    ],
)
def test_a_donor_is_known_by_name_acronym_and_reference(text: str, ref: str) -> None:
    assert match_donor(text) == ref


@pytest.mark.parametrize("text", ["", "Ministry of Foreign Affairs", "Oxfam", "Norway - SDC", "Donors"])
def test_a_name_that_could_be_anybody_is_no_donor(text: str) -> None:
    assert match_donor(text) is None


@pytest.mark.parametrize(
    ("ref", "organisation_type", "name", "government"),
    [
        ("XM-DAC-6-4", None, None, "IT"),
        ("XM-DAC-7", "10", None, "NL"),
        ("XM-DAC-41122", "40", None, None),
        ("XM-DAC-61000", "70", None, None),  # a channel code, not Slovenia's 61
        ("XM-DAC-236", "10", None, None),  # a recipient's code
        ("XM-DAC-918-3", None, None, "EU"),
        ("XI-IATI-EC_NEAR", "15", None, "EU"),
        ("GB-GOV-13", None, None, "GB"),
        ("US-GOV-22", None, None, "US"),
        ("SE-0", None, None, "SE"),
        ("SE-6", None, None, "SE"),
        ("CA-4", None, None, "CA"),
        ("NL-1", None, None, "NL"),
        ("GB-1", None, None, "GB"),
        ("DE-1", None, None, "DE"),
        ("FR-6", None, None, "FR"),
        ("IT-4", None, None, "IT"),
        ("NL-KVK-27378529", "10", None, "NL"),
        ("NL-KVK-27378529", "70", None, None),
        ("GB-CHC-1234", "21", "Sida", None),
        ("GB", "10", None, "GB"),
        ("NO", None, None, None),
        ("N/A", "10", None, None),
        ("", None, "Sida", "SE"),
        (None, "10", "Government of Kenya", "KE"),
        (None, None, "Korea, Republic of, Government of", "KR"),
        (None, None, "Denmark", "DK"),
        (None, "40", "UNICEF", None),
        (None, "21", "Georgia Red Cross", None),
    ],
)
def test_the_government_behind_an_organisation(
    ref: str | None, organisation_type: str | None, name: str | None, government: str | None
) -> None:
    assert government_of(ref, organisation_type, name) == government


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Freedom Fund", "freedom fund"),
        ("Plan International e.V.", "Plan International"),
        ("Save the Children (SCI)", "Save the Children"),
        ("Médecins Sans Frontières", "MEDECINS SANS FRONTIERES"),
        ("International Labour Organisation", "International Labor Organization"),
        ("ACME Consulting, Ltd.", "Acme Consulting"),
    ],
)
def test_two_spellings_of_one_organisation_share_a_normal_name(one: str, other: str) -> None:
    assert normal_name(one) == normal_name(other)


def test_two_organisations_do_not() -> None:
    assert normal_name("Caritas (Belgium)") != normal_name("Caritas (Italy)")
    assert normal_name("S.A.") == "sa"


def test_the_donor_table_is_sound() -> None:
    rows = read_rows("donors")
    assert len(donors()) == len(rows) >= 60
    for row in rows:
        for name in (row["ref"], row["name"], *row["aliases"].split("|"), *row["other_refs"].split("|")):
            assert match_donor(name) == (row["ref"] if name else None), name
    for donor in donors().values():
        assert is_code("OrganisationType", donor.type)
        assert donor.government in (None, "EU") or is_code("Country", donor.government)
