"""The flow of a portfolio through the stages, and of a project."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.flow import Stuck, Waiting, last_moment, stage_names, stage_stays
from planner.domain.flow_doubts import Doubt, build_doubts, doubted_criteria
from planner.domain.flow_paths import Path
from planner.domain.flow_portfolio import FlowFacts, PortfolioFlow, ProjectFlow, build_flow, gather_flow
from planner.domain.projects import Filters
from planner.domain.rounds import present_round
from planner.services.filters import check_words
from planner.services.flow_gates import load_open_points
from planner.services.kept import kept
from planner.services.workspace import Reading, Workspace, reading, reading_project
from planner.store import flow as store
from planner.store import rounds


def get_flow(ws: Workspace, slug: str, filters: Filters) -> PortfolioFlow:
    """How the projects that the filters find have moved; they look at what is stated of a project today. NotFound."""
    with reading(ws, slug) as found:
        return load_flow(ws, found, filters)


def load_flow(ws: Workspace, found: Reading, filters: Filters) -> PortfolioFlow:
    """The same inside a transaction that is open already. What does not hang on the time is kept."""
    check_words(found, filters)
    chosen = filters.model_copy(update={"sort": Filters().sort})  # their order makes no difference
    facts = kept(ws, found.portfolio, ("flow", chosen), lambda: _gather(found, chosen))
    doubts = _to_be_seen(found, facts.doubts, ws.actor)
    flow = build_flow(facts, doubts, ws.clock(), bool(doubted_criteria(found.playbook)))
    asked = _asked(found, ws.actor)  # a group of one project would tell somebody's level
    hindsight = tuple(line for line in flow.hindsight if line.criterion not in asked)
    return flow.model_copy(update={"stuck": _with_gates(ws, found, facts, flow.stuck), "hindsight": hindsight})


def _asked(found: Reading, assessor: str) -> frozenset[str]:
    """The criteria that the open round asks of an assessor; none without a round."""
    present = present_round(rounds.load_rounds(found.connection, found.portfolio.id))
    return frozenset(present.criteria) if present is not None and assessor in present.assessors else frozenset()


def _gather(found: Reading, filters: Filters) -> FlowFacts:
    paths = store.load_paths(found.connection, found.portfolio.id, filters)
    those = store.those(found.connection, found.portfolio.id, filters)
    answers = store.load_levels(found.connection, those, doubted_criteria(found.playbook))
    whole = store.load_paths(found.connection, found.portfolio.id, Filters()) if filters.active else paths
    return gather_flow(paths, whole, answers, found.playbook)


def _to_be_seen(found: Reading, doubts: Sequence[Doubt], assessor: str, *, scoring: bool = False) -> Sequence[Doubt]:
    """The doubts without those that would tell what others said to a question of the open round.

    Its assessors are to answer unswayed, and so is whoever else is `scoring`.
    """
    present = present_round(rounds.load_rounds(found.connection, found.portfolio.id))
    if present is None or not (scoring or assessor in present.assessors):
        return doubts
    return [one for one in doubts if one.assessors == (assessor,) or not present.asks(one.key, one.criterion)]


def _with_gates(ws: Workspace, found: Reading, facts: FlowFacts, stuck: Stuck) -> Stuck:
    """The same with the open points of the gate of each project that is named."""
    named = {one.key for one in (*stuck.projects, *(one for stage in stuck.unsure for one in stage.longest))}
    ids = tuple(path.id for path in facts.paths if path.key in named)
    points = kept(ws, found.portfolio, ("flow gates", ids), lambda: load_open_points(found, ids))

    def told(waiting: Sequence[Waiting]) -> tuple[Waiting, ...]:
        return tuple(one.model_copy(update={"open_points": points.get(one.key, ())}) for one in waiting)

    unsure = tuple(stage.model_copy(update={"longest": told(stage.longest)}) for stage in stuck.unsure)
    return stuck.model_copy(update={"projects": told(stuck.projects), "unsure": unsure})


def get_project_flow(ws: Workspace, ref: str) -> ProjectFlow:
    """The time of a project in each stage so far, and the answers that its loops put in doubt; NotFound."""
    with reading_project(ws, ref) as (found, project):
        path = store.load_path(found.connection, project.id)
        at = last_moment([path], ws.clock())
        return ProjectFlow(
            at=at,
            stages=stage_stays(path, stage_names([path], found.playbook), at),
            doubts=tuple(_to_be_seen(found, _doubts(found, path), ws.actor)),
        )


def list_doubts(ws: Workspace, ref: str, assessor: str) -> tuple[Doubt, ...]:
    """The answers to a project that its loops put in doubt, as far as the assessor may see them; NotFound."""
    with reading_project(ws, ref) as (found, project):
        doubts = _doubts(found, store.load_path(found.connection, project.id))
        return tuple(_to_be_seen(found, doubts, assessor, scoring=True))


def _doubts(found: Reading, path: Path) -> tuple[Doubt, ...]:
    answers = store.load_levels(found.connection, [path.id], doubted_criteria(found.playbook))
    return build_doubts([path], answers, found.playbook)
