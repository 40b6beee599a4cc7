"""The flow of a portfolio in one answer, and that of a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from planner.domain.flow import (
    CumulativeFlow,
    StageStay,
    StageTime,
    Stuck,
    cumulative_flow,
    find_stuck,
    last_moment,
    stage_names,
    time_in_stages,
)
from planner.domain.flow_doubts import Answers, Doubt, Hindsight, build_doubts, build_hindsight
from planner.domain.flow_loops import Loops, build_loops
from planner.domain.flow_paths import Path
from planner.domain.model import Model
from planner.domain.playbook import Playbook

DOUBTS = 50  # told of a portfolio


class PortfolioFlow(Model):
    """How the projects of a portfolio move through the stages, and what their loops say."""

    at: datetime = Field(description="The time up to which visits that last are counted.")
    loops: Loops = Field(description="What projects went back for.")
    times: tuple[StageTime, ...] = Field(description="Time in stage, in the order of the stages.")
    cumulative: CumulativeFlow = Field(description="The projects in each stage over time.")
    stuck: Stuck = Field(description="Who has waited too long, as far as that can be told.")
    doubts: tuple[Doubt, ...] = Field(
        description=f"Favourable answers that a later loop puts in doubt, the open ones first; at most {DOUBTS}."
    )
    doubts_total: int = Field(description="How many there are in all.")
    doubts_open: int = Field(description="Those that not everybody has answered again.")
    hindsight: tuple[Hindsight, ...] = Field(description="Levels before a loop against those of who passed.")
    doubting: bool = Field(description="Whether the playbook says which answers a reason puts in doubt.")


class ProjectFlow(Model):
    """The time of a project in its stages, and the answers that its loops put in doubt."""

    at: datetime = Field(description="The time up to which a visit that lasts is counted.")
    stages: tuple[StageStay, ...] = Field(description="The stages that it has been in, in their order.")
    doubts: tuple[Doubt, ...] = Field(description="Favourable answers that its loops put in doubt.")


@dataclass(frozen=True)
class FlowFacts:
    """What follows from the facts alone, whatever the time.

    `paths` are those of the projects that were asked for, `whole` those of all the portfolio: how long a stage may take
    does not hang on what one looks at.
    """

    paths: tuple[Path, ...]
    whole: tuple[Path, ...]
    names: dict[str, str]
    loops: Loops
    doubts: tuple[Doubt, ...]
    hindsight: tuple[Hindsight, ...]


def gather_flow(paths: tuple[Path, ...], whole: tuple[Path, ...], answers: Answers, playbook: Playbook) -> FlowFacts:
    """The facts of a flow."""
    return FlowFacts(
        paths=paths,
        whole=whole,
        names=stage_names(whole, playbook),
        loops=build_loops(paths, playbook),
        doubts=build_doubts(paths, answers, playbook),
        hindsight=build_hindsight(paths, answers, playbook),
    )


def build_flow(facts: FlowFacts, doubts: Sequence[Doubt], now: datetime, doubting: bool) -> PortfolioFlow:
    """The flow as of `now`; `doubts` are those of the facts that may be told."""
    at = last_moment(facts.whole, now)
    times = time_in_stages(facts.paths, facts.names, at)
    return PortfolioFlow(
        at=at,
        loops=facts.loops,
        times=times,
        cumulative=cumulative_flow(facts.paths, facts.names, at),
        stuck=find_stuck(facts.paths, time_in_stages(facts.whole, facts.names, at), at),
        doubts=tuple(doubts[:DOUBTS]),
        doubts_total=len(doubts),
        doubts_open=sum(doubt.answered_again_at is None for doubt in doubts),
        hindsight=facts.hindsight,
        doubting=doubting,
    )
