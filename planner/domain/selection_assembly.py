"""From what is stated to a problem: which projects can be planned, what each takes, and what waits for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from planner.domain.errors import Invalid
from planner.domain.model import Model
from planner.domain.selection import CapacityPlanDraft, ItemPlan, Resource, SharedItem, capacity_of
from planner.domain.selection_conflicts import Names
from planner.domain.selection_problem import ItemFacts, Problem, build_problem, exact, spread

DONE = "live"  # the status of a project that others need not wait for
NOT_TO_PLAN = (DONE, "retired", "stopped")


@dataclass(frozen=True)
class Candidate:
    """What the roadmap needs of a project: its expected priority, and what is stated of what it takes in all."""

    key: str
    name: str
    status: str | None
    priority: float
    effort: float | None
    cost: float | None
    needs: Mapping[str, float]

    def stated(self, resource: Resource) -> float | None:
        """What it takes of a resource in all, as its own page says; None when it does not."""
        if resource.source == "effort":
            return self.effort
        return self.cost if resource.source == "cost" else self.needs.get(resource.id)


class Unplanned(Model):
    """A project that cannot be planned, and why."""

    id: str = Field(description="Key of the project.")
    name: str
    why: str = Field(description="Why it cannot be planned, as a sentence.")


@dataclass(frozen=True)
class Assembled:
    """A problem with the words for its parts."""

    problem: Problem
    draft: CapacityPlanDraft
    unplanned: tuple[Unplanned, ...]
    valued: tuple[bool, ...]  # whether the value of an item was chosen, rather than following from answers

    @property
    def names(self) -> Names:
        return Names([(r.id, r.name, r.unit) for r in self.draft.resources], self.draft.periods)


def assemble(draft: CapacityPlanDraft, candidates: Sequence[Candidate]) -> Assembled:
    """The problem of the settings and the projects. The settings are sound (`check_plan`).

    A project of which nobody says what it takes is not planned as if it took nothing; and neither is one that waits
    for something that is neither planned nor done. Invalid when such a one must be done.
    """
    unplanned: dict[str, Unplanned] = {}
    facts: dict[str, ItemFacts] = {}
    by_key = {candidate.key: candidate for candidate in candidates}
    for candidate in candidates:
        why = _why_not(draft, candidate)
        if why:
            unplanned[candidate.key] = Unplanned(id=candidate.key, name=candidate.name, why=why)
        else:
            facts[candidate.key] = _project_facts(draft, candidate)
    facts |= {item.id: _shared_facts(draft, item) for item in draft.shared}
    _drop_waiting(draft, facts, unplanned, by_key)
    _check_musts(draft, facts, unplanned)
    places = {name: place for place, name in enumerate(facts)}
    groups = ([places[name] for name in group if name in places] for group in draft.either_or)
    problem = build_problem(
        [capacity_of(draft, resource.id) for resource in draft.resources],
        facts.values(),
        periods=len(draft.periods),
        pairs=dict.fromkeys(
            (places[link.before], places[link.after])
            for link in draft.dependencies
            if link.before in places and link.after in places
        ),
        groups=[group for group in groups if len(group) > 1],
        must=[places[name] for name in draft.must if name in places],
        must_not=[places[name] for name in draft.must_not if name in places],
        discount=draft.discount,
    )
    valued = tuple(
        name not in by_key or ((own := draft.projects.get(name)) is not None and own.value is not None)
        for name in facts
    )
    return Assembled(problem, draft, tuple(unplanned.values()), valued)


def _why_not(draft: CapacityPlanDraft, candidate: Candidate) -> str:
    own = draft.projects.get(candidate.key)
    if candidate.status in NOT_TO_PLAN and own is None and candidate.key not in draft.must:
        return f"It is {candidate.status}, and the plan does not name it."
    said = own is not None and (own.needs or own.per_period)
    if not said and all(candidate.stated(resource) is None for resource in draft.resources):
        return "Nobody says what it takes: neither the plan nor its own page."
    return ""


def _project_facts(draft: CapacityPlanDraft, candidate: Candidate) -> ItemFacts:
    own = draft.projects.get(candidate.key) or ItemPlan()
    duration = own.duration or draft.duration
    use = []
    for resource in draft.resources:
        total = own.needs.get(resource.id, candidate.stated(resource))
        given = own.per_period.get(resource.id)
        use.append(tuple(map(exact, given)) if given else spread(total or 0.0, duration))
    value = candidate.priority if own.value is None else own.value
    return ItemFacts(candidate.key, candidate.name, "project", duration, value, tuple(use))


def _shared_facts(draft: CapacityPlanDraft, item: SharedItem) -> ItemFacts:
    use = []
    for resource in draft.resources:
        given = item.per_period.get(resource.id)
        use.append(tuple(map(exact, given)) if given else spread(item.needs.get(resource.id, 0.0), item.duration))
    return ItemFacts(item.id, item.name, "shared", item.duration, 0.0, tuple(use))


def _drop_waiting(
    draft: CapacityPlanDraft,
    facts: dict[str, ItemFacts],
    unplanned: dict[str, Unplanned],
    by_key: Mapping[str, Candidate],
) -> None:
    """Takes out what waits for something that is neither planned nor done, and what waits for that."""
    changed = True
    while changed:
        changed = False
        for link in draft.dependencies:
            first = by_key.get(link.before)
            done = first is not None and first.status == DONE
            if link.after in facts and link.before not in facts and not done:
                item = facts.pop(link.after)
                where = "is not planned" if first is not None else "is in the bin"
                if item.kind == "project":
                    why = f"It waits for {link.before}, which {where}."
                    unplanned[item.id] = Unplanned(id=item.id, name=item.name, why=why)
                changed = True


def _check_musts(draft: CapacityPlanDraft, facts: Mapping[str, ItemFacts], unplanned: Mapping[str, Unplanned]) -> None:
    for place, name in enumerate(draft.must):
        if name not in facts:
            why = unplanned[name].why if name in unplanned else "It is in the bin, or waits for what is not planned."
            raise Invalid.one(f"must.{place}", f"{name} must be done and cannot be planned. {why}")
