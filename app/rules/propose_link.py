"""Whether a project may pay for an action of a plan: same country, years that meet, an area in common. Our own rule."""

from dataclasses import dataclass

from app.rules.fit import COUNTS_AS_MET, AreaLinks


@dataclass(frozen=True, slots=True)
class CandidateProject:
    """A project with money in the plan's country from `first` to `last` year; `areas` as FRAMEWORK/CODE."""

    id: int
    title: str
    country: str
    first: int
    last: int
    areas: tuple[str, ...]


def propose_link(
    project: CandidateProject, areas: tuple[str, ...], years: tuple[int, int], links: AreaLinks
) -> list[str]:
    """The reasons that speak for the pair; [] where it is not proposed."""
    shared = [area for area in areas if area in project.areas]
    near = [
        f"{area} {COUNTS_AS_MET[match]} {other}"
        for area in areas
        for other, match in links.get(area, {}).items()
        if match in COUNTS_AS_MET and other in project.areas
    ]
    first, last = max(project.first, years[0]), min(project.last, years[1])
    if first > last or not (shared or near):
        return []
    about = f"Both are about {', '.join(shared)}." if shared else f"Their areas meet: {near[0]}."
    return [
        f"The project has money in {project.country}.",
        about,
        f"Both run in {first}{f' to {last}' if last > first else ''}.",
    ]
