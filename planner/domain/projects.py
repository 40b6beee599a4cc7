"""A project: its facts, the draft a person gives, the filters that find it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import (
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from planner.domain.attributes import Attribute, AttributeName, Url
from planner.domain.model import Line, Model, Name, NotAFlag, Text, at_most
from planner.domain.playbook import Playbook
from planner.domain.scoring import Standing

Status = Literal["candidate", "active", "live", "paused", "retired", "stopped"]
STATUSES: tuple[Status, ...] = ("candidate", "active", "live", "paused", "retired", "stopped")
CLOSED: tuple[Status, ...] = ("live", "retired", "stopped")  # nothing is left to decide about these
OPEN = "open"  # the word by which a filter asks for every status, stated or not, that is not closed
NOT_STATED = "not_stated"  # the word by which a filter asks for a field that is empty

Tag = Annotated[str, StringConstraints(pattern=r"^[^\x00,\r\n]+$", max_length=60)]


class Link(Model):
    """A page that bears on the project."""

    title: Line = ""
    url: Url = Field(min_length=1)


class ProjectFields(Model):
    """The facts of a project that a person states. Null means not stated, and stays so."""

    name: Name = Field(examples=["Churn early warning"])
    summary: Text | None = Field(default=None, description="What it does and for whom, in Markdown.")
    organisation: Line | None = Field(default=None, description="The organisation it belongs to.")
    unit: Line | None = Field(default=None, description="The department or team in it.")
    owner: Line | None = Field(default=None, description="The person who answers for it.")
    archetype: str | None = Field(default=None, description="Id of an archetype of the playbook.")
    problem_type: str | None = Field(default=None, description="Id of a problem type of the playbook.")
    status: Status | None = Field(default=None, description="Where the work stands, apart from its stage.")
    tags: Annotated[tuple[Tag, ...], Field(max_length=50), at_most(50)] = ()
    effort: Annotated[float, Field(ge=0, le=1e6), NotAFlag] | None = Field(default=None, description="Person-weeks.")
    cost: Annotated[float, Field(ge=0, le=1e12), NotAFlag] | None = Field(
        default=None, description="Money beside the people."
    )
    needs: dict[AttributeName, Annotated[float, Field(ge=0), NotAFlag]] = Field(
        default_factory=dict, max_length=50, description="Other resources it takes, by kind: `gpu_hours: 400`."
    )
    links: Annotated[tuple[Link, ...], Field(max_length=50), at_most(50)] = ()
    risks: Text | None = Field(default=None, description="What may go wrong, in Markdown.")
    attributes: dict[AttributeName, Attribute] = Field(
        default_factory=dict, max_length=200, description="Facts kept from an import as they were."
    )

    @field_validator("summary", "organisation", "unit", "owner", "risks")
    @classmethod
    def _empty_is_not_stated(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("tags")
    @classmethod
    def _each_tag_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value))


class ProjectDraft(ProjectFields):
    """What is given to create a project. The stage may be stated at once; later it moves by transitions."""

    stage: str | None = Field(default=None, description="Id of the stage it is in; null when not stated.")


class ProjectPatch(ProjectFields):
    """What is given to change a project: only the fields that are named change; null empties one."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    name: Name = Field(default="", validate_default=False, description="Cannot be emptied.")

    @model_validator(mode="after")
    def _something_named(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one field to change")
        return self


class Project(ProjectFields):
    """A project as it is stored, its standing inline."""

    id: int
    key: str = Field(description="Readable, never reused.", examples=["DEMO-12"])
    portfolio: str = Field(description="Slug of its portfolio.")
    stage: str | None
    created_at: datetime
    updated_at: datetime
    version: int = Field(description="Rises with each change; it is the ETag.")
    deleted_at: datetime | None = Field(default=None, description="When it went to the bin.")
    standing: Standing


class ProjectSummary(Model):
    """One line of a list: what tables, boards and the matrix show of a project."""

    id: int
    key: str
    portfolio: str
    name: str
    summary: str | None
    organisation: str | None
    unit: str | None
    owner: str | None
    archetype: str | None
    problem_type: str | None
    stage: str | None
    status: str | None
    tags: tuple[str, ...]
    effort: float | None
    cost: float | None
    created_at: datetime
    updated_at: datetime
    version: int
    standing: Standing


SORTS = (
    "key",
    "name",
    "organisation",
    "priority",
    "impact",
    "feasibility",
    "answered",
    "updated_at",
    "stage",
    "status",
)


class Filters(Model):
    """Which projects, in which order: one model for page, REST and terminal.

    A word field also takes `not_stated`, which finds projects where it is empty.
    """

    q: Line | None = Field(default=None, description="Words to find in name, key, summary, owner, organisation, tags.")
    stage: Line | None = Field(default=None, description="Id of a stage, or `not_stated`.", examples=["training"])
    status: Line | None = Field(
        default=None,
        description="A status, `not_stated`, or `open`: neither live, retired nor stopped.",
        examples=["active"],
    )
    archetype: Line | None = Field(default=None, description="Id of an archetype, or `not_stated`.")
    problem_type: Line | None = Field(default=None, description="Id of a problem type, or `not_stated`.")
    quadrant: Line | None = Field(default=None, description="Id of a quadrant; `not_stated` finds the unscored.")
    organisation: Line | None = Field(default=None, description="Exactly this organisation, or `not_stated`.")
    unit: Line | None = Field(default=None, description="Exactly this unit, or `not_stated`.")
    owner: Line | None = Field(default=None, description="Exactly this owner, or `not_stated`.")
    tag: Line | None = Field(default=None, description="One of the tags.")
    answered: int | None = Field(default=None, ge=0, le=100, description="Exactly so many criteria answered.")
    sort: str = Field(
        default="-priority",
        max_length=300,
        json_schema_extra={"pattern": rf"^-?({'|'.join(SORTS)})(,-?({'|'.join(SORTS)}))*$"},
        description="Fields to order by, comma-separated; a leading minus turns one round. One of: " + ", ".join(SORTS),
        examples=["-priority,name"],
    )

    @field_validator("sort")
    @classmethod
    def _sort_is_known(cls, value: str) -> str:
        for part in value.split(","):
            if part.strip().lstrip("-") not in SORTS:
                raise ValueError(f"'{part.strip()[:40]}' is not one of {', '.join(SORTS)}")
        return value

    @property
    def sort_fields(self) -> tuple[tuple[str, bool], ...]:
        """(field, descending) pairs; the key is added last, so that the order is total."""
        fields = [(part.strip().lstrip("-"), part.strip().startswith("-")) for part in self.sort.split(",")]
        seen = dict(reversed(fields))
        ordered = [(name, seen[name]) for name in dict.fromkeys(name for name, _ in fields)]
        return tuple(ordered if "key" in seen else [*ordered, ("key", False)])

    @property
    def active(self) -> dict[str, str]:
        """The filters that are set, as they stand in an address; the default sort is left out."""
        values = self.model_dump(exclude_defaults=True)
        return {name: str(value) for name, value in values.items()}


Item = TypeVar("Item")


class Page(Model, Generic[Item]):
    """A page of a list."""

    items: tuple[Item, ...]
    next: str | None = Field(description="The cursor of the next page; null on the last.")
    total: int = Field(description="How many there are on all pages.")


def unknown_words(fields: ProjectFields, stage: str | None, playbook: Playbook) -> list[tuple[str, str]]:
    """(field, message) for each word of the project that its playbook does not have."""
    checks = (
        ("archetype", fields.archetype, [entry.id for entry in playbook.archetypes]),
        ("problem_type", fields.problem_type, [entry.id for entry in playbook.problem_types]),
        ("stage", stage, [entry.id for entry in playbook.stages]),
    )
    return [
        (field, f"'{value[:60]}' is not in the playbook; one of: {', '.join(known)}")
        for field, value, known in checks
        if value is not None and value not in known
    ]
