"""Advice on techniques: from a problem type and what is known of it to a path, with the ground of each line.

Which techniques and rules there are, and when each holds, the playbook says. A pure function of playbook and facts, so
the same plan gives the same advice. What is unknown stays unknown: a rule that asks for it is not applied, and the
answer says what it would change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.domain.advice_facts import (
    CONSTRAINTS,
    AdviceQuery,
    ConstraintFact,
    Value,
    bounds_words,
    build_facts,
    condition_words,
    constraint_name,
    holds,
    known_values,
    value_words,
)
from planner.domain.advice_models import (
    Advice,
    AdviceLine,
    AdviceStep,
    Alternative,
    Effect,
    MetricAdvice,
    NeededComponent,
    OpenQuestion,
)
from planner.domain.infrastructure import Checklist
from planner.domain.metrics import Contract
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_advice import STEPS, Bounds, Part, Rule, Step, Technique, TechniqueGuide
from planner.domain.projects import Project

STEP_NAMES: Mapping[Step, str] = {
    "baseline": "Baseline",
    "stronger": "Stronger",
    "state_of_the_art": "State of the art",
}


class Lines(Model):
    """The entries of the playbook that apply; the parts hold the id of each rule with it."""

    steps: tuple[tuple[Step, Technique], ...]
    parts: dict[Part, tuple[tuple[str, Rule], ...]]


def build_advice(
    query: AdviceQuery, project: Project, contract: Contract | None, checklist: Checklist, playbook: Playbook
) -> Advice:
    """The advice on a project; the query's problem type, where it has one, instead of the project's."""
    kind = playbook.problem_type(query.problem_type or project.problem_type)
    facts = build_facts(query, contract, checklist, playbook)
    if kind is None:
        return _without_problem_type(facts)
    guide, known = playbook.guide(kind.id), known_values(facts, kind.id, project)
    lines = _applying(guide, known, playbook)
    steps = tuple(_step(step, taken, guide, known, playbook) for step, taken in lines.steps if guide)
    parts = {part: tuple(_line(rule, name, playbook) for name, rule in rules) for part, rules in lines.parts.items()}
    everything = [step.technique for step in steps] + [line for part in parts.values() for line in part]
    return Advice(
        problem_type=kind.id,
        name=kind.name,
        missing=None if guide else "guide",
        facts=facts,
        steps=steps,
        approach=parts["approach"],
        losses=parts["losses"],
        metrics=_metrics(kind.id, playbook),
        measuring=parts["metrics"],
        data=parts["data"],
        pitfalls=parts["pitfalls"],
        debugging=parts["debugging"],
        open_questions=tuple(
            sorted(_open_questions(facts, guide, known, playbook), key=lambda question: not question.path)
        ),
        components=_components(everything, checklist),
    )


def _without_problem_type(facts: tuple[ConstraintFact, ...]) -> Advice:
    return Advice(
        problem_type=None,
        name="",
        missing="problem_type",
        facts=facts,
        steps=(),
        approach=(),
        losses=(),
        metrics=(),
        measuring=(),
        data=(),
        pitfalls=(),
        debugging=(),
        open_questions=(),
        components=(),
    )


def _applying(guide: TechniqueGuide | None, known: Mapping[str, Value], playbook: Playbook) -> Lines:
    """What holds for certain; of each step the first technique that does."""
    steps = []
    for step in STEPS if guide else ():
        taken = next(one for one in getattr(guide, step) if holds(one.when, known))
        steps.append((step, taken))
    parts: dict[Part, list[tuple[str, Rule]]] = {
        part: [(rule.id, rule) for rule in playbook.advice_rules if rule.part == part and holds(rule.when, known)]
        for part in ("approach", "data", "losses", "metrics", "pitfalls", "debugging")
    }
    own_parts: tuple[Part, ...] = ("losses", "data", "pitfalls", "debugging")
    for part in own_parts if guide else ():
        rules: tuple[Rule, ...] = getattr(guide, part)
        own = [(_id(guide, rule), rule) for rule in rules if holds(rule.when, known)]
        # What is special to the problem type comes first, but for debugging: there the common order comes first.
        parts[part] = [*parts[part], *own] if part == "debugging" else [*own, *parts[part]]
    return Lines.model_construct(steps=tuple(steps), parts={part: tuple(rules) for part, rules in parts.items()})


def _id(guide: TechniqueGuide | None, entry: Rule | Technique) -> str:
    """An entry of a guide is named after its problem type; a general rule has the id alone."""
    return f"{guide.problem_type}.{entry.id}" if guide else entry.id


def _step(
    step: Step, taken: Technique, guide: TechniqueGuide, known: Mapping[str, Value], playbook: Playbook
) -> AdviceStep:
    techniques: Sequence[Technique] = getattr(guide, step)
    others = []
    for place, one in enumerate(techniques):
        if one is not taken:
            earlier = place < techniques.index(taken)
            others.append(
                Alternative(
                    rule=_id(guide, one),
                    name=one.name,
                    when=condition_words(one.when, playbook),
                    open=earlier and holds(one.when, known) is None,
                    licence=one.licence,
                )
            )
    return AdviceStep(
        step=step,
        name=STEP_NAMES[step],
        technique=_line(taken, _id(guide, taken), playbook),
        enough=taken.enough,
        licence=taken.licence,
        alternatives=tuple(others),
    )


def _line(entry: Rule | Technique, rule: str, playbook: Playbook) -> AdviceLine:
    return AdviceLine(
        rule=rule,
        name=entry.name,
        text=entry.text,
        because=condition_words(entry.when, playbook),
        unless=entry.unless if isinstance(entry, Rule) else "",
        notes=entry.notes,
        components=entry.components,
        source=entry.source,
    )


def _metrics(problem_type: str, playbook: Playbook) -> tuple[MetricAdvice, ...]:
    template = playbook.metric_template(problem_type)
    found = []
    for line in template.metrics if template else ():
        hint = playbook.metric_hint(line.metric)
        name = hint.name if hint else line.metric
        rule, source = f"metric_templates.{problem_type}", template.source if template else ""
        found.append(
            MetricAdvice(rule=rule, metric=line.metric, name=name, role=line.role, why=line.why, source=source)
        )
    return tuple(found)


def _components(lines: Sequence[AdviceLine], checklist: Checklist) -> tuple[NeededComponent, ...]:
    needed = []
    for entry in checklist.lines:
        by = tuple(line.name for line in lines if entry.component in line.components)
        if by and entry.requirement != "not_applicable":
            needed.append(
                NeededComponent(component=entry.component, name=entry.name, called_for_by=by, status=entry.status)
            )
    return tuple(needed)


def _open_questions(
    facts: Sequence[ConstraintFact], guide: TechniqueGuide | None, known: Mapping[str, Value], playbook: Playbook
) -> Iterator[OpenQuestion]:
    """Every unknown of which an answer changes a line, with what each answer changes; tried, not guessed."""
    questions: dict[str, str] = {fact.constraint: fact.question for fact in facts}
    lines = _applying(guide, known, playbook)
    now = _names(lines, guide)
    for name in (*CONSTRAINTS, "archetype", "stage"):
        if known[name] is not None:
            continue
        effects, path = [], False
        for value, words in _answers(name, guide, playbook):
            others = _applying(guide, {**known, name: value}, playbook)
            then = _names(others, guide)
            path = path or others.steps != lines.steps
            adds = tuple(called for rule, called in then.items() if rule not in now)
            drops = tuple(called for rule, called in now.items() if rule not in then)
            if adds or drops:
                effects.append(Effect(value=words, adds=adds, drops=drops))
        if effects:
            yield OpenQuestion(
                constraint=name,
                name=constraint_name(name, playbook),
                question=questions.get(name, ""),
                path=path,
                effects=tuple(effects),
            )


def _names(lines: Lines, guide: TechniqueGuide | None) -> dict[str, str]:
    """The names of what applies, by id, the path first."""
    found = {_id(guide, taken): f"{STEP_NAMES[step]}: {taken.name}" for step, taken in lines.steps}
    return found | {name: rule.name for rules in lines.parts.values() for name, rule in rules}


def _answers(name: str, guide: TechniqueGuide | None, playbook: Playbook) -> Iterator[tuple[Value, str]]:
    """The answers that conditions tell apart, with their words: each value named, or a number from each span."""
    entries = [*playbook.advice_rules, *(entry for _, entry in (guide.entries if guide else ()))]
    wanted = [entry.when.asked[name] for entry in entries if name in entry.when.asked]
    edges = sorted(
        {edge for span in wanted if isinstance(span, Bounds) for edge in (span.at_least, span.below) if edge}
    )
    if edges:
        for low, high in zip([None, *edges], [*edges, None], strict=True):
            words = bounds_words(name, Bounds(at_least=low, below=high), playbook)
            yield low if low is not None else edges[0] / 2, words
        return
    values = {value: None for options in wanted if not isinstance(options, Bounds) for value in options}
    for value in values:
        yield value, value_words(name, value, playbook)
