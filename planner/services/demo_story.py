"""What is told of the example portfolio: the YAML files in planner/examples, one for each topic, as strict models."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, TypeAdapter, model_validator

from planner.domain.assessments import (
    EthicsAnswer,
    EthicsWord,
    ReadinessDraft,
    RiskAnswer,
    RiskWord,
    TestMark,
    TestScore,
)
from planner.domain.baselines import BaselineDraft
from planner.domain.error_analysis import ErrorAnalysisDraft
from planner.domain.forecasts import ForecastDraft, OutcomeDraft
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.lifecycle import TransitionDraft
from planner.domain.metrics import ContractDraft
from planner.domain.metrics_runs import RunDraft
from planner.domain.model import Model, Name, Text
from planner.domain.own_tools import OwnToolDraft
from planner.domain.playbook import Playbook
from planner.domain.portfolios import PortfolioDraft, PortfolioPatch
from planner.domain.projects import ProjectDraft, ProjectPatch
from planner.domain.scoring import AnswerDraft
from planner.domain.selection import CapacityPlanDraft
from planner.domain.shared_components import SharedDraft
from planner.domain.snapshots import SnapshotName

EXAMPLES = Path(__file__).parent.parent / "examples"


class EthicsTold(Model):
    """Answers to the ethics checklist; those not named have the answer `otherwise`."""

    otherwise: EthicsWord
    answered_yes: tuple[str, ...] = ()
    answered_no: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    notes: dict[str, Text] = Field(default_factory=dict)


class RiskTold(Model):
    """Answers to the questions of one set of rules; those not named have the answer `otherwise`."""

    otherwise: RiskWord
    answered_yes: tuple[str, ...] = ()


class ReadinessTold(Model):
    """What somebody stated of readiness, ethics and risk, by answer: a list of every question would be long."""

    automated: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    otherwise: TestScore | None = Field(default=None, description="Of tests not named; left out: not stated.")
    evidence: dict[str, Text] = Field(default_factory=dict)
    ethics: EthicsTold | None = None
    risk: dict[str, RiskTold] = Field(default_factory=dict)

    def draft(self, playbook: Playbook) -> ReadinessDraft:
        """The same as one says it to the service."""
        named: dict[str, TestScore | None] = {}
        if playbook.readiness is not None:
            named = {test.id: self.otherwise for test in playbook.readiness.tests}
        scores: tuple[tuple[TestScore, tuple[str, ...]], ...] = (
            ("automated", self.automated),
            ("manual", self.manual),
            ("not_applicable", self.not_applicable),
        )
        named.update({test: score for score, listed in scores for test in listed})
        tests = {
            test: TestMark(score=score, evidence=self.evidence.get(test, "")) for test, score in named.items() if score
        }
        risk: dict[str, dict[str, RiskAnswer | None]] = {}
        for rules in playbook.risk_rules:
            if (told := self.risk.get(rules.id)) is not None:
                words: dict[str, RiskWord] = {question.id: told.otherwise for question in rules.questions}
                words |= dict.fromkeys(told.answered_yes, "yes")
                risk[rules.id] = {question: RiskAnswer(answer=word) for question, word in words.items()}
        return ReadinessDraft(tests=tests, ethics=self._ethics(playbook), risk=risk)

    def _ethics(self, playbook: Playbook) -> dict[str, EthicsAnswer | None]:
        if self.ethics is None or playbook.ethics is None:
            return {}
        told = self.ethics
        words: dict[str, EthicsWord] = {question.id: told.otherwise for question in playbook.ethics.questions}
        answers: tuple[tuple[EthicsWord, tuple[str, ...]], ...] = (
            ("yes", told.answered_yes),
            ("no", told.answered_no),
            ("not_applicable", told.not_applicable),
        )
        words.update({item: word for word, listed in answers for item in listed})
        return {item: EthicsAnswer(answer=word, note=told.notes.get(item, "")) for item, word in words.items()}


class Action(Model):
    """One thing that somebody did on a day."""

    on: date
    by: Name
    answers: dict[str, AnswerDraft | None] | None = None
    contract: ContractDraft | None = None
    runs: tuple[RunDraft, ...] | None = None
    promote: Name | None = Field(default=None, description="The run that went to production.")
    move: TransitionDraft | None = None
    tasks: dict[str, str] | None = None
    checklist: dict[str, ChecklistDraft] | None = None
    readiness: ReadinessTold | None = None
    change: ProjectPatch | None = None
    baselines: tuple[BaselineDraft, ...] | None = None
    withdraw: dict[str, str] | None = None
    errors: ErrorAnalysisDraft | None = None
    forecast: ForecastDraft | None = None
    outcome: OutcomeDraft | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.model_fields_set <= {"on", "by"}:
            raise ValueError("an action says what was done")
        return self


class StoryProject(Model):
    """A project and what happened to it, in time order."""

    project: ProjectDraft
    story: tuple[Action, ...] = ()


class Story(Model):
    """A portfolio told as what people did."""

    portfolio: PortfolioDraft
    projects: tuple[StoryProject, ...] = Field(min_length=1)


class Mark(Model):
    """A moment of the portfolio that somebody marked."""

    on: date
    by: Name
    name: SnapshotName
    note: Text = ""


class Setting(Model):
    """Settings of the portfolio that somebody changed."""

    on: date
    by: Name
    change: PortfolioPatch


class WholeStory(Model):
    """What was done to the portfolio as a whole."""

    snapshots: tuple[Mark, ...] = ()
    settings: tuple[Setting, ...] = ()


class OpenedRound(Model):
    """A round with its projects by name: keys are given when the story is told."""

    name: Name
    assessors: tuple[Name, ...]
    projects: tuple[Name, ...]
    criteria: tuple[str, ...]
    due: date


class RoundAct(Model):
    """One thing that somebody did on a day for a round: open or close it, answer, or look before answering."""

    on: date
    by: Name
    project: Name | None = None
    answers: dict[str, AnswerDraft | None] | None = None
    open: OpenedRound | None = None
    close: int | None = None
    look: Name | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(given is not None for given in (self.answers, self.open, self.close, self.look)) != 1:
            raise ValueError("an act is one of: answers, open, close, look")
        if (self.project is None) != (self.answers is None):
            raise ValueError("answers belong to a project")
        return self


class Rounds(Model):
    """What was done, in time order."""

    acts: tuple[RoundAct, ...] = Field(min_length=1)


class InfrastructureAct(Model):
    """One thing that somebody stated on a day: a shared component, or a tool."""

    on: date
    by: Name
    component: Name | None = None
    shared: SharedDraft | None = None
    tool: Name | None = None
    states: OwnToolDraft | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.component is None) != (self.shared is None) or (self.tool is None) != (self.states is None):
            raise ValueError("a component says how it is shared, and a tool what it is for")
        if (self.component is None) == (self.tool is None):
            raise ValueError("an act is about a component or about a tool")
        return self


class RoadmapStory(Model):
    """What somebody recorded on a day to plan the roadmap with. Projects stand in it by key."""

    on: date
    by: Name
    settings: CapacityPlanDraft


def read_story() -> Story:
    """The portfolio, its projects, and what happened to each."""
    return Story.model_validate(_read("portfolio"))


def read_forecasts() -> dict[str, tuple[Action, ...]]:
    """What was forecast of its projects, by their names."""
    return TypeAdapter(dict[str, tuple[Action, ...]]).validate_python(_read("forecasts"))


def read_baselines() -> dict[str, tuple[Action, ...]]:
    """What its projects are held against, and where their errors come from, by their names."""
    return TypeAdapter(dict[str, tuple[Action, ...]]).validate_python(_read("baselines"))


def read_runs() -> dict[str, tuple[Action, ...]]:
    """Contracts and runs of its projects, by their names, that are too many for the story."""
    return TypeAdapter(dict[str, tuple[Action, ...]]).validate_python(_read("runs"))


def read_flow() -> dict[str, tuple[Action, ...]]:
    """Later moves of its projects, by their names."""
    return TypeAdapter(dict[str, tuple[Action, ...]]).validate_python(_read("flow"))


def read_whole_story() -> WholeStory:
    """What was done to the portfolio as a whole."""
    return WholeStory.model_validate(_read("changes"))


def read_rounds() -> tuple[RoundAct, ...]:
    """The scoring rounds."""
    return Rounds.model_validate(_read("agreement")).acts


def read_infrastructure() -> tuple[InfrastructureAct, ...]:
    """What is shared among its projects, and its tools."""
    return TypeAdapter(tuple[InfrastructureAct, ...]).validate_python(_read("infrastructure")["acts"])


def read_roadmap() -> RoadmapStory:
    """The settings of the roadmap."""
    return RoadmapStory.model_validate(_read("selection"))


def _read(topic: str) -> Any:
    return yaml.safe_load((EXAMPLES / f"{topic}.yaml").read_text(encoding="utf-8"))
