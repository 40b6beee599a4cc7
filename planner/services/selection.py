"""The roadmap of a portfolio: its settings, a plan, what more of something would change, how robust it is.

A plan that took long is kept as a fact: it shows again after a restart and in every process, and tells later what was
proposed, when and by whom. It is shown as the answer only while the question is the same, which its digest tells: the
values, needs and settings that it was made with. Everything quick is derived, and kept in memory by revision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from planner.domain.errors import Invalid, NotFound, Stale
from planner.domain.history import FieldChange
from planner.domain.portfolios import PortfolioState
from planner.domain.projects import Filters
from planner.domain.robust_selection import sample_priorities
from planner.domain.selection import CapacityPlan, CapacityPlanDraft, check_plan, says_the_same
from planner.domain.selection_answer import (
    Roadmap,
    RobustOptions,
    RobustPlan,
    SelectionAnswer,
    SelectionRequest,
    WhatIf,
    check_more,
    compare,
    describe_robustness,
)
from planner.domain.selection_assembly import Assembled, assemble
from planner.domain.selection_conflicts import explain_conflict
from planner.domain.selection_plan import Plan, build_plan
from planner.domain.selection_problem import Problem, Starts
from planner.domain.selection_solver import LARGE, Found, NoPlan, Search, Watcher
from planner.domain.wording import measure, pct, plural
from planner.services.candidates import load_candidates
from planner.services.kept import kept
from planner.services.solver_process import PlanJob, Progress, RobustJob, find_plan, try_plan
from planner.services.workspace import Reading, Workspace, reading, writing
from planner.store import selection

QUICK, QUICK_COLUMNS = 1.5, 20_000  # seconds of search in this process, and the largest problem that is solved in it
QUICK_APART, QUICK_GAP = 20.0, 0.02  # the same for a larger one, in a process of its own
ROBUST_SECONDS = 15.0


@dataclass(frozen=True)
class _Question:
    """What is to be solved, as one transaction saw it."""

    portfolio: PortfolioState
    assembled: Assembled
    settings_version: int | None  # of the stored settings; None for others
    roadmap: Roadmap | None  # the plan that was kept last, if it answers the same

    @property
    def known(self) -> Starts | None:
        """The kept plan as starts."""
        if self.roadmap is None:
            return None
        first = {planned.id: planned.first for planned in self.roadmap.plan.planned}
        return tuple(first.get(item.id) for item in self.assembled.problem.items)


def find_settings(ws: Workspace, slug: str) -> CapacityPlan | None:
    """The present settings of the roadmap; None when there are none."""
    with reading(ws, slug) as found:
        return selection.find_settings(found.connection, found.portfolio.id)


def list_settings(ws: Workspace, slug: str) -> tuple[CapacityPlan, ...]:
    """All versions, the oldest first."""
    with reading(ws, slug) as found:
        return selection.load_settings(found.connection, found.portfolio.id)


def set_settings(
    ws: Workspace, slug: str, draft: CapacityPlanDraft, expected_version: int | None = None
) -> CapacityPlan:
    """Records a new version; one equal to the present settings is no new version.

    Invalid for what does not hang together, and for a change without a reason. Stale when the settings are not at
    `expected_version` any more; 0 is before the first.
    """
    with writing(ws, slug) as change:
        last = selection.find_settings(change.connection, change.portfolio.id)
        present = last.version if last else 0
        if expected_version is not None and expected_version != present:
            raise Stale(
                f"The settings have changed since you read them (version {expected_version}, now {present}); read them "
                "again and repeat your change."
            )
        if problems := check_plan(draft, selection.load_keys(change.connection, change.portfolio.id)):
            raise Invalid(problems)
        if last is not None and says_the_same(last, draft):
            return last
        if last is not None and not draft.reason:
            raise Invalid.one("reason", "say why the settings change; the history keeps it")
        version = CapacityPlan(**dict(draft), version=present + 1, recorded_at=change.now, recorded_by=ws.actor)
        selection.append_settings(change.connection, change.portfolio.id, [version])
        before = _in_words(last) if last else None
        changed = FieldChange(field="settings", old=before, new=_in_words(version))
        change.record(None, "roadmap_settings.recorded", [changed])
        return version


def _in_words(settings: CapacityPlan) -> str:
    return (
        f"version {settings.version}: {plural(len(settings.periods), 'period')}, "
        f"{plural(len(settings.resources), 'resource')}, "
        f"{plural(len(settings.dependencies), 'dependency', 'dependencies')}, {len(settings.must)} in any case"
    )


def get_roadmap(ws: Workspace, slug: str, more: Mapping[str, float] | None = None) -> SelectionAnswer:
    """The roadmap of the stored settings within about two seconds: the kept one while it is true, else a quick one.

    `more` asks what so much more of some resources in every period would change. NotFound without settings.
    """
    request = SelectionRequest(more=dict(more or {}))
    with reading(ws, slug) as found:
        if selection.find_settings(found.connection, found.portfolio.id) is None:
            raise NotFound("The roadmap has no settings yet; PUT them at selection/settings.")
        question = _question(found, request)
    plan, _ = _quick_plan(ws, question)
    asked = ("what if", *sorted(request.more.items()))
    what_if = kept(ws, question.portfolio, asked, lambda: _what_if(question, plan, request))
    at = question.roadmap.recorded_at if question.roadmap and question.roadmap.plan == plan else None
    return SelectionAnswer(plan=plan, what_if=what_if, robust=None, kept_at=at)


def _quick_plan(ws: Workspace, question: _Question) -> tuple[Plan, Starts]:
    def build() -> tuple[Plan, Starts]:
        if question.roadmap and question.known and question.roadmap.plan.status != "within_gap":
            return question.roadmap.plan, question.known
        with _in_words_of(question.assembled):
            found = _quick(question.assembled.problem, question.known)
        plan = build_plan(question.assembled, found)
        if question.roadmap and question.known and plan.objective <= question.roadmap.plan.objective:
            return question.roadmap.plan, question.known
        return plan, found.starts

    return kept(ws, question.portfolio, "roadmap", build)


def solve_selection(
    ws: Workspace,
    slug: str,
    request: SelectionRequest,
    progress: Progress | None = None,
    watch: Watcher | None = None,
) -> SelectionAnswer:
    """Solves the roadmap for as long as is asked for, and keeps it when that is asked for too.

    `watch` is told (seconds, worth of the best plan so far, what no plan is worth more than) while a process searches.

    Invalid for settings that do not hang together, and with the conflicting wishes when no plan can hold them all.
    """
    if request.keep and request.changes_settings:
        raise Invalid.one("keep", "only a plan with the stored settings is kept; store these first")
    with reading(ws, slug) as found:
        question = _question(found, request)
        values = _sampled(ws, found, question.assembled, request.robust) if request.robust else None
    with _in_words_of(question.assembled):
        best = _search(question.assembled.problem, request.time_limit, request.gap, question.known, progress, watch)
    plan = build_plan(question.assembled, best)
    what_if = _what_if(question, plan, request)
    robust = None
    if request.robust is not None and values is not None:
        job = RobustJob(question.assembled.problem, values, request.robust.seed, request.time_limit)
        robust = describe_robustness(question.assembled, try_plan(job, progress))
    kept_at = _keep(ws, slug, question, plan) if request.keep else None
    return SelectionAnswer(plan=plan, what_if=what_if, robust=robust, kept_at=kept_at)


def get_robustness(ws: Workspace, slug: str, options: RobustOptions) -> RobustPlan:
    """The stored roadmap tried against the doubt in the answers, kept by revision."""
    with reading(ws, slug) as found:
        question = _question(found, SelectionRequest())
        values = _sampled(ws, found, question.assembled, options)
    job = RobustJob(question.assembled.problem, values, options.seed, ROBUST_SECONDS)

    def build() -> RobustPlan:
        with _in_words_of(question.assembled):
            return describe_robustness(question.assembled, try_plan(job))

    return kept(ws, question.portfolio, ("robust roadmap", options), build)


def _question(found: Reading, request: SelectionRequest) -> _Question:
    stored = selection.find_settings(found.connection, found.portfolio.id)
    draft = request.settings(stored)
    if problems := check_plan(draft, selection.load_keys(found.connection, found.portfolio.id)):
        raise Invalid(problems)
    check_more(request.more, draft.resources)
    assembled = assemble(draft, selection.load_plan_candidates(found.connection, found.portfolio.id))
    last = selection.find_roadmap(found.connection, found.portfolio.id)
    same = last if last is not None and last.plan.digest == assembled.problem.digest else None
    version = stored.version if stored and not request.changes_settings else None
    return _Question(found.portfolio, assembled, version, same)


def _sampled(ws: Workspace, found: Reading, assembled: Assembled, options: RobustOptions) -> np.ndarray:
    """Values of all items drawn from the beliefs, shape (samples, items); chosen values stay as they are."""
    candidates = load_candidates(ws, found, Filters())
    share = found.portfolio.priority_impact_share
    share = found.playbook.priority_impact_share if share is None else share
    drawn = sample_priorities(candidates.states, found.playbook, share, options.samples, options.seed)
    places = {point.key: place for place, point in enumerate(candidates.points)}
    values = np.tile([item.value for item in assembled.problem.items], (options.samples, 1))
    for place, item in enumerate(assembled.problem.items):
        if not assembled.valued[place]:
            values[:, place] = drawn[:, places[item.id]]
    return values


@contextmanager
def _in_words_of(assembled: Assembled) -> Iterator[None]:
    """Turns "there is no plan" into the wishes that conflict."""
    try:
        yield
    except NoPlan as none:
        if not none.proven:
            message = "no plan that holds all that must be done was found in this time; give it more"
            raise Invalid.one("time_limit", message) from None
        found = explain_conflict(assembled.problem, assembled.names)
        raise Invalid(found, "No plan can keep all of this at once; take one of these back.") from None


def _columns(problem: Problem) -> int:
    return sum(len(problem.starts(item)) for item in range(len(problem.items)))


def _quick(problem: Problem, known: Starts | None) -> Found:
    """A plan within about two seconds."""
    columns = _columns(problem)
    if columns > QUICK_COLUMNS:
        return find_plan(PlanJob(problem, QUICK_APART, QUICK_GAP, known))
    search = Search(problem)
    first = search.guided(QUICK_APART, known)
    return first if columns > LARGE else search.improved(first, QUICK)


def _search(
    problem: Problem,
    time_limit: float,
    gap: float,
    known: Starts | None,
    progress: Progress | None = None,
    watch: Watcher | None = None,
) -> Found:
    """A plan within the time: in this process when it is quickly done, else in one of its own."""
    if _columns(problem) <= LARGE:
        search = Search(problem)
        first = search.improved(search.guided(time_limit, known), min(time_limit, QUICK), gap)
        if first.stopped != "time" or time_limit <= QUICK:
            return first
        known = first.starts
    return find_plan(PlanJob(problem, time_limit, gap, known), progress, watch)


def _what_if(question: _Question, plan: Plan, request: SelectionRequest) -> WhatIf | None:
    more = check_more(request.more, question.assembled.draft.resources)
    if not more:
        return None
    problem = question.assembled.problem.with_more(more)
    first = {planned.id: planned.first for planned in plan.planned}
    base = tuple(first.get(item.id) for item in problem.items)
    assembled = Assembled(problem, question.assembled.draft, question.assembled.unplanned, question.assembled.valued)
    return compare(plan, build_plan(assembled, _quick(problem, base)), dict(request.more))


def _keep(ws: Workspace, slug: str, question: _Question, plan: Plan) -> datetime:
    version = question.settings_version
    if version is None:
        raise Invalid.one("keep", "only a plan with the stored settings is kept; store these first")
    with writing(ws, slug) as change:
        fact = Roadmap(plan=plan, settings_version=version, recorded_at=change.now, recorded_by=ws.actor)
        selection.append_roadmaps(change.connection, change.portfolio.id, [fact])
        words = f"{plural(len(plan.planned), 'entry', 'entries')}, worth {measure(plan.objective)}, gap {pct(plan.gap)}"
        change.record(None, "roadmap.kept", [FieldChange(field="roadmap", old=None, new=words)])
        return change.now
