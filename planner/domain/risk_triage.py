"""Which tier of risk a project falls into by somebody's rules: categorical, cited, and open while answers are missing.

Answers are yes, no or not known (Kleene's strong logic of three values). The rules are tried in their order. A tier is
given only when every way to answer what is missing leads to it; else the answer is what to find out first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from pydantic import Field

from planner.domain.assessments import Current
from planner.domain.model import Model
from planner.domain.playbook_readiness import Condition, RiskRules, RiskTier

Truth = bool | None
ASKED = 8  # open questions that are named first


class RiskLine(Model):
    """A question and its answer. An answer to another version of the rules does not count until it is given again."""

    question: str = Field(description="Id of the question.")
    group: str = Field(description="Id of its group.")
    name: str
    help: str
    source: str
    answer: str | None = Field(description="Yes, no or unknown; null until somebody answers.")
    outdated: bool = Field(default=False, description="Whether another version of the rules was answered.")
    needed: bool = Field(default=False, description="Whether the tier hangs on it now.")
    note: str = ""
    recorded_at: datetime | None = None
    recorded_by: str | None = None


class RiskNote(Model):
    """Something to know beside the tier."""

    text: str = Field(description="What it is.")
    source: str


class RiskTriage(Model):
    """The triage of a project by one set of rules. `tier` is null while it cannot be told."""

    rules: str = Field(description="Id of the rules.")
    name: str
    version: int = Field(description="The version of the rules.")
    as_of: date = Field(description="The day on which the rules were understood so.")
    jurisdiction: str = Field(description="Where they hold.")
    summary: str = Field(description="What the rules are.")
    disclaimer: str = Field(description="What the triage is not.")
    unverified: str = Field(description="What could not be confirmed.")
    source: str
    tier: str | None = Field(description="Id of the tier; null while it cannot be told.")
    tier_name: str | None = Field(description="The tier in words.")
    severity: str | None = Field(description="How grave the tier is: forbidden, high, limited or low.")
    meaning: str = Field(description="What follows from it.")
    applies: str = Field(description="From when its duties hold.")
    because: str = Field(description="What the tier is taken from.")
    possible: tuple[str, ...] = Field(description="Names of the tiers that are possible by what is answered so far.")
    answer_next: tuple[str, ...] = Field(description="Questions that the tier hangs on, by id.")
    remarks: tuple[RiskNote, ...] = Field(description="What to know beside it.")
    answered: int = Field(description="Questions answered yes or no.")
    of: int = Field(description="How many questions there are.")
    lines: tuple[RiskLine, ...] = Field(description="Every question, in the order of the playbook.")


def evaluate(condition: Condition, answers: Mapping[str, Truth], rules: RiskRules) -> Truth:
    """Whether a condition holds: true, false, or null where it hangs on what is not known."""
    every = _all(answers.get(q) for name in condition.all_of for q in rules.members(name))
    some = _any(answers.get(q) for name in condition.any_of for q in rules.members(name)) if condition.any_of else True
    barred = _any(answers.get(q) for name in condition.none_of for q in rules.members(name))
    return _all((every, some, None if barred is None else not barred))


def _all(values: Iterable[Truth]) -> Truth:
    found = set(values)
    return False if False in found else None if None in found else True


def _any(values: Iterable[Truth]) -> Truth:
    found = set(values)
    return True if True in found else None if None in found else False


def decide_tier(rules: RiskRules, answers: Mapping[str, Truth]) -> tuple[tuple[RiskTier, str] | None, tuple[str, ...]]:
    """The tier with what it is taken from, or None; and the ids of the tiers that are possible."""
    possible: dict[str, str] = {}
    for rule in rules.rules:
        holds = evaluate(rule, answers, rules)
        if holds is not False:
            # Where several rules give the same tier, the one that holds for sure says why.
            possible[rule.tier] = rule.source if holds else possible.get(rule.tier, rule.source)
        if holds:
            break
    if len(possible) == 1:
        ((tier, source),) = possible.items()
        return (rules.tier(tier), source), (tier,)
    return None, tuple(possible)


def needed_questions(rules: RiskRules, answers: Mapping[str, Truth]) -> tuple[str, ...]:
    """What is not answered and decides the first rule that hangs on it, in the order of the questions."""
    if decide_tier(rules, answers)[0] is not None:
        return ()
    rule = next(rule for rule in rules.rules if evaluate(rule, answers, rules) is None)
    named = {question for _, name in rule.names for question in rules.members(name)}
    return tuple(q.id for q in rules.questions if q.id in named and answers.get(q.id) is None)


def triage(rules: RiskRules, present: Current) -> RiskTriage:
    """The triage of a project by its answers."""
    stated = {q.id: one for q in rules.questions if (one := present.get(("risk", rules.id, q.id))) is not None}
    answers = {
        question: {"yes": True, "no": False}.get(one.value or "")
        for question, one in stated.items()
        if one.rules_version == rules.version
    }
    found, possible = decide_tier(rules, answers)
    needed = needed_questions(rules, answers)
    lines = []
    for group in rules.groups:
        for question in group.questions:
            said = stated.get(question.id)
            lines.append(
                RiskLine.model_construct(
                    question=question.id,
                    group=group.id,
                    name=question.name,
                    help=question.help,
                    source=question.source,
                    answer=said.value if said else None,
                    outdated=said is not None and said.rules_version != rules.version,
                    needed=question.id in needed,
                    note=said.note if said else "",
                    recorded_at=said.recorded_at if said else None,
                    recorded_by=said.recorded_by if said else None,
                )
            )
    tier = found[0] if found else None
    return RiskTriage.model_construct(
        rules=rules.id,
        name=rules.name,
        version=rules.version,
        as_of=rules.as_of,
        jurisdiction=rules.jurisdiction,
        summary=rules.summary,
        disclaimer=rules.disclaimer,
        unverified=rules.unverified,
        source=rules.source,
        tier=tier.id if tier else None,
        tier_name=tier.name if tier else None,
        severity=tier.severity if tier else None,
        meaning=tier.meaning if tier else "",
        applies=tier.applies if tier else "",
        because=found[1] if found else "",
        possible=tuple(rules.tier(name).name for name in possible),
        answer_next=needed[:ASKED],
        remarks=tuple(
            RiskNote(text=remark.name, source=remark.source)
            for remark in rules.remarks
            if evaluate(remark, answers, rules) and (not remark.tiers or (tier is not None and tier.id in remark.tiers))
        ),
        answered=sum(answer is not None for answer in answers.values()),
        of=len(lines),
        lines=tuple(lines),
    )
