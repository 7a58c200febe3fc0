"""Issues of one kind are one line, with the first places."""

from app.models.issue import Issue
from app.models.worded import Worded, worded
from app.rules.group_issues import group_issues


def issue(row: int, value: str, code: str = "country-unknown") -> Issue:
    return Issue("warning", code, f"“{value}” is no country that is known here.", "Write its code.", row=row)


def test_what_says_the_same_is_one() -> None:
    issues = [issue(n, f"Land {n}") for n in range(2, 302)] + [issue(400, "x", "place-unknown")]
    many, alone = group_issues(issues)
    assert (many.count, many.message, many.hint) == (300, "… is no country that is known here.", "Write its code.")
    assert [one.row for one in many.first] == [2, 3, 4, 5, 6]
    assert (alone.count, alone.message) == (1, "“x” is no country that is known here.")


def test_the_same_words_stay_as_they_are() -> None:
    [group] = group_issues([issue(2, "Atlantis"), issue(3, "Atlantis")])
    assert (group.count, group.message) == (2, "“Atlantis” is no country that is known here.")


def test_a_text_that_was_put_together_is_grouped_by_how() -> None:
    def found(row: int, value: str) -> Issue:
        words = worded("“%(value)s” is no %(what)s.", value=value, what="country")
        return Issue("warning", "country-unknown", words, "Write its code.", row=row)

    # In plain words a quotation mark within the value would make these two.
    [group] = group_issues([found(2, "x"), found(3, "the “old” one"), found(4, "y 2")])
    assert (group.count, group.message, group.hint) == (3, "“…” is no country.", "Write its code.")
    assert isinstance(group.message, Worded)
    assert (group.message.template, group.message.facts["what"]) == ("“%(value)s” is no %(what)s.", "country")


def test_levels_are_told_apart() -> None:
    info = Issue("info", "country-unknown", "“x” is no country that is known here.")
    assert [group.level for group in group_issues([issue(2, "x"), info])] == ["warning", "info"]
