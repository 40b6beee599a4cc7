"""Scoring rounds: who is asked which questions about which projects, what is owed, and who may see what meanwhile.

A round is blind: nobody sees what others say to a question before having answered it. A later round that asks the
same question again shows how the answers lay before, without names: reasons shall move people, not ranks (the
Delphi method: N. Dalkey and O. Helmer 1963, Manag. Sci. 9:458; G. Rowe and G. Wright 1999, Int. J. Forecast. 15:353).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Literal, Self
from urllib.parse import quote

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints, model_validator

from planner.domain.errors import FieldError, Invalid
from planner.domain.model import Model, Name, at_most
from planner.domain.playbook import Playbook
from planner.domain.scoring import Answer, current_answers
from planner.domain.wording import day, plural

MAX_INVITED, MAX_CRITERIA, MAX_PROJECTS, MAX_ROUNDS = 200, 100, 20_000, 1_000
MENTIONED = 20  # projects that a reminder names

Assessor = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
Invited = Annotated[tuple[Assessor, ...], Field(min_length=1, max_length=MAX_INVITED), at_most(MAX_INVITED)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,9}-[1-9][0-9]{0,8}$")]


Scope = Literal["all", "scored", "unscored", "disputed"]


class RoundDraft(Model):
    """What a lead gives to open a round; what is left out asks everything."""

    name: Name = Field(examples=["Autumn planning"])
    assessors: Invited = Field(description="Who is asked, by the names under which they answer.", examples=[["Mara"]])
    projects: Annotated[tuple[Key, ...], Field(max_length=MAX_PROJECTS), at_most(MAX_PROJECTS)] | None = Field(
        default=None, description="Keys of the projects asked about; null takes those of `scope`."
    )
    scope: Scope = Field(
        default="all",
        description="Which projects, when none are named: all, those scored, unscored, or disputed (needing a talk).",
    )
    criteria: Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_CRITERIA), at_most(MAX_CRITERIA)] | None = (
        Field(default=None, description="Ids of the criteria asked; null asks all of the playbook.")
    )
    due: date | None = Field(default=None, description="Until when answers are hoped for.")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.assessors)) < len(self.assessors):
            raise ValueError("an assessor is named twice")
        if self.projects is not None and self.scope != "all":
            raise ValueError("name the projects or a scope, not both")
        return self


class RoundPatch(Model):
    """What may change of a round that is open; fields left out stay as they are."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    name: Name = Field(default="", validate_default=False, description="Cannot be emptied.")
    assessors: Invited = Field(default=(), validate_default=False, description="Everybody who is asked from now on.")
    due: date | None = Field(default=None, description="Until when answers are hoped for.")
    closed: bool = Field(default=False, description="True closes the round for good.")


class Round(Model):
    """A scoring round as it was opened, and closed."""

    number: int = Field(ge=1, description="Counts the rounds of the portfolio, from 1.")
    name: Name
    assessors: tuple[Assessor, ...] = Field(description="Who is asked.")
    projects: tuple[Key, ...] = Field(description="Keys of the projects it asks about.")
    criteria: tuple[str, ...] = Field(description="Ids of the criteria it asks.")
    due: date | None = Field(description="Until when answers are hoped for; null when not stated.")
    opened_at: AwareDatetime = Field(description="When it was opened.")
    opened_by: str = Field(description="Who opened it.")
    closed_at: AwareDatetime | None = Field(default=None, description="When it was closed; null while it is open.")
    closed_by: str | None = Field(default=None, description="Who closed it; null while it is open.")

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def overdue(self, today: date) -> bool:
        """Whether answers were hoped for before today and it is open still."""
        return self.is_open and self.due is not None and self.due < today

    def asks(self, project: str, criterion: str) -> bool:
        """Whether it asks this criterion of this project."""
        return criterion in self.criteria and project in self.projects


class Look(Model):
    """Somebody saw what others said before answering; it is kept, so that the round can say how blind it was."""

    number: int = Field(ge=1, description="Number of the round.")
    project: Key
    assessor: Assessor = Field(description="Under whose name the answers were shown.")
    recorded_at: AwareDatetime
    recorded_by: str


class OwedProject(Model):
    """A project of which an assessor still owes answers."""

    project: str
    name: str
    criteria: tuple[str, ...] = Field(description="Ids of the criteria still open.")
    url: str = Field(description="Where they are answered, without the address of the service.")


class Owed(Model):
    """What one assessor of a round has answered and still owes."""

    assessor: str
    asked: int = Field(description="Questions the round asks of them.")
    answered: int = Field(description="Of these, questions they have answered.")
    owed: int = Field(description="Of these, questions still open; left blank when the round is closed.")
    looked: int = Field(description="Projects whose answers they saw before answering.")
    projects: tuple[OwedProject, ...] = Field(description="Where answers are owed, in the order of the keys.")
    reminder: str = Field(description="A text ready to be sent; empty when nothing is owed.")


class RoundStatus(Model):
    """A round and how far it is."""

    round: Round = Field(description="The round.")
    repeats: int | None = Field(description="Number of the round before that asked some of the same; null if none.")
    asked: int = Field(description="Questions asked of all assessors together.")
    answered: int = Field(description="Of these, questions answered.")


class Earlier(Model):
    """How the answers to a question lay before a round asked it again, without names."""

    number: int = Field(description="Number of the round before that asked it.")
    levels: tuple[int, int, int, int, int] = Field(description="How many people gave each level from 1 to 5.")
    not_applicable: int = Field(description="How many said that it does not apply.")
    rationales: tuple[tuple[int | None, str], ...] = Field(description="(level, reason), by level, without names.")


def check_draft(
    draft: RoundDraft, playbook: Playbook, keys: Sequence[str], in_scope: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(projects, criteria) that the round asks, in their order. Invalid for what there is not, or when that is nothing.

    `keys` are those of the projects there are, `in_scope` those of the draft's scope.
    """
    errors, known = list[FieldError](), [criterion.id for criterion in playbook.criteria]
    for index, criterion in enumerate(draft.criteria or ()):
        if criterion not in known:
            errors.append(FieldError(field=f"criteria.{index}", message=f"not a criterion; one of: {', '.join(known)}"))
    there = set(keys)
    for index, key in enumerate(draft.projects or ()):
        if key not in there:
            errors.append(FieldError(field=f"projects.{index}", message=f"there is no project {key} in the portfolio"))
    wanted = set(in_scope if draft.projects is None else draft.projects)
    chosen = tuple(key for key in keys if key in wanted)
    if not chosen and not errors:
        field, message = (
            ("scope", f"no project is {draft.scope}") if draft.scope != "all" else ("projects", "no project")
        )
        errors.append(FieldError(field=field, message=f"{message}: there is nothing to ask about"))
    if errors:
        raise Invalid(errors[:20])
    return chosen, tuple(c for c in known if draft.criteria is None or c in draft.criteria)


def present_round(rounds: Iterable[Round]) -> Round | None:
    """The round that is open; there is at most one in a portfolio."""
    return next((one for one in rounds if one.is_open), None)


def earlier_round(this: Round, rounds: Iterable[Round], project: str, criterion: str) -> Round | None:
    """The last round before this one that asked the same question."""
    before = [r for r in rounds if r.number < this.number and r.asks(project, criterion)]
    return max(before, key=lambda found: found.number, default=None)


def counts_in(answer: Answer, this: Round, asked_before: bool) -> bool:
    """Whether an answer is one to this round's question.

    What was answered before the first round that asks it is not asked again. A round that repeats a question wants it
    answered anew, be it with the same level.
    """
    return (not asked_before or answer.recorded_at >= this.opened_at) and (
        this.closed_at is None or answer.recorded_at <= this.closed_at
    )


OpenQuestions = tuple[tuple[str, tuple[str, ...]], ...]  # (project key, ids of the criteria still open)


def asked_anew(answer: Answer, project: str, this: Round, rounds: Iterable[Round]) -> bool:
    """Whether the round wants this answer once more: it repeats the question, and the answer is from before."""
    if not this.asks(project, answer.criterion) or answer.recorded_at >= this.opened_at:
        return False
    return earlier_round(this, rounds, project, answer.criterion) is not None


def open_questions(
    this: Round, rounds: Sequence[Round], history: Mapping[str, Sequence[Answer]]
) -> dict[str, OpenQuestions]:
    """What each assessor has still to answer, or left blank when the round is closed.

    `history` has for each project that still exists all answers ever given, in their order.
    """
    before: dict[str, set[str]] = {}
    for other in rounds:
        if other.number < this.number:
            for project in other.projects:
                before.setdefault(project, set()).update(other.criteria)
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {name: [] for name in this.assessors}
    for project in this.projects:
        if project not in history:
            continue  # it is in the bin
        then = [a for a in history[project] if this.closed_at is None or a.recorded_at <= this.closed_at]
        again = before.get(project, set())
        done: dict[str, set[str]] = {}
        for answer in current_answers(then):
            if counts_in(answer, this, answer.criterion in again):
                done.setdefault(answer.assessor, set()).add(answer.criterion)
        for name, open_ones in found.items():
            answered = done.get(name)
            left = this.criteria if answered is None else tuple(c for c in this.criteria if c not in answered)
            if left:
                open_ones.append((project, left))
    return {name: tuple(open_ones) for name, open_ones in found.items()}


class Sight(Model):
    """What one assessor may see of the answers to one project."""

    answers: tuple[Answer, ...] = Field(description="Their own, and those of others that are not held back.")
    hidden: dict[str, int] = Field(
        description="By criterion where answers are held back: how many others have answered in the round."
    )
    earlier: dict[str, Earlier] = Field(description="By criterion, how the answers lay before it was asked again.")
    asked: tuple[str, ...] = Field(description="Criteria that an open round still asks of them.")


def sight(
    history: Sequence[Answer],
    project: str,
    assessor: str,
    this: Round | None,
    rounds: Sequence[Round],
    looked: bool = False,
) -> Sight:
    """What an assessor may see of a project. `this` is the open round, `looked` whether they chose to see it all."""
    current = current_answers(history)
    if this is None or project not in this.projects:
        return Sight(answers=tuple(current), hidden={}, earlier={}, asked=())
    shown, hidden, earlier, asked = list[Answer](), dict[str, int](), dict[str, Earlier](), list[str]()
    for criterion in dict.fromkeys([*this.criteria, *(answer.criterion for answer in current)]):
        given = [answer for answer in current if answer.criterion == criterion]
        if criterion not in this.criteria:
            shown += given
            continue
        before = earlier_round(this, rounds, project, criterion)
        if before is not None:
            then = [a for a in history if a.criterion == criterion and a.recorded_at < this.opened_at]
            earlier[criterion] = _earlier(before.number, current_answers(then))
        own = [answer for answer in given if answer.assessor == assessor]
        answered = any(counts_in(answer, this, before is not None) for answer in own)
        if not answered and assessor in this.assessors:
            asked.append(criterion)
        if answered or looked:
            shown += given
        else:
            shown += own
            others = [answer for answer in given if answer.assessor != assessor]
            if others:
                hidden[criterion] = sum(counts_in(answer, this, before is not None) for answer in others)
    return Sight(answers=tuple(shown), hidden=hidden, earlier=earlier, asked=tuple(asked))


def _earlier(number: int, answers: Sequence[Answer]) -> Earlier:
    counts = [sum(1 for a in answers if a.level == level) for level in range(1, 6)]
    reasons = sorted(((a.level, a.rationale) for a in answers if a.rationale), key=lambda r: (r[0] or 0, r[1]))
    return Earlier(
        number=number,
        levels=(counts[0], counts[1], counts[2], counts[3], counts[4]),
        not_applicable=sum(1 for a in answers if a.level is None),
        rationales=tuple(reasons),
    )


def owed_url(project: str, assessor: str) -> str:
    """Where an assessor answers the questions on a project, without the address of the service."""
    return f"/projects/{project}/score?assessor={quote(assessor)}"


def reminder(this: Round, portfolio: str, owed: Owed, playbook: Playbook, base: str = "") -> str:
    """A plain text that tells an assessor what is still open. `base` is the address of the service, for the links."""
    if not owed.owed:
        return ""
    due = f" Answers are hoped for by {day(this.due)}." if this.due else ""
    lines = [
        f"Dear {owed.assessor},",
        "",
        (
            f"in the scoring round “{this.name}” of {portfolio} {plural(owed.owed, 'question')} on "
            f"{plural(len(owed.projects), 'project')} {'is' if owed.owed == 1 else 'are'} still open for you.{due}"
        ),
        "",
    ]
    for project in owed.projects[:MENTIONED]:
        names = [c.name for c in playbook.criteria if c.id in project.criteria]
        asked = "all questions" if len(names) == len(playbook.criteria) else ", ".join(names)
        lines += [f"- {project.project} {project.name}: {asked}", f"  {base}{project.url}"]
    if len(owed.projects) > MENTIONED:
        lines.append(f"- and {plural(len(owed.projects) - MENTIONED, 'more project')}")
    lines += ["", "“I do not know” is an answer too: give a wide range, or mark it as a guess.", ""]
    return "\n".join(lines)
