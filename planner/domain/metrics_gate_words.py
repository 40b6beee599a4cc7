"""What the gate says, sentence by sentence: who wins and by how much, or who comes nearest and what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner.domain.metrics_gate import Gate, asks_for_production
from planner.domain.metrics_verdict import RunVerdict
from planner.domain.metrics_words import MOST_NAMES, compared, miss_words, qualified_words, share
from planner.domain.wording import listed, measure, spaced

Show = Callable[[str], str]


def gate_sentences(gate: Gate, name: Show = str, words: Show = str) -> list[str]:
    """The sentences, the most important first.

    `name` marks up a name (of a run, a metric or a file), `words` any other text with words of people's own in it.
    """
    said = _of_one(gate, name, words) if gate.asked is not None else _of_all(gate, name, words)
    if gate.confidence is not None:
        said.append(f"Asked of every threshold: {share(gate.confidence)} probability.")
    if asks_for_production(gate.contract) and gate.verdict.production is None:
        said.append("No run in production is known, so nothing can be shown to be no worse than it.")
    return said


def _of_one(gate: Gate, name: Show, words: Show) -> list[str]:
    run = gate.judged
    if run is None:
        return []
    lacking = miss_words(run, gate.contract, gate.not_finite_of(run.name)) if run.status != "qualified" else ""
    why = f": {words(lacking)}" if lacking else ""
    said = [f"{name(run.name)} is {spaced(run.status)}{why} ({words(gate.named)})."]
    reached = _reached(gate, run, name, words)
    return [*said, reached] if reached else said


def _of_all(gate: Gate, name: Show, words: Show) -> list[str]:
    verdict = gate.verdict
    if not verdict.total:
        return ["No run is recorded yet."]
    said = [f"Qualified: {qualified_words(verdict)} ({words(gate.named)})."]
    if verdict.qualified:
        reached = None if gate.leading is None else _reached(gate, gate.leading, name, words)
        said += [reached] if reached else []
        said.append(f"{'Winner' if len(verdict.winners) == 1 else 'Winners, tied'}: {_names(verdict.winners, name)}.")
        if verdict.indistinguishable:
            said.append(
                f"Not told apart from {'it' if len(verdict.winners) == 1 else 'them'} with 95 % probability: "
                f"{_names(verdict.indistinguishable, name)}."
            )
        return said
    return [*said, *_none_qualifies(gate, name, words)]


def _none_qualifies(gate: Gate, name: Show, words: Show) -> list[str]:
    verdict = gate.verdict
    unproven = [run for run in verdict.runs if run.status == "disqualified" and run.shortfall is None][:MOST_NAMES]
    said = [f"Not proven: {name(run.name)}; {words(miss_words(run, gate.contract))}." for run in unproven]
    if verdict.nearest:
        near = gate.leading
        lacks = "" if near is None else f"; {words(miss_words(near, gate.contract))}"
        said.append(f"Nearest: {_names(verdict.nearest, name)}{lacks}.")
        said += _relaxing(gate, name, words)
    if said:
        return said
    unfinished = sum(not run.finished for run in verdict.runs)
    silent = sorted({m.name for run in verdict.runs for m in run.metrics if m.status == "unproven"})
    missing = sorted({m.name for run in verdict.runs if run.finished for m in run.metrics if m.status == "missing"})
    if missing:
        shown = listed([name(one) for one in missing], MOST_NAMES)
        said.append(f"No run has a finite value of every metric of the contract; missing: {shown}.")
    if silent:
        said.append(f"Nothing says how sure the values of {listed([name(one) for one in silent], MOST_NAMES)} are.")
    if unfinished:
        said.append(f"{unfinished:,} did not finish.")
    return said


def _relaxing(gate: Gate, name: Show, words: Show) -> list[str]:
    effect = gate.relaxing
    if effect is None or effect.relaxed is None:
        return []
    metric = next(m for m in gate.contract.binding if (m.name, m.against) == (effect.name, effect.against))
    before, after = (measure(value, metric.unit) for value in (effect.threshold, effect.relaxed))
    beside = " worse than production" if effect.against == "production" else ""
    moved = words(f"from {before} to {after}{beside}")
    return [f"Least to relax: {name(effect.name)} {moved} would admit {_names(effect.admits, name)}."]


def _reached(gate: Gate, run: RunVerdict, name: Show, words: Show) -> str | None:
    """The optimised value of a run, and what it is worth beside the baseline and the run in production."""
    metric, found = gate.contract.optimised, run.metrics[0]
    if found.value is None:
        return None
    value = measure(found.value, metric.unit)
    value += f" (worst of {len(metric.slices)} slices: {found.slice})" if found.slice is not None else ""
    said = [words(value)]
    if (over := compared(found.over_baseline, metric.unit, "the baseline")) is not None:
        said.append(words(over))
    there = gate.verdict.production
    over = compared(gate.over_production, metric.unit, "production")
    if there is not None and there != run.name and over is not None:
        said.append(f"{words(over)} ({name(there)})")
    best = name(metric.name) if gate.asked is not None else f"Best {name(metric.name)}"
    return f"{best}: {', '.join(said)}."


def _names(runs: Sequence[str], name: Show) -> str:
    return listed([name(run) for run in runs], MOST_NAMES)
