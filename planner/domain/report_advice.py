"""What a project's report says of techniques: the path, its ground, and the first pitfalls."""

from __future__ import annotations

from planner.domain.advice_models import Advice
from planner.domain.report_models import Section
from planner.domain.wording import listed

PITFALLS = 3


def advice_sections(advice: Advice | None) -> tuple[Section, ...]:
    """The section on techniques; none where there is no path to tell."""
    if advice is None or not advice.steps:
        return ()
    open_ones = [question.name for question in advice.open_questions if question.path]
    known = [f"{fact.name[:1].lower()}{fact.name[1:]}: {fact.words}" for fact in advice.facts if fact.value is not None]
    by = f"with {listed(known)}" if known else "by the problem type alone"
    sentences = [
        f"What the playbook advises for {advice.name.lower()}, {by}. One stops at the first step that is enough."
    ]
    sentences += [f"Pitfall: {line.name}. {line.text} [{line.rule}]" for line in advice.pitfalls[:PITFALLS]]
    if open_ones:
        sentences.append(f"Not known, and able to change the path: {listed(open_ones)}.")
    return (
        Section(
            title="Techniques",
            sentences=tuple(sentences),
            columns=("Step", "Enough when", "Rule and source"),
            numbers=(False, False, False),
            rows=tuple(
                (f"{step.name}: {step.technique.name}", step.enough, f"{step.technique.rule}: {step.technique.source}")
                for step in advice.steps
            ),
            not_listed=0,
            kind="steps are",
        ),
    )
