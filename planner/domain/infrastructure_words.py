"""What is demanded most and what to build next, in sentences."""

from __future__ import annotations

from planner.domain.infrastructure_needs import Demand
from planner.domain.infrastructure_plan import BuildPlan
from planner.domain.wording import listed, num, plural

NAMED = 3  # components that are named


def infrastructure_sentences(demand: Demand, plan: BuildPlan) -> tuple[str, ...]:
    """The state of demand, the components most missed, and the set to build next; fewer where there is less to tell."""
    if not demand.projects:
        return ()
    waiting = demand.projects - demand.equipped
    if not waiting:
        return (f"None of the {plural(demand.projects, 'open project')} waits for a component.",)
    missed = [line for line in demand.lines if line.held_back]
    first = missed[0]
    unscored = f"; {plural(first.unscored, 'of them has', 'of them have')} no answer" if first.unscored else ""
    others = [f"{line.name} ({line.held_back:,})" for line in missed[1:NAMED]]
    weight = f", with priorities of {num(first.priority, 1)} together{unscored}" if first.priority else unscored
    return (
        f"{plural(waiting, 'open project waits', 'open projects wait')} for some component, of {demand.projects:,}.",
        f"{first.name} is missed most: it holds back {plural(first.held_back, 'project')}{weight}."
        + (f" Next come {listed(others)}." if len(others) > 1 else f" Next comes {others[0]}." if others else ""),
        _next(plan),
    )


def _next(plan: BuildPlan) -> str:
    if not plan.steps:
        if plan.least_components is None:
            return "None of the projects that wait has an answer, so no priority tells what to build next."
        return (
            f"No {plural(plan.most, 'component')} would complete a project; the first to be complete needs "
            f"{plan.least_components}."
        )
    names = [step.name for step in plan.steps]
    order = names[0] if len(names) == 1 else f"{names[0]} first, then {listed(names[1:])}"
    gain = plural(plan.completes, "more project has", "more projects have")
    return (
        f"To build next, of at most {plural(plan.most, 'component')}: {order}. With that {gain} all that the stage "
        f"requires, with priorities of {num(plan.worth, 1)} together."
    )
