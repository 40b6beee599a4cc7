"""The methodology as data: dimensions, criteria, archetypes, stages, loops, components, problem types.

A playbook is read from YAML by `planner.playbooks`; nothing here names a criterion, a stage or a component.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from planner.domain.field_notes import FieldNote, Reference, matching_notes
from planner.domain.model import Model, Name, Text
from planner.domain.playbook_ids import id_problems
from planner.domain.tools import Tool, named_tool, tools_for

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", max_length=60)]
LEVELS = (1, 2, 3, 4, 5)


class Entry(Model):
    """What every entry of a playbook has: an id that never changes, a name to show, and where it comes from."""

    id: Id
    name: Name
    source: Text = Field(min_length=1)


class LevelWording(Model):
    """One of the five levels of a criterion, in words; level 5 is always the favourable end."""

    label: Name
    description: Text


class Criterion(Entry):
    """One question about a project, answered on five worded levels.

    `prior` is the belief (probabilities of levels 1..5) about a project for which nobody has answered.
    `order` ranks the criteria of a rank-ordered dimension, 1 being the most important.
    """

    question: Text
    help: Text = ""
    levels: tuple[LevelWording, LevelWording, LevelWording, LevelWording, LevelWording]
    prior: tuple[float, float, float, float, float]

    @model_validator(mode="after")
    def _prior_is_a_distribution(self) -> Self:
        if min(self.prior) < 0 or abs(sum(self.prior) - 1) > 1e-9:
            raise ValueError("prior: five probabilities that sum to 1 are needed")
        return self


class BestLens(Model):
    """Value = best·max + mean·average of the levels: for criteria that are alternatives to each other."""

    kind: Literal["best_lens"]
    best: float = Field(ge=0, le=1)
    mean: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _sums_to_one(self) -> Self:
        if abs(self.best + self.mean - 1) > 1e-9:
            raise ValueError("best and mean must sum to 1")
        return self


class WeightedMean(Model):
    """Value = weighted mean of the levels.

    `weights` maps criterion ids to numbers; or `order`, most important first, gives the rank-order centroid.
    """

    kind: Literal["weighted_mean"]
    weights: dict[str, float] | None = None
    order: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.weights is None) == (self.order is None):
            raise ValueError("give either weights or order")
        if self.weights is not None and (min(self.weights.values()) < 0 or sum(self.weights.values()) <= 0):
            raise ValueError("weights: none may be negative and one must be above 0")
        return self


class Dimension(Entry):
    """An axis of the matrix: its criteria and how their levels become one value between 1 and 5."""

    question: Text
    aggregation: Annotated[BestLens | WeightedMean, Field(discriminator="kind")]
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _weights_name_the_criteria(self) -> Self:
        if isinstance(self.aggregation, WeightedMean):
            named = list(self.aggregation.weights or self.aggregation.order or ())
            if sorted(named) != sorted(criterion.id for criterion in self.criteria):
                raise ValueError("aggregation: weights or order must name exactly the criteria of this dimension")
        return self

    def with_weights(self, weights: dict[str, float]) -> Dimension:
        """The same dimension with these weights of its criteria, which must name exactly them."""
        fields = {name: getattr(self, name) for name in Dimension.model_fields}  # and not what was computed from them
        weighted = WeightedMean(kind="weighted_mean", weights=weights)
        return Dimension.model_construct(**{**fields, "aggregation": weighted})

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """Weights of the criteria in their listed order, summing to 1.

        Rank-order centroid: the k-th of n ranks weighs (1/n)·Σ_{i=k..n} 1/i, the mean of all weights that respect
        the order. Source: Barron & Barrett 1996, Management Science 42(11).
        """
        n = len(self.criteria)
        if isinstance(self.aggregation, BestLens):
            return (1 / n,) * n
        if self.aggregation.order is not None:
            centroid = {
                name: sum(1 / i for i in range(rank, n + 1)) / n for rank, name in enumerate(self.aggregation.order, 1)
            }
        else:
            assert self.aggregation.weights is not None
            total = sum(self.aggregation.weights.values())
            centroid = {name: weight / total for name, weight in self.aggregation.weights.items()}
        return tuple(centroid[criterion.id] for criterion in self.criteria)


class Confidence(Entry):
    """How sure an assessor is; `spread` is the range given to an answer that names none (± levels)."""

    help: Text
    spread: int = Field(ge=0, le=4)


class Quadrant(Entry):
    """One corner of the matrix and what to do with a project there."""

    impact: Literal["low", "high"]
    feasibility: Literal["low", "high"]
    advice: Text


class CutOffs(Model):
    """Where low ends: a value at or above the cut-off is high."""

    impact: float = Field(ge=1, le=5)
    feasibility: float = Field(ge=1, le=5)


class Archetype(Entry):
    """A kind of ML product; it decides the key questions and the lever that moves the project."""

    definition: Text
    examples: tuple[Text, ...] = ()
    key_questions: tuple[Text, ...] = Field(min_length=1)
    lever: Text
    lever_effect: Text
    lever_examples: tuple[Text, ...] = ()


# What the service can see for itself when it judges an exit criterion; anything else is ticked by a person.
Check = Literal[
    "owner_named",
    "archetype_stated",
    "impact_answered",
    "feasibility_answered",
    "feasibility_evidenced",
    "contract_agreed",
    "baseline_recorded",
    "run_recorded",
    "run_qualifies",
    "checklist_in_place",
]


class Task(Entry):
    """Something to do in a stage; a person ticks it."""

    help: Text = ""


class ExitCriterion(Entry):
    """A point of the gate at the end of a stage: computed from data when `check` is given, else ticked."""

    help: Text = ""
    check: Check | None = None


class Stage(Entry):
    """A stage of the lifecycle: what is done in it, and what must be true before it is left."""

    summary: Text
    tasks: tuple[Task, ...] = ()
    exit_criteria: tuple[ExitCriterion, ...] = ()


class Reason(Entry):
    """Why a project loops back; `id` is the reason code."""

    help: Text = ""


class Edge(Model):
    """A move between two stages. A back edge carries the reasons that can call for it."""

    start: Id
    end: Id
    reasons: tuple[Reason, ...] = ()


class ProblemType(Entry):
    """A family of ML tasks, such as object detection; `labels` says whether people must label its data."""

    group: Name
    labels: Literal["needed", "partly", "not_needed"] = "needed"
    help: Text = ""


class MetricHint(Entry):
    """A metric that teams agree on, as templates propose it; `id` is the name a contract would give it."""

    direction: Literal["maximise", "minimise"]
    unit: Text = ""
    help: Text = ""


class TemplateLine(Model):
    """What a metric usually is in the contract of a problem type, and why.

    `around` says that a shortfall can usually be engineered around.
    """

    metric: Id
    role: Literal["optimised", "thresholded"]
    why: Text
    around: bool = False


class MetricTemplate(Model):
    """What to consider for the contract of a problem type: exactly one optimised metric, and others to threshold."""

    problem_type: Id
    metrics: tuple[TemplateLine, ...] = Field(min_length=1)
    source: Text = Field(min_length=1)

    @model_validator(mode="after")
    def _one_is_optimised(self) -> Self:
        if sum(line.role == "optimised" for line in self.metrics) != 1:
            raise ValueError("metrics: exactly one is optimised")
        return self


class Area(Entry):
    """A group of components, such as data."""

    summary: Text = ""


class Component(Entry):
    """A piece of infrastructure that ML needs beside the model.

    It matters in `stages`. It is `required` there, or `conditional` on what `condition` says; the archetypes in
    `required_for` require it in any case. With `labels_only` it matters only to problem types that need labels.
    """

    area: Id
    summary: Text
    stages: tuple[Id, ...] = Field(min_length=1)
    requirement: Literal["required", "conditional"]
    condition: Text = ""
    required_for: tuple[Id, ...] = ()
    archetype_notes: dict[Id, Text] = Field(default_factory=dict)
    labels_only: bool = False
    done: Text

    @model_validator(mode="after")
    def _conditional_says_when(self) -> Self:
        if self.requirement == "conditional" and not self.condition:
            raise ValueError("condition: a conditional component must say when it is needed")
        return self


class BaselineKind(Entry):
    """A rung of the ladder of baselines; the kinds are listed from the lowest rung to the highest.

    `reached` is false for what is only asked for: no run is measured by how near a wish it comes to its limit.
    """

    family: Literal["external", "internal"] = Field(description="Whether it comes from outside or is made here.")
    reached: bool = Field(default=True, description="Whether somebody or something reaches it.")
    help: Text = ""


# The parts that an error is taken apart into; the arithmetic is in domain/error_analysis.py, the advice in a playbook.
ErrorPartId = Literal["irreducible", "avoidable_bias", "variance", "distribution_shift", "validation_overfitting"]


class ErrorPart(Entry):
    """A part of the test error: what it is, what it means when it is negative, and what to do about it, in order."""

    id: ErrorPartId
    short: Name = Field(description="The name in a word or two.")
    help: Text
    negative: Text = Field(default="", description="What it means when the part is below zero.")
    actions: tuple[Text, ...] = Field(default=(), max_length=20, description="What to try, the best first.")


class ErrorAdvice(Model):
    """What to do next about an error: the parts in the order in which they are worked on.

    A part is worked on when it is more than the share `material` of what could be gained at all.
    """

    material: float = Field(ge=0, lt=0.25, description="Below a quarter: of four parts one is always as large.")
    nothing_left: Text = Field(description="What to do when no part is above zero.")
    source: Text = Field(min_length=1)
    parts: tuple[ErrorPart, ...] = Field(
        min_length=1, description="The parts in the order in which they are worked on."
    )


class Playbook(Model):
    """The whole methodology, one version of it."""

    id: Id
    version: int = Field(ge=1)
    name: Name
    summary: Text
    source: Text
    priority_impact_share: float = Field(ge=0, le=1, description="λ: priority = λ·impact + (1−λ)·feasibility")
    cut_offs: CutOffs
    impact: Dimension
    feasibility: Dimension
    confidences: tuple[Confidence, ...] = Field(min_length=1)
    quadrants: tuple[Quadrant, ...] = Field(min_length=4, max_length=4)
    archetypes: tuple[Archetype, ...] = Field(min_length=1)
    stages: tuple[Stage, ...] = Field(min_length=1)
    edges: tuple[Edge, ...]
    areas: tuple[Area, ...]
    components: tuple[Component, ...]
    problem_types: tuple[ProblemType, ...]
    baseline_kinds: tuple[BaselineKind, ...] = Field(default=(), description="The ladder, the lowest rung first.")
    error_advice: ErrorAdvice | None = Field(default=None, description="What to do about each part of a test error.")
    metric_hints: tuple[MetricHint, ...] = ()
    metric_templates: tuple[MetricTemplate, ...] = ()
    field_notes: tuple[FieldNote, ...] = Field(default=(), description="What the source states, where it helps a plan.")
    field_note_references: tuple[Reference, ...] = Field(
        default=(), description="Every statement of the source that the field notes are to cover."
    )
    tools: tuple[Tool, ...] = Field(default=(), description="The tool catalogue: today's options for the components.")

    @model_validator(mode="after")
    def _ids_are_unique_and_known(self) -> Self:
        # Pydantic takes one error from here; the single problems travel in its context, for the loader to place.
        if problems := list(id_problems(self)):
            text = "; ".join(f"{path}: {message}" for path, message in problems)
            raise PydanticCustomError("playbook_ids", "{text}", {"text": text, "problems": problems})
        return self

    def __hash__(self) -> int:
        """Equal playbooks have equal ids and versions, so that results can be kept by playbook."""
        return hash((self.id, self.version))

    def with_weights(self, weights: dict[str, float]) -> Playbook:
        """The same playbook with other weights in every dimension that is a weighted mean.

        `weights` names exactly the `weighted_criteria`, and those of each dimension sum to more than 0.
        """
        changed = {
            name: dimension.with_weights({criterion.id: weights[criterion.id] for criterion in dimension.criteria})
            for name in ("impact", "feasibility")
            if isinstance((dimension := getattr(self, name)).aggregation, WeightedMean)
        }
        fields = {name: getattr(self, name) for name in Playbook.model_fields}
        return Playbook.model_construct(**{**fields, **changed})

    @property
    def weighted_criteria(self) -> tuple[Criterion, ...]:
        """The criteria that a weight can be given to: those of the dimensions that are weighted means."""
        return tuple(
            criterion
            for dimension in self.dimensions
            if isinstance(dimension.aggregation, WeightedMean)
            for criterion in dimension.criteria
        )

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria, impact first: the order of every belief array."""
        return (*self.impact.criteria, *self.feasibility.criteria)

    @property
    def dimensions(self) -> tuple[Dimension, Dimension]:
        return (self.impact, self.feasibility)

    def criterion(self, criterion_id: str) -> Criterion | None:
        return next((entry for entry in self.criteria if entry.id == criterion_id), None)

    @cached_property
    def spreads(self) -> Mapping[str | None, int]:
        """How many levels to either side an answer may be off, by the id of its confidence."""
        return {entry.id: entry.spread for entry in self.confidences}

    def confidence(self, confidence_id: str | None) -> Confidence | None:
        return next((entry for entry in self.confidences if entry.id == confidence_id), None)

    def quadrant(self, quadrant_id: str | None) -> Quadrant | None:
        return next((entry for entry in self.quadrants if entry.id == quadrant_id), None)

    def quadrant_at(self, impact: Literal["low", "high"], feasibility: Literal["low", "high"]) -> Quadrant:
        return next(q for q in self.quadrants if (q.impact, q.feasibility) == (impact, feasibility))

    def archetype(self, archetype_id: str | None) -> Archetype | None:
        return next((entry for entry in self.archetypes if entry.id == archetype_id), None)

    def stage(self, stage_id: str | None) -> Stage | None:
        return next((entry for entry in self.stages if entry.id == stage_id), None)

    def problem_type(self, problem_type_id: str | None) -> ProblemType | None:
        return next((entry for entry in self.problem_types if entry.id == problem_type_id), None)

    def metric_hint(self, metric_id: str) -> MetricHint | None:
        return next((entry for entry in self.metric_hints if entry.id == metric_id), None)

    def metric_template(self, problem_type_id: str | None) -> MetricTemplate | None:
        return next((entry for entry in self.metric_templates if entry.problem_type == problem_type_id), None)

    def component(self, component_id: str) -> Component | None:
        return next((entry for entry in self.components if entry.id == component_id), None)

    def baseline_kind(self, kind_id: str | None) -> BaselineKind | None:
        return next((entry for entry in self.baseline_kinds if entry.id == kind_id), None)

    def notes_on(self, entry_id: str | None) -> tuple[FieldNote, ...]:
        """The field notes that bear on the entry with this id; none for none."""
        return matching_notes(self.field_notes, bears_on=entry_id) if entry_id else ()

    def tools_for(self, component_id: str) -> tuple[Tool, ...]:
        """The tools of the catalogue that can fill a component, those that can be chosen today first."""
        return tools_for(self.tools, component_id)

    def tool_named(self, said: str) -> Tool | None:
        """The tool of the catalogue that somebody means who wrote this."""
        return named_tool(self.tools, said)

    def edge(self, start: str, end: str) -> Edge | None:
        return next((edge for edge in self.edges if (edge.start, edge.end) == (start, end)), None)
