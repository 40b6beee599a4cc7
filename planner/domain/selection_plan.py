"""A plan that explains itself: what it holds, what it leaves out and why, what it takes, how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from pydantic import Field

from planner.domain.model import Model
from planner.domain.selection import Resource
from planner.domain.selection_assembly import Assembled, Unplanned
from planner.domain.selection_reasons import why_left_out
from planner.domain.selection_solver import SOLVER, Found

Status = Literal["optimal", "within_gap", "time_limit"]
STATUSES: Mapping[str, Status] = {"optimal": "optimal", "gap": "within_gap", "time": "time_limit"}


class Planned(Model):
    """Something that the plan holds."""

    id: str = Field(description="Key of the project, or id of the shared item.")
    name: str
    kind: Literal["project", "shared"]
    start: str = Field(description="The period in which it starts.")
    end: str = Field(description="The period in which it ends.")
    first: int = Field(description="The place of the period in which it starts, from 0.")
    duration: int = Field(description="Periods that it runs.")
    value: float = Field(description="What it is worth.")
    worth: float = Field(description="What it is worth with the discount of its start.")
    use: dict[str, tuple[float, ...]] = Field(description="What it takes in each period of its run, by resource.")
    must: bool = Field(description="Whether it is done in any case.")


class LeftOut(Model):
    """A project that could be planned and is not in the plan, and why."""

    id: str = Field(description="Key of the project.")
    name: str
    value: float = Field(description="What it is worth.")
    duration: int = Field(description="Periods that it would run.")
    needs: dict[str, float] = Field(description="What it would take in all, by resource.")
    reason: Literal["must_not", "too_long", "either_or", "dependency", "capacity", "open"] = Field(
        description="What keeps it out."
    )
    why: str = Field(description="The same as a sentence.")
    price: float | None = Field(
        description="What its room would cost at the best start: the value that others would lose, by the prices of "
        "the capacities. Null when no start is possible."
    )


class Load(Model):
    """What the plan takes of a resource in a period."""

    resource: str = Field(description="Id of the resource.")
    period: str = Field(description="Name of the period.")
    used: float = Field(description="What the plan takes of it, in its unit.")
    capacity: float = Field(description="How much there is of it.")
    price: float = Field(description="What one more unit would add to the bound: the dual value of the relaxation.")
    binds: bool = Field(description="Whether more of it would help, as far as the relaxation tells.")


class Plan(Model):
    """A roadmap: what to do when, what that is worth, and how far from the best it can be."""

    status: Status = Field(
        description="optimal: no plan is worth more. within_gap: stopped when the gap was small enough. time_limit: "
        "stopped by the time; the gap holds all the same."
    )
    objective: float = Field(description="The sum of the discounted values.")
    bound: float = Field(description="No plan is worth more than this.")
    gap: float = Field(description="(bound − objective) / bound: the share that a better plan could add at most.")
    periods: tuple[str, ...] = Field(description="The periods in their order.")
    resources: tuple[Resource, ...] = Field(description="What is scarce.")
    planned: tuple[Planned, ...] = Field(description="What the plan holds, by start.")
    left_out: tuple[LeftOut, ...] = Field(description="What it does not hold, the most valuable first.")
    unplanned: tuple[Unplanned, ...] = Field(description="Projects that cannot be planned, and why.")
    loads: tuple[Load, ...] = Field(description="What it takes of each resource in each period.")
    dependencies: tuple[tuple[str, str], ...] = Field(description="(before, after) between what the plan holds.")
    discount: float = Field(description="What a value that comes a period later is worth.")
    solver: str = Field(description="The solver and its version.")
    seconds: float = Field(description="How long it took.")
    digest: str = Field(description="Tells whether two plans answer the same question.")

    def load(self, resource: str) -> tuple[Load, ...]:
        """The loads of one resource in the order of the periods."""
        return tuple(load for load in self.loads if load.resource == resource)


def build_plan(assembled: Assembled, found: Found) -> Plan:
    """The plan in words and units."""
    problem, draft = assembled.problem, assembled.draft
    ids = [resource.id for resource in draft.resources]
    planned, left_out = [], []
    for place, (item, start) in enumerate(zip(problem.items, found.starts, strict=True)):
        amounts = [[problem.amount(r, whole) for whole in use] for r, use in enumerate(item.use)]
        if start is not None:
            planned.append(
                Planned.model_construct(
                    id=item.id,
                    name=item.name,
                    kind=item.kind,
                    start=draft.periods[start],
                    end=draft.periods[start + item.duration - 1],
                    first=start,
                    duration=item.duration,
                    value=item.value,
                    worth=problem.worth(place, start),
                    use={name: tuple(use) for name, use in zip(ids, amounts, strict=True) if any(use)},
                    must=place in problem.must,
                )
            )
        elif item.kind == "project":
            left_out.append((place, item, amounts))
    reasons = why_left_out(problem, found, assembled.names, [place for place, _, _ in left_out])
    return Plan.model_construct(
        status=STATUSES[found.stopped],
        objective=_round(found.objective),
        bound=_round(found.bound),
        gap=_round(found.gap),
        periods=draft.periods,
        resources=draft.resources,
        planned=tuple(sorted(planned, key=lambda p: (p.first, p.kind != "shared", -p.value))),
        left_out=tuple(
            sorted(
                (
                    LeftOut.model_construct(
                        id=item.id,
                        name=item.name,
                        value=item.value,
                        duration=item.duration,
                        needs={
                            name: problem.amount(r, sum(item.use[r])) for r, name in enumerate(ids) if any(item.use[r])
                        },
                        reason=reason.code,
                        why=reason.text,
                        price=None if reason.price is None else _round(reason.price),
                    )
                    for (_, item, _), reason in zip(left_out, reasons, strict=True)
                ),
                key=lambda left: -left.value,
            )
        ),
        unplanned=assembled.unplanned,
        loads=_loads(assembled, found),
        dependencies=tuple(
            (problem.items[a].id, problem.items[b].id)
            for a, b in problem.pairs
            if found.starts[a] is not None and found.starts[b] is not None
        ),
        discount=draft.discount,
        solver=f"{SOLVER} {found.version}",
        seconds=round(found.seconds, 3),
        digest=problem.digest,
    )


def _loads(assembled: Assembled, found: Found) -> tuple[Load, ...]:
    problem = assembled.problem
    return tuple(
        Load.model_construct(
            resource=resource.id,
            period=period,
            used=float(Fraction(used, problem.scale[r])),
            capacity=float(Fraction(problem.capacity[r][at], problem.scale[r])),
            price=_round(found.prices[r][at]),
            binds=found.prices[r][at] > 1e-6,
        )
        for r, (resource, loads) in enumerate(zip(assembled.draft.resources, problem.loads(found.starts), strict=True))
        for at, (period, used) in enumerate(zip(assembled.draft.periods, loads, strict=True))
    )


def _round(value: float) -> float:
    return round(round(value, 12), 9)  # the noise of adding floats goes first
