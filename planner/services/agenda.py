"""What to ask next in a portfolio, whom, and the walk through it question by question."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from planner.domain.agenda import (
    Agenda,
    AgendaPage,
    AssessorShare,
    Question,
    Settling,
    Voice,
    build_agenda,
    whom_to_ask,
)
from planner.domain.agenda_joint import settling
from planner.domain.errors import Invalid, NotFound
from planner.domain.matrix import ProjectPoint
from planner.domain.playbook import Playbook
from planner.domain.portfolios import top_of
from planner.domain.projects import Filters, Project
from planner.domain.scoring import Answer, Said, answer_range, current_answers
from planner.services.candidates import load_candidates
from planner.services.kept import kept
from planner.services.workspace import Reading, Workspace, reading
from planner.store import agenda as store
from planner.store import projects, scoring

MAX_QUESTIONS = 200
DEFAULT_QUESTIONS = 50
Asked = tuple[str, str]  # a question by the key of its project and the id of its criterion


@dataclass(frozen=True)
class Step:
    """One step of a walk through the agenda. Without a project there is nothing left to ask this assessor."""

    project: Project | None
    criterion: str
    question: Question | None  # None when the level is known for sure by now
    own: Answer | None  # what the assessor has answered to it
    left: int  # questions for this assessor whose answer can change the best, this one not counted
    answered_today: int  # by this assessor in this portfolio, by the day in UTC
    top: int
    projects: int

    @property
    def key(self) -> str:
        """The key of the project; empty when there is none."""
        return self.project.key if self.project else ""


@dataclass(frozen=True)
class _Built:
    """The agenda of some projects with its questions by name in their order, and what tells whom to ask."""

    agenda: Agenda
    playbook: Playbook
    points: tuple[ProjectPoint, ...]
    said: Mapping[int, tuple[Said, ...]]  # present answers and owners by the id of the project
    owners: Mapping[int, str]
    settling: Settling | None

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """Every question by its name."""
        keys, ids = [point.key for point in self.points], [criterion.id for criterion in self.playbook.criteria]
        columns = self.agenda.project.tolist(), self.agenda.criterion.tolist()
        return tuple((keys[project], ids[criterion]) for project, criterion in zip(*columns, strict=True))

    @cached_property
    def whom(self) -> tuple[tuple[str, ...], ...]:
        """Whom to ask every question. Only a view for one person needs it, and it takes as long as the agenda."""
        return tuple(self.whom_at(position) for position in range(len(self.asked)))

    @cached_property
    def shares(self) -> tuple[AssessorShare, ...]:
        """The telling questions by assessor; one that several people could answer counts for each of them."""
        counts: dict[str | None, tuple[int, float]] = {}
        for position, gain in enumerate(self.agenda.gain[: self.agenda.telling].tolist()):
            for name in self.whom_at(position) or (None,):
                count, total = counts.get(name, (0, 0.0))
                counts[name] = count + 1, total + gain
        shares = [AssessorShare(assessor=name, questions=n, gain=round(g, 6)) for name, (n, g) in counts.items()]
        return tuple(sorted(shares, key=lambda share: (-share.gain, share.assessor is None, share.assessor or "")))

    def whom_at(self, position: int) -> tuple[str, ...]:
        """Whom to ask one question; nobody named means anybody."""
        project = self.points[self.agenda.project[position]].id
        said, owner = self.said.get(project, ()), self.owners.get(project)
        if not said and not owner:
            return ()
        criterion = self.asked[position][1]
        here = [Voice(s.criterion, s.assessor, s.criterion == criterion and _sure(s, self.playbook)) for s in said]
        return whom_to_ask(criterion, here, owner)

    def answered_by(self, position: int) -> tuple[str, ...]:
        """Who has answered a question."""
        said = self.said.get(self.points[self.agenda.project[position]].id, ())
        return tuple(sorted(answer.assessor for answer in said if answer.criterion == self.asked[position][1]))

    def question(self, position: int) -> Question:
        """The question at a position."""
        (key, criterion), answered_by = self.asked[position], self.answered_by(position)
        return Question.model_construct(
            project=key,
            name=self.points[self.agenda.project[position]].name,
            criterion=criterion,
            gain=float(self.agenda.gain[position]),
            flips=float(self.agenda.flips[position]),
            place=self.agenda.place[self.agenda.project[position]],
            known=bool(answered_by),
            answered_by=answered_by,
            assessors=self.whom_at(position),
        )

    def asks(self, position: int, assessor: str) -> bool:
        """Whether a question can be put to somebody: not to whom is sure of the answer already."""
        return assessor in self.whom[position] or assessor not in self.answered_by(position)

    def positions(self, assessor: str | None, project: str | None = None) -> Sequence[int]:
        """The positions of the questions for an assessor or about a project, in order."""
        every: Sequence[int] = range(len(self.asked))
        if project is not None:
            key = next((point.key for point in self.points if project in (point.key, str(point.id))), None)
            if key is None:
                raise NotFound(f"There is no project {project[:40]} among those that compete here.")
            every = [position for position in every if self.asked[position][0] == key]
        if assessor is None:
            return every
        return [position for position in every if not self.whom[position] or assessor in self.whom[position]]


def get_agenda(
    ws: Workspace,
    slug: str,
    filters: Filters,
    top: int | None = None,
    limit: int = DEFAULT_QUESTIONS,
    assessor: str | None = None,
    project: str | None = None,
) -> AgendaPage:
    """The first questions of the agenda over the projects that the filters find, which compete for the best `top`.

    Of these, only those for one assessor (and those that anybody may answer) or about one project where one is named.
    Invalid for a `top` or a `limit` out of range and for filters by unknown words; NotFound for a project that is not
    among those found.
    """
    if not 1 <= limit <= MAX_QUESTIONS:
        raise Invalid.one("limit", f"from 1 to {MAX_QUESTIONS} questions")
    with reading(ws, slug) as found:
        return load_agenda(ws, found, filters, top, limit, assessor, project)


def load_agenda(
    ws: Workspace,
    found: Reading,
    filters: Filters,
    top: int | None = None,
    limit: int = DEFAULT_QUESTIONS,
    assessor: str | None = None,
    project: str | None = None,
) -> AgendaPage:
    """The same inside a transaction that is open already."""
    built = _built(ws, found, filters, top)
    wanted = built.positions(assessor, project)
    return AgendaPage(
        items=tuple(built.question(position) for position in wanted[:limit]),
        total=len(wanted),
        telling=bisect_left(wanted, built.agenda.telling),
        top=built.agenda.top,
        projects=len(built.points),
        scored=sum(1 for point in built.points if point.standing.answered),
        settling=built.settling,
        assessors=built.shares,
    )


def next_question(
    ws: Workspace,
    slug: str,
    assessor: str,
    filters: Filters,
    top: int | None = None,
    skipped: Collection[Asked] = (),
    at: Asked | None = None,
    *,
    mine: bool = False,
) -> Step:
    """The most valuable question that the assessor has neither answered today nor skipped; or the question `at`.

    One that was answered before comes again when the answer left more than one level. With `mine`, only those for this
    assessor and those that anybody may answer. NotFound for an `at` that is no project of the portfolio, or no
    criterion.
    """
    with reading(ws, slug) as found:
        built = _built(ws, found, filters, top)
        midnight = ws.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        today = store.load_answered_since(found.connection, found.portfolio.id, assessor, midnight)
        not_now, telling = {*today, *skipped}, built.agenda.telling
        open_to = [
            position
            for position in built.positions(assessor if mine else None)
            if position < telling and built.asked[position] not in not_now and built.asks(position, assessor)
        ]
        step = at or (built.asked[open_to[0]] if open_to else None)
        project = projects.get_project(found.connection, step[0]) if step else None
        if step and project and (project.portfolio != slug or found.playbook.criterion(step[1]) is None):
            raise NotFound("There is no such question in this portfolio.")
        step = (project.key, step[1]) if step and project else None  # as it is spelt, however it was asked for
        answers = current_answers(scoring.load_answers(found.connection, project.id)) if project else []
        return Step(
            project=project,
            criterion=step[1] if step else "",
            question=built.question(built.asked.index(step)) if step in built.asked else None,
            own=next((a for a in answers if step and (a.assessor, a.criterion) == (assessor, step[1])), None),
            left=sum(1 for position in open_to if built.asked[position] != step),
            answered_today=len(today),
            top=built.agenda.top,
            projects=len(built.points),
        )


def _built(ws: Workspace, found: Reading, filters: Filters, top: int | None) -> _Built:
    candidates = load_candidates(ws, found, filters)
    k = top_of(found.portfolio, len(candidates.points), top)
    share = found.portfolio.priority_impact_share

    def build() -> _Built:
        agenda = build_agenda(candidates.states, found.playbook, k, share)
        owners = store.load_owners(found.connection, found.portfolio.id)
        settled = settling(agenda, candidates.states, found.playbook, share)
        return _Built(agenda, found.playbook, candidates.points, candidates.said, owners, settled)

    chosen = filters.model_copy(update={"sort": Filters().sort})  # the order of projects makes no difference
    return kept(ws, found.portfolio, ("agenda", chosen, k), build)


def _sure(said: Said, playbook: Playbook) -> bool:
    """Whether an answer leaves one level: saying that it does not apply leaves no doubt either."""
    low, high = (1, 1) if said.level is None else answer_range(said, playbook)
    return low == high
