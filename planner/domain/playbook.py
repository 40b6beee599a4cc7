"""The methodology as data: dimensions, criteria, archetypes, stages, loops, components, problem types.

A playbook is read from YAML by `planner.playbooks`; nothing here names a criterion, a stage or a component. Its parts
are in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from planner.domain.field_notes import FieldNote, Reference, matching_notes
from planner.domain.model import Model, Name, Text
from planner.domain.playbook_advice import AdviceConstraint, GeneralRule, TechniqueGuide
from planner.domain.playbook_entry import Id
from planner.domain.playbook_ids import id_problems
from planner.domain.playbook_lifecycle import Archetype, Area, Component, Edge, ProblemType, Stage
from planner.domain.playbook_metrics import BaselineKind, ErrorAdvice, MetricHint, MetricTemplate
from planner.domain.playbook_moves import AccuracyCost, ClassifiedExample, ClassifierQuestion, Flywheel, Lever
from planner.domain.playbook_readiness import EthicsScheme, ReadinessScheme, RiskRules
from planner.domain.playbook_scoring import Confidence, Criterion, CutOffs, Dimension, Quadrant, WeightedMean
from planner.domain.sizing_facts import SizingFacts
from planner.domain.tools import Tool, named_tool, tools_for


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
    classifier: tuple[ClassifierQuestion, ...] = Field(
        default=(), description="Questions that lead to the archetype, the first one first."
    )
    classified_examples: tuple[ClassifiedExample, ...] = Field(
        default=(), description="Known products, and the archetype that the classifier finds for each."
    )
    levers: tuple[Lever, ...] = Field(default=(), description="What can be done to move a project, and how far.")
    flywheel: Flywheel | None = Field(default=None, description="The test of the data flywheel, and its bonus.")
    accuracy_cost: AccuracyCost | None = Field(default=None, description="What each further nine of accuracy costs.")
    techniques: tuple[TechniqueGuide, ...] = Field(default=(), description="The path of each problem type.")
    advice_rules: tuple[GeneralRule, ...] = Field(default=(), description="Advice that several problem types share.")
    advice_constraints: tuple[AdviceConstraint, ...] = Field(
        default=(), description="How the constraints are asked for that advice hangs on."
    )
    field_notes: tuple[FieldNote, ...] = Field(default=(), description="What the source states, where it helps a plan.")
    field_note_references: tuple[Reference, ...] = Field(
        default=(), description="Every statement of the source that the field notes are to cover."
    )
    tools: tuple[Tool, ...] = Field(default=(), description="The tool catalogue: today's options for the components.")
    readiness: ReadinessScheme | None = Field(default=None, description="How readiness for production is scored.")
    ethics: EthicsScheme | None = Field(default=None, description="What to ask about harm and fairness.")
    risk_rules: tuple[RiskRules, ...] = Field(default=(), description="Rules that give a project a tier of risk.")
    sizing: SizingFacts | None = Field(default=None, description="What sizing rests on: GPUs, prices, labelling times.")

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

    def guide(self, problem_type_id: str | None) -> TechniqueGuide | None:
        return next((entry for entry in self.techniques if entry.problem_type == problem_type_id), None)

    def component(self, component_id: str) -> Component | None:
        return next((entry for entry in self.components if entry.id == component_id), None)

    def lever(self, lever_id: str) -> Lever | None:
        return next((entry for entry in self.levers if entry.id == lever_id), None)

    def baseline_kind(self, kind_id: str | None) -> BaselineKind | None:
        return next((entry for entry in self.baseline_kinds if entry.id == kind_id), None)

    def risk_rules_of(self, rules_id: str) -> RiskRules | None:
        return next((entry for entry in self.risk_rules if entry.id == rules_id), None)

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
