"""Organisations that a file gives by name alone: asked where a name is nearly that of a known one, else kept and said.

One question a name, all of them on one card of the page; "keep it as it is written" is set already, but for a file's
own reporter. What was answered, or kept, is not asked again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import Connection

from app.codelists.donors import donors, match_donor, normal_name
from app.models.issue import Issue
from app.models.question import Question
from app.models.record import Named, Party
from app.models.worded import phrase, worded
from app.queries.organisations import Directory, organisation_by_ref, read_known_names
from app.services.import_outcome import Findings
from importers.questions import ALL, KEEP

KIND = "organisation"
_NEAR = 90  # of 100; names of different organisations that differ in one word of three stay below
_SHORTEST = 6  # letters: acronyms are like each other by chance
_CHOICES = 4
_MOST = 40  # names that are asked about
_SHOWN = 8


def ask_organisations(
    connection: Connection, findings: Findings, answers: Mapping[str, Any], owner: str | None
) -> None:
    """Ask about what `findings` holds of the file's organisations; `owner`: the reference that it is imported as."""
    named, findings.named = findings.named, ()
    given = answers.get("organisations") or {}
    if given.get(ALL) == KEEP:
        return
    unknown = _find_unknown(connection, [one for one in named if one.name not in given])
    if not unknown:
        return
    reporters = [one for one in unknown if one.role == "reporter"]
    own = _own_reporter(connection, owner) if len(reporters) == 1 else ()
    known = _known_names(connection)
    asked: list[Question] = []
    for one in unknown:
        is_own = one.role == "reporter" and len(reporters) == 1
        options = dict([*(own if is_own else ()), *_nearest(one.name, known)])
        if (options or is_own) and len(asked) < _MOST:
            asked.append(_question(one, options, is_own))
    findings.ask(asked)
    said = {question.path[-1] for question in asked}
    findings.add(_say_kept([one for one in unknown if one.name not in said]))


def _find_unknown(connection: Connection, named: Sequence[Named]) -> list[Named]:
    parties = {one.name: Party("", one.name) for one in named if not match_donor(one.name)}
    found = Directory(connection).find(parties.values())
    return [one for one in named if one.name in parties and found[parties[one.name]] is None]


def _own_reporter(connection: Connection, owner: str | None) -> list[tuple[str, str]]:
    row = organisation_by_ref(connection, owner) if owner else None
    return [(row.ref, _label(row.ref, row.name))] if row else []


def _known_names(connection: Connection) -> dict[str, tuple[str, str]]:
    """Name for comparing -> reference and label, of the well-known donors and of the directory."""
    listed = [(donor.ref, donor.name) for donor in donors().values()]
    listed += [(row.ref, row.name) for row in read_known_names(connection)]
    return {normal_name(name): (ref, _label(ref, name)) for ref, name in listed}


def _label(ref: str, name: str) -> str:
    return ref if name == ref else f"{name} ({ref})"


def _nearest(name: str, known: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    wanted = normal_name(name)
    if len(wanted) < _SHORTEST:
        return []
    near = process.extract(wanted, known.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=_NEAR, limit=_CHOICES)
    return [known[one] for one, _, _ in near]


def _question(one: Named, options: Mapping[str, str], is_own: bool) -> Question:
    kept = (KEEP, phrase("None of these: keep the name as it is written"))
    return Question(
        ("organisations", one.name),
        KIND,
        worded("Which organisation is “%(name)s”?", name=one.name),
        (*options.items(), kept),
        (one.name,),
        1,
        one.sheet,
        one.column,
        "" if is_own else KEEP,
    )


def _say_kept(kept: Sequence[Named]) -> list[Issue]:
    if not kept:
        return []
    names = "; ".join(one.name for one in kept[:_SHOWN]) + ("; …" if len(kept) > _SHOWN else "")
    return [
        Issue(
            "info",
            "organisation-unknown",
            worded(
                "Organisations that are not known here yet: %(count)s. Their names were kept as they are written.",
                count=len(kept),
            ),
            "Nothing to do. With a reference beside a name, in a column such as Donor ref, it is told apart from others.",
            kept[0].sheet,
            column=kept[0].column,
            value=names,
        )
    ]
