"""The amounts of a partial report laid over those that are stored: each counts once, and keeps what no sheet can say."""

import hashlib
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree

from app.models.record import AMOUNT_KEY, TESSERA_NS, ActivityRecord, Flow
from app.rules.compare import groups_of, money_elements
from app.rules.said import plain_flow

_SPLITS = {"percentage", f"{{{TESSERA_NS}}}share"}  # what a sheet that leaves them blank says there is not
Element = etree._Element


def amount_key(flow: Flow, element: Element | None = None) -> str:
    """What a workbook calls a stored amount, so that it is known again after an edit."""
    known = element.get(AMOUNT_KEY) if element is not None else None
    return known or hashlib.sha256(repr(plain_flow(flow)).encode()).hexdigest()[:12]


def inherit(element: Element, stored: Element | None) -> None:
    """Give `element` what only the stored one has: attributes and children that no column can say."""
    if stored is None:
        return
    own = {child.tag for child in element}
    element.extend([deepcopy(child) for child in stored if child.tag not in own])
    for name, value in stored.attrib.items():
        if name not in element.attrib and name not in _SPLITS:
            element.set(name, value)


@dataclass(eq=False, slots=True)
class _Amount:
    """An amount on its way: its element, its reading and what a row says of it, the group that it belongs to."""

    element: Element
    flow: Flow
    said: Any
    group: str

    @property
    def is_named(self) -> bool:
        return self.element.get(AMOUNT_KEY) is not None

    @property
    def key(self) -> str:
        return amount_key(self.flow, self.element)


def _amounts(activity: Element, record: ActivityRecord) -> list[_Amount]:
    groups = {element: name for name, elements in groups_of(activity).items() for element in elements}
    return [
        _Amount(element, flow, plain_flow(flow), groups[element])
        for element, flow in zip(money_elements(activity), record.flows, strict=True)
    ]


def lay_money(activity: Element, before: ActivityRecord, partial: Element, said: ActivityRecord) -> None:
    """Amounts that read as they are stored stay as they are; others are corrected, added, or replaced.

    Rows that name the stored amount that they are (a workbook of ours) say nothing of others. Any others
    take the place of what is stored of the same type and year.
    """
    stored, given = _amounts(activity, before), _amounts(partial, said)
    by_name = any(one.is_named for one in given)
    replaced = {one.group for one in given}
    fresh, left = _set_against(given, [one for one in stored if _can_be_said(one.flow)])
    pairs = _pair_by_key(left, fresh) if by_name else _pair_by_group(left, fresh)
    if not by_name:
        gone = set(left) - set(pairs.values())
        for one in left:
            if one.group in replaced and one in gone:
                activity.remove(one.element)
    for one in given:
        one.element.getparent().remove(one.element)  # type: ignore[union-attr]
    ends = {group: amounts[-1].element for group, amounts in _by_group(stored).items()}
    for one in fresh:
        if one in pairs:
            inherit(one.element, pairs[one].element)
            activity.replace(pairs[one].element, one.element)
        elif one.group in ends and ends[one.group].getparent() is activity:
            ends[one.group].addnext(one.element)
        else:
            activity.append(one.element)
        ends[one.group] = one.element


def _set_against(given: list[_Amount], stored: list[_Amount]) -> tuple[list[_Amount], list[_Amount]]:
    """The given amounts that are not stored as they are, and the stored ones that are not given as they are."""
    alike: dict[Any, list[_Amount]] = {}
    for one in reversed(stored):
        alike.setdefault(one.said, []).append(one)
    pairs = {one: alike[one.said].pop() for one in given if alike.get(one.said)}
    matched = set(pairs.values())
    return [one for one in given if one not in pairs], [one for one in stored if one not in matched]


def _pair_by_key(left: list[_Amount], fresh: list[_Amount]) -> dict[_Amount, _Amount]:
    """Each new amount that names a stored one, with it; a second row of that name is an amount of its own."""
    by_key: dict[str, list[_Amount]] = {}
    for one in reversed(left):
        by_key.setdefault(one.key, []).append(one)
    return {one: by_key[one.key].pop() for one in fresh if one.is_named and by_key.get(one.key)}


def _pair_by_group(left: list[_Amount], fresh: list[_Amount]) -> dict[_Amount, _Amount]:
    """Where as many amounts of a type and year are new as are gone, they are corrections, in their order."""
    pairs: dict[_Amount, _Amount] = {}
    gone = _by_group(left)
    for group, new in _by_group(fresh).items():
        old = gone.get(group, [])
        if len(new) == len(old):
            pairs.update(zip(new, old, strict=True))
    return pairs


def _by_group(amounts: list[_Amount]) -> dict[str, list[_Amount]]:
    found: dict[str, list[_Amount]] = {}
    for one in amounts:
        found.setdefault(one.group, []).append(one)
    return found


def _can_be_said(flow: Flow) -> bool:
    """Whether a row of a sheet can say this amount: it has a value."""
    return flow.value is not None
