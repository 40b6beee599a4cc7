"""What a roadmap must respect: periods, resources and their capacity, what each project takes, and fixed choices.

A project either starts in one of the periods and runs without a break until its end within them, or is left out. Shared
items are pieces of infrastructure that projects depend on: they take resources and time and have no value of their own.
Source: the 0-1 programme with a variable for each project and start of Ghasemzadeh, Archer & Iyogun 1999, A zero-one
model for project portfolio selection and scheduling (J. Opl. Res. Soc. 50:745-755); `selection_model` has its rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticKnownError

from planner.domain.errors import FieldError
from planner.domain.model import Line, Model, Name, NotAFlag, Slug, Text, at_most

MAX_PERIODS, MAX_RESOURCES = 40, 20
MAX_PROJECTS, MAX_SHARED, MAX_GROUPS = 20_000, 500, 2_000
LARGEST = 1e12


def _not_empty(values: tuple[object, ...]) -> tuple[object, ...]:
    if not values:
        raise PydanticKnownError("too_short", {"field_type": "List", "min_length": 1, "actual_length": 0})
    return values


# A min_length of pydantic counts only the entries that are right, and so complains of each wrong one twice.
NOT_EMPTY = (AfterValidator(_not_empty), Field(json_schema_extra={"minItems": 1}))
Amount = Annotated[float, Field(ge=0, le=LARGEST), NotAFlag]
Duration = Annotated[int, Field(ge=1, le=MAX_PERIODS), NotAFlag]
# A project by its key (EX-12), or a shared item by its id (feature-store).
ItemId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*$", max_length=80)]
PeriodName = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00\r\n]+$")]
Totals = Annotated[dict[Slug, Amount], Field(max_length=MAX_RESOURCES), at_most(MAX_RESOURCES)]
Series = Annotated[tuple[Amount, ...], Field(max_length=MAX_PERIODS), at_most(MAX_PERIODS), *NOT_EMPTY]
ByResource = Annotated[dict[Slug, Series], Field(max_length=MAX_RESOURCES), at_most(MAX_RESOURCES)]


class Resource(Model):
    """Something of which there is only so much in each period: people of a role, money, GPU-hours, labelling hours."""

    id: Slug = Field(description="The kind, as in the needs of projects: gpu_hours.", examples=["gpu_hours"])
    name: Name = Field(examples=["GPU-hours"])
    unit: Line = Field(default="", description="What an amount counts, such as person-weeks.")
    source: Literal["needs", "effort", "cost"] = Field(
        default="needs",
        description="The field of a project that says what it takes in all where the plan does not: its needs of this "
        "kind, its effort in person-weeks, or its cost.",
    )


class ItemPlan(Model):
    """What the plan says of one project; what is null or absent comes from the project and from the defaults."""

    duration: Duration | None = Field(default=None, description="Periods that it runs; null takes the plan's.")
    needs: Totals = Field(
        default_factory=dict, description="What it takes in all, by resource; spread evenly over its run."
    )
    per_period: ByResource = Field(
        default_factory=dict, description="What it takes in each period of its run, by resource, where that differs."
    )
    value: Amount | None = Field(default=None, description="What it is worth; null takes its expected priority.")


class SharedItem(Model):
    """A piece of shared infrastructure: it is built once, for all projects that depend on it."""

    id: ItemId = Field(examples=["feature-store"])
    name: Name = Field(examples=["Feature store"])
    duration: Duration = Field(default=1, description="Periods that it takes to build.")
    needs: Totals = Field(default_factory=dict, description="What it takes in all, by resource.")
    per_period: ByResource = Field(default_factory=dict, description="What it takes in each period of its run.")


class Dependency(Model):
    """Finish to start: `after` can start only in a period in which `before` is finished."""

    before: ItemId = Field(description="Key of a project, or id of a shared item.", examples=["feature-store"])
    after: ItemId = Field(description="Key of a project, or id of a shared item.", examples=["EX-1"])


Periods = Annotated[tuple[PeriodName, ...], Field(max_length=MAX_PERIODS), at_most(MAX_PERIODS), *NOT_EMPTY]
Resources = Annotated[tuple[Resource, ...], Field(max_length=MAX_RESOURCES), at_most(MAX_RESOURCES), *NOT_EMPTY]
Projects = Annotated[dict[ItemId, ItemPlan], Field(max_length=MAX_PROJECTS), at_most(MAX_PROJECTS)]
Shared = Annotated[tuple[SharedItem, ...], Field(max_length=MAX_SHARED), at_most(MAX_SHARED)]
Dependencies = Annotated[tuple[Dependency, ...], Field(max_length=MAX_PROJECTS), at_most(MAX_PROJECTS)]
Group = Annotated[tuple[ItemId, ...], Field(min_length=2, max_length=200), at_most(200)]
Groups = Annotated[tuple[Group, ...], Field(max_length=MAX_GROUPS), at_most(MAX_GROUPS)]
Items = Annotated[tuple[ItemId, ...], Field(max_length=MAX_PROJECTS), at_most(MAX_PROJECTS)]
Discount = Annotated[float, Field(gt=0, le=1), NotAFlag]


class CapacityPlanDraft(Model):
    """What a portfolio's roadmap is planned with."""

    periods: Periods = Field(description="The names of the periods, in their order.", examples=[["2027-Q1", "2027-Q2"]])
    resources: Resources = Field(description="What is scarce.")
    capacity: ByResource = Field(description="How much there is of each resource in each period; one number: in all.")
    duration: Duration = Field(default=1, description="Periods that a project runs where nothing else is said.")
    projects: Projects = Field(default_factory=dict, description="What the plan says of single projects, by key.")
    shared: Shared = Field(default=(), description="Shared infrastructure that projects depend on.")
    dependencies: Dependencies = Field(default=(), description="What must be finished before something else starts.")
    either_or: Groups = Field(default=(), description="Groups of which at most one is done.")
    must: Items = Field(default=(), description="What is done in any case.")
    must_not: Items = Field(default=(), description="What is not done in any case.")
    discount: Discount = Field(
        default=1.0, description="What a value that comes a period later is worth; 1: as much, 0.95: 5 % less."
    )
    reason: Text = Field(default="", description="Why the settings are so, or why they change.")


class CapacityPlan(CapacityPlanDraft):
    """A version of the settings as it was recorded."""

    version: int
    recorded_at: datetime
    recorded_by: str


def capacity_of(draft: CapacityPlanDraft, resource: str) -> tuple[float, ...]:
    """The capacity of a resource in each period."""
    given = draft.capacity[resource]
    return given * len(draft.periods) if len(given) == 1 else given


def says_the_same(one: CapacityPlanDraft, other: CapacityPlanDraft) -> bool:
    """Whether two settings differ in nothing but their reason; a single capacity is one for each period."""
    if one.periods != other.periods or one.resources != other.resources:
        return False
    if any(capacity_of(one, resource.id) != capacity_of(other, resource.id) for resource in one.resources):
        return False
    rest = CapacityPlanDraft.model_fields.keys() - {"capacity", "reason"}
    return all(getattr(one, name) == getattr(other, name) for name in rest)


def check_plan(draft: CapacityPlanDraft, keys: Collection[str]) -> list[FieldError]:
    """Everything that does not hang together; `keys` are those of the portfolio's projects."""
    found = [
        *_check_frame(draft),
        *_check_items(draft, keys),
        *_check_links(draft, {*keys, *(item.id for item in draft.shared)}),
    ]
    return [FieldError(field=field, message=message) for field, message in found]


Problem = tuple[str, str]  # the field that is wrong, and what would cure it


def _check_frame(draft: CapacityPlanDraft) -> Iterator[Problem]:
    yield from _twice("periods", draft.periods)
    yield from _twice("resources", [resource.id for resource in draft.resources])
    known = {resource.id for resource in draft.resources}
    for name, series in draft.capacity.items():
        if name not in known:
            yield f"capacity.{name}", "not a resource of this plan; add it to resources"
        elif len(series) not in (1, len(draft.periods)):
            more = f", or one for each of the {len(draft.periods)} periods" if len(draft.periods) > 1 else ""
            yield f"capacity.{name}", f"give one number{more}"
    for name in sorted(known - draft.capacity.keys()):
        yield f"capacity.{name}", "say how much there is in each period"


def _check_items(draft: CapacityPlanDraft, keys: Collection[str]) -> Iterator[Problem]:
    known = {resource.id for resource in draft.resources}
    items: list[tuple[str, ItemPlan | SharedItem, int]] = [
        *((f"projects.{key}", item, item.duration or draft.duration) for key, item in draft.projects.items()),
        *((f"shared.{number}", item, item.duration) for number, item in enumerate(draft.shared)),
    ]
    for key in draft.projects:
        if key not in keys:
            yield f"projects.{key}", "there is no such project in this portfolio"
    yield from _twice("shared", [item.id for item in draft.shared])
    for number, shared in enumerate(draft.shared):
        if shared.id in keys:
            yield f"shared.{number}.id", f"'{shared.id}' is the key of a project; give it another id"
    for where, item, duration in items:
        for part, names in (("needs", item.needs), ("per_period", item.per_period)):
            for name in sorted(names.keys() - known):
                yield f"{where}.{part}.{name}", "not a resource of this plan; add it to resources"
        for name in item.needs.keys() & item.per_period.keys():
            yield f"{where}.per_period.{name}", "stands in needs too; say it once"
        for name, series in item.per_period.items():
            if len(series) != duration:
                yield f"{where}.per_period.{name}", f"give {duration}, one number for each period of its run"


def _check_links(draft: CapacityPlanDraft, known: Collection[str]) -> Iterator[Problem]:
    unknown = "neither the key of a project here nor the id of a shared item"
    for number, link in enumerate(draft.dependencies):
        for end in ("before", "after"):
            if getattr(link, end) not in known:
                yield f"dependencies.{number}.{end}", unknown
    cycle = find_cycle([(link.before, link.after) for link in draft.dependencies])
    if cycle:
        yield "dependencies", f"go round in a circle, so none of these could ever start: {' → '.join(cycle)}"
    for number, group in enumerate(draft.either_or):
        yield from _twice(f"either_or.{number}", group)
        yield from ((f"either_or.{number}.{at}", unknown) for at, item in enumerate(group) if item not in known)
    for field, names in (("must", draft.must), ("must_not", draft.must_not)):
        yield from _twice(field, names)
        yield from ((f"{field}.{at}", unknown) for at, item in enumerate(names) if item not in known)
    for name in sorted(set(draft.must) & set(draft.must_not)):
        yield "must_not", f"{name} stands in must too; it cannot be both"


def _twice(field: str, values: Sequence[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value in seen:
            yield f"{field}.{number}", f"'{value[:60]}' stands twice"
        seen.add(value)


def find_cycle(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """A circle in before → after pairs, its first element again at its end; empty when there is none.

    >>> find_cycle([("A", "B"), ("B", "A"), ("B", "C")])
    ['A', 'B', 'A']
    """
    following: dict[str, list[str]] = {}
    for before, after in pairs:
        following.setdefault(before, []).append(after)
    settled: set[str] = set()
    for root in list(following):
        path: list[str] = []
        on_path: set[str] = set()
        stack = [] if root in settled else [(root, iter(following.get(root, ())))]
        while stack:
            node, rest = stack[-1]
            if node not in on_path:
                path.append(node)
                on_path.add(node)
            found = next(rest, None)
            if found is None:
                stack.pop()
                settled.add(path.pop())
                on_path.discard(node)
            elif found in on_path:
                return [*path[path.index(found) :], found]
            elif found not in settled:
                stack.append((found, iter(following.get(found, ()))))
    return []
