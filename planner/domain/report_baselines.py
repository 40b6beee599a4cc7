"""What a project's report says of baselines, the gap to the best run, and where the test error comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.domain.baseline_gap import BaselineGap
from planner.domain.baselines import Baseline
from planner.domain.error_analysis import ErrorDecomposition
from planner.domain.playbook import Playbook
from planner.domain.report_models import Section
from planner.domain.wording import NOTHING, better, listed, measure, pct, signed

LISTED = 12  # baselines and metrics in one report
VALUES = 3  # of one baseline
FAIRNESS = {"yes": "fair", "no": "not fair", "unknown": "not checked"}


def baseline_sections(
    baselines: Sequence[Baseline], gap: BaselineGap | None, decomposition: ErrorDecomposition | None, playbook: Playbook
) -> tuple[Section, ...]:
    """The sections on baselines; none where nothing is recorded."""
    sections = []
    if baselines:
        sections.append(_baselines(baselines, playbook))
    if gap is not None and any(metric.rungs for metric in gap.metrics):
        sections.append(_gap(gap))
    if decomposition is not None:
        sections.append(_errors(decomposition))
    return tuple(sections)


def _baselines(baselines: Sequence[Baseline], playbook: Playbook) -> Section:
    order = [kind.id for kind in playbook.baseline_kinds]
    # The highest rungs say most, so they are told where not all have room.
    told = sorted(baselines, key=lambda one: -order.index(one.kind) if one.kind in order else 1)[:LISTED]
    rows = []
    for one in told:
        kind = playbook.baseline_kind(one.kind)
        values = listed([f"{name} {measure(value)}" for name, value in one.metrics.items()], VALUES)
        own = one.fair == "unknown" and (kind is None or kind.family == "internal" or not kind.reached)
        rows.append((one.name, kind.name if kind else one.kind, values, NOTHING if own else FAIRNESS[one.fair]))
    return Section(
        title="Baselines",
        sentences=("What runs are held against, from the highest rung of the ladder down.",),
        columns=("Baseline", "Kind", "Values", "Comparison"),
        numbers=(False, False, False, False),
        rows=tuple(rows),
        not_listed=len(baselines) - len(told),
        kind="baselines are",
    )


def _gap(gap: BaselineGap) -> Section:
    metrics = [metric for metric in gap.metrics if metric.rungs]
    rows = tuple(
        (
            metric.metric,
            measure(metric.value, metric.unit),
            f"{metric.best.name}, {measure(metric.best.value, metric.unit)}" if metric.best else "none that is reached",
            signed(metric.gap, metric.unit),
            metric.passed or "none",
        )
        for metric in metrics[:LISTED]
    )
    said = "No run can be judged yet."
    if gap.run is not None:
        standing = "wins" if gap.run_status == "qualified" else "is the best, though none qualifies"
        said = f"{gap.run} {standing}. Plus is better, whatever the direction of the metric."
    first = metrics[0]
    if first.gap is not None and first.best is not None:
        said += f" On {first.metric} it is {better(first.gap, first.unit)} the best baseline, {first.best.name}."
    return Section(
        title="The gap to the baselines",
        sentences=(said,),
        columns=("Metric", "Run", "Best baseline", "Better by", "Passed on the ladder"),
        numbers=(False, True, False, True, False),
        rows=rows,
        not_listed=max(0, len(metrics) - LISTED),
        kind="metrics are",
    )


def _errors(found: ErrorDecomposition) -> Section:
    rows = [(part.name, measure(part.value, found.unit), _remark(part.note, part.missing)) for part in found.parts]
    rows.append(("Test error", measure(found.total, found.unit), "the sum"))
    return Section(
        title="Where the test error comes from",
        sentences=tuple(_action(found)),
        columns=("Part", "Error", "Remark"),
        numbers=(False, True, False),
        rows=tuple(rows),
        not_listed=0,
        kind="parts are",
    )


def _action(found: ErrorDecomposition) -> Iterable[str]:
    run = f" of {found.run}" if found.run else ""
    yield f"The error in {found.metric}{run}, taken apart."
    if found.action is not None:
        actions = "; ".join(action[0].lower() + action[1:] for action in found.action.actions)
        share = pct(found.action.share)
        yield f"Next: {found.action.name}, {share} of what could be gained. In this order: {actions}."
        yield f"Source: {found.action.source}."
    elif found.advice:
        yield found.advice
    if found.provisional:
        yield f"Not known: {listed(found.provisional)}; it may come first."


def _remark(note: str, missing: Sequence[str]) -> str:
    return note or (f"not known without {listed([name.replace('_', ' ') for name in missing])}" if missing else "")
