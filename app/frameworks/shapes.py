"""What a framework consists of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MATCHES = ("exact", "close", "broad", "narrow", "related")


class FrameworkError(ValueError):
    """A framework file that cannot be taken in; `problems` says one by one where, what, and what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class _Titled:
    code: str
    title: str
    titles: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def title_in(self, locale: str) -> str:
        """The title in the locale's language; in the framework's own where there is no translation."""
        return self.titles.get(locale.replace("_", "-").partition("-")[0].lower(), self.title)


@dataclass(frozen=True)
class Group(_Titled):
    """A heading under which areas stand, such as "National level"."""


@dataclass(frozen=True)
class Area(_Titled):
    """A recommendation area. `group` is a group's code, `parent` that of the wider area it is a part of;
    `replaces` holds wordings that its title replaces, `was` the codes that it had in earlier versions."""

    group: str | None = None
    summary: str = ""
    replaces: tuple[str, ...] = ()
    parent: str | None = None
    was: tuple[str, ...] = ()


@dataclass(frozen=True)
class Framework(_Titled):
    """A set of areas; `code` is its key, as in addresses and commands ("florence-2008")."""

    short_title: str
    version: str
    groups: tuple[Group, ...]
    areas: tuple[Area, ...]
    primary: bool = False
    matches: tuple["AreaMatch", ...] = ()

    @property
    def key(self) -> str:
        """The framework's key, which its vocabulary URI ends in."""
        return self.code


@dataclass(frozen=True)
class AreaMatch:
    """One area answers to another, by a SKOS mapping property of `MATCHES`: "broad" if the other is wider."""

    framework: str
    area: str
    other_framework: str
    other_area: str
    match: str
