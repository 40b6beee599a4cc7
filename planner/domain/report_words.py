"""The sentences of a report, made from facts alone: what is not known is said to be so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.domain.history import Event, FieldChange
from planner.domain.infrastructure import AreaProgress
from planner.domain.known import not_known, place_of
from planner.domain.lifecycle import TaskLine
from planner.domain.metrics import Contract
from planner.domain.metrics_verdict import Verdict
from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import Entry
from planner.domain.playbook_scoring import BestLens, Dimension
from planner.domain.projects import Project, ProjectSummary
from planner.domain.report_models import ContractsPart
from planner.domain.scoring import Interval, Standing
from planner.domain.wording import better, listed, measure, num, pct, plural, spaced

LONGEST_CHANGE = 100  # characters of a text in the history


def span(interval: Interval) -> str:
    """An expected value and its interval: 3.9 (3.1–4.6)."""
    return f"{num(interval.expected, 1)} ({num(interval.low, 1)}–{num(interval.high, 1)})"


def aggregation_words(dimension: Dimension) -> str:
    """How the levels of a dimension's criteria become one value."""
    rule = dimension.aggregation
    if isinstance(rule, BestLens):
        return f"{pct(rule.best)} the best criterion, {pct(rule.mean)} the mean of all, since they are alternatives"
    weights = [
        f"{criterion.name} {pct(float(weight))}"
        for criterion, weight in zip(dimension.criteria, dimension.weights, strict=True)
    ]
    return f"weighted mean: {listed(weights)}"


def standing_sentence(standing: Standing, playbook: Playbook) -> str:
    """Where the project lies, or that nobody has scored it."""
    if not standing.answered:
        return f"Nobody has scored it yet: none of the {standing.of} questions has an answer, so it has no quadrant."
    quadrant, unknown = place_of(standing, playbook), not_known(standing, playbook)
    where = f", which puts it in the quadrant {quadrant.name}" if quadrant else ""
    if unknown:
        where = f"; {unknown.lower()}, so it has no quadrant"
    sure = f" with a probability of {pct(standing.quadrant_probability)}" if quadrant else ""
    impact, feasibility = playbook.impact.name.lower(), playbook.feasibility.name.lower()
    return (
        f"{standing.answered} of {plural(standing.of, 'question')} are answered: {impact} {span(standing.impact)} and "
        f"{feasibility} {span(standing.feasibility)}{where}{sure}."
    )


def stage_sentence(project: Project, gate: Sequence[TaskLine], playbook: Playbook) -> str:
    """The stage, the status, and how many points of the gate are open."""
    stage = playbook.stage(project.stage)
    status = f"its status is {spaced(project.status)}" if project.status else "its status is not stated"
    if stage is None:
        return f"Its stage is not stated; {status}."
    found = sum(not line.done for line in gate)
    points = "the gate at its end is clear" if not found else f"{found} of {plural(len(gate), 'gate point')} are open"
    return f"It is in the stage {stage.name}" + (f", {points}" if gate else "") + f"; {status}."


def contract_sentence(contract: Contract | None, verdict: Verdict | None) -> str:
    """What is agreed, and whether a run meets it."""
    if contract is None:
        return "No metric contract has been agreed, so nothing says yet when a model is good enough."
    optimised, bound = contract.optimised, len(contract.binding)
    agreed = f"The metric contract (version {contract.version}) {optimised.direction}s {optimised.name}" + (
        f" under {plural(bound, 'threshold')}" if bound else " without a threshold"
    )
    if verdict is None or not verdict.total:
        return f"{agreed}; no run has been measured."
    count = f"{verdict.qualified} of {plural(verdict.total, 'run')}"
    if not verdict.qualified:
        nearest = f", nearest is {listed(verdict.nearest, 3)}" if verdict.nearest else ""
        return f"{agreed}; no run of {verdict.total} qualifies{nearest}."
    best = measure(verdict.best, optimised.unit)
    alike = plural(len(verdict.indistinguishable), "other run")
    tied = f"; {alike} cannot be told apart from it" if verdict.indistinguishable else ""
    over = "" if verdict.over_baseline is None else f", {better(verdict.over_baseline, optimised.unit)} the baseline"
    first = "is best" if len(verdict.winners) == 1 else "are equally best"
    qualifies = "qualifies" if verdict.qualified == 1 else "qualify"
    return f"{agreed}; {count} {qualifies} and {listed(verdict.winners, 3)} {first} with {best}{over}{tied}."


def checklist_sentence(progress: Sequence[AreaProgress]) -> str:
    """How much of the required infrastructure is there."""
    required, ready = sum(area.required for area in progress), sum(area.in_place for area in progress)
    if not required:
        return "It requires no infrastructure at this stage."
    unknown = sum(area.not_stated for area in progress)
    tail = f"; nothing is stated about {unknown}" if unknown else ""
    return f"{ready} of {plural(required, 'required component')} of infrastructure are in place{tail}."


def portfolio_sentences(
    scored: int, to_decide: Sequence[ProjectSummary], projects: int, contracts: ContractsPart
) -> tuple[str, ...]:
    """The portfolio in a few sentences; `to_decide` are those of the scored that are open, by falling priority."""
    if not projects:
        return ("There are no projects to report on.",)
    rest = projects - scored
    sentences = [f"{plural(projects, 'project')}: {_number(scored)} scored, {_number(rest)} not scored yet."]
    if to_decide:
        first = to_decide[0]
        best = f"{first.name} ({first.key}) comes first with a priority of {span(first.standing.priority)}"
        rivals = sum(p.standing.priority.high > first.standing.priority.low for p in to_decide[1:])
        if rivals:
            best += (
                f", but its interval overlaps with {plural(rivals, 'other')}, so the answers do not settle the order"
            )
        sentences.append(best + ".")
    elif not scored:
        sentences.append("Nothing can be ranked before a question is answered.")
    agreed = projects - contracts.without
    if agreed:
        sentences.append(
            f"{plural(agreed, 'project has', 'projects have')} a metric contract: {contracts.qualified:,} with a run "
            f"that qualifies, {contracts.none_qualified:,} whose runs all fall short, {contracts.no_runs:,} without a "
            "run."
        )
    else:
        sentences.append("No project has a metric contract.")
    return tuple(sentences)


def newest_first(events: Sequence[Event], most: int, playbook: Playbook) -> tuple[Event, ...]:
    """The latest events, in the playbook's words; of a long text the beginning, since it only says that it changed."""
    ordered = sorted(events, key=lambda event: (event.at, event.id), reverse=True)[:most]
    return tuple(
        event.model_copy(
            update={
                "action": spaced(event.action).replace(".", " ").capitalize(),
                "changes": tuple(_change_in_words(change, playbook) for change in event.changes),
            }
        )
        for event in ordered
    )


def _change_in_words(change: FieldChange, playbook: Playbook) -> FieldChange:
    """A change with the playbook's names for its components, questions, stages and the like, where it has them."""
    first, _, last = change.field.rpartition(".")
    component, criterion = playbook.component(first), playbook.criterion(change.field)
    field = f"{component.name}, {last}" if component else criterion.name if criterion else spaced(change.field)
    names = _names(last, playbook)

    def said(text: str | None) -> str | None:
        return text if text is None else _cut(names.get(text) or (spaced(text) if last == "status" else text))

    return FieldChange(field=field, old=said(change.old), new=said(change.new))


def _names(field: str, playbook: Playbook) -> dict[str, str]:
    """The names that stand for the ids in a field."""
    entries: Mapping[str, Sequence[Entry]] = {
        "stage": playbook.stages,
        "archetype": playbook.archetypes,
        "problem_type": playbook.problem_types,
        "reason": [reason for edge in playbook.edges for reason in edge.reasons],
    }
    return {entry.id: entry.name for entry in entries.get(field, ())}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CHANGE else text[: LONGEST_CHANGE - 1].rstrip() + "…"


def _number(count: int) -> str:
    return f"{count:,} {'is' if count == 1 else 'are'}"
