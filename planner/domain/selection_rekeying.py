"""Settings and plans of a roadmap whose projects get other keys: a copy of a portfolio stands beside the first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from planner.domain.selection import CapacityPlan, Dependency
from planner.domain.selection_answer import Roadmap

Renaming = Callable[[str], str]


def rekeyed_settings(settings: CapacityPlan, renamed: Renaming) -> CapacityPlan:
    """The settings with the keys of projects renamed; shared items keep their ids."""
    shared = {item.id for item in settings.shared}

    def new(name: str) -> str:
        return name if name in shared else renamed(name)

    return settings.model_copy(
        update={
            "projects": {renamed(key): own for key, own in settings.projects.items()},
            "dependencies": tuple(Dependency(before=new(d.before), after=new(d.after)) for d in settings.dependencies),
            "either_or": tuple(_all(group, new) for group in settings.either_or),
            "must": _all(settings.must, new),
            "must_not": _all(settings.must_not, new),
        }
    )


def rekeyed_roadmap(roadmap: Roadmap, renamed: Renaming) -> Roadmap:
    """The plan with the keys of projects renamed. What keeps a project out is a sentence of its time, and stays."""
    plan = roadmap.plan
    shared = {planned.id for planned in plan.planned if planned.kind == "shared"}

    def new(name: str) -> str:
        return name if name in shared else renamed(name)

    changed = plan.model_copy(
        update={
            "planned": tuple(item.model_copy(update={"id": new(item.id)}) for item in plan.planned),
            "left_out": tuple(item.model_copy(update={"id": renamed(item.id)}) for item in plan.left_out),
            "unplanned": tuple(item.model_copy(update={"id": renamed(item.id)}) for item in plan.unplanned),
            "dependencies": tuple((new(before), new(after)) for before, after in plan.dependencies),
        }
    )
    return roadmap.model_copy(update={"plan": changed})


def _all(names: Iterable[str], new: Renaming) -> tuple[str, ...]:
    return tuple(map(new, names))
