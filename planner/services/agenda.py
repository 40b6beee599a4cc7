"""What to ask next in a portfolio, whom, and the walk through it question by question."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from planner.domain.agenda import (
    Agenda,
    AgendaPage,
    AssessorShare,
    ProjectGain,
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
from planner.domain.rounds import present_round
from planner.domain.scoring import Answer, Said, current_answers
from planner.services.candidates import load_candidates
from planner.services.kept import kept
from planner.services.opinions import load_heard
from planner.services.workspace import Reading, Workspace, reading
from planner.store import agenda as store
from planner.store import projects, rounds, scoring

MAX_QUESTIONS = 200
DEFAULT_QUESTIONS = 50
SEVERAL = 20  # projects that need several answers, as many as are shown
Asked = tuple[str, str]  # a question by the key of its project and the id of its criterion


@dataclass(frozen=True)
class Step:
    """One step of a walk through the agenda. Without a project there is nothing left to ask this assessor."""

    project: Project | None
    criterion: str
    question: Question | None  # None when the level is known for sure by now
    own: Answer | None  # what the assessor has answered to it
    left: int  # questions for this assessor that can change the best, alone or with others; this one not counted
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
    again: Mapping[Asked, Set[str]]  # whom the open round asks a question that they may have answered before
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
        asked = self.asked[position]
        again = self.again.get(asked, frozenset())
        return whom_to_ask(asked[1], [Voice(s.criterion, s.assessor, s.assessor in again) for s in said], owner)

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
            gain_of_project=float(self.agenda.whole.gain[self.agenda.project[position]]),
            place=self.agenda.place[self.agenda.project[position]],
            known=bool(answered_by),
            answered_by=answered_by,
            assessors=self.whom_at(position),
        )

    def asks(self, position: int, assessor: str) -> bool:
        """Whether a question can be put to somebody: not to who has answered it, unless a round asks them again."""
        asked = self.asked[position]
        return assessor in self.again.get(asked, ()) or assessor not in self.answered_by(position)

    @cached_property
    def several(self) -> tuple[ProjectGain, ...]:
        """The projects that need several answers at once, the most gain first."""
        first, last = self.agenda.telling, self.agenda.worth_asking
        open_here = Counter(self.agenda.project[first:last].tolist())
        alone = set(self.agenda.project[:first].tolist())
        return tuple(
            ProjectGain.model_construct(
                project=self.points[place].key,
                name=self.points[place].name,
                questions=questions,
                answered=self.points[place].standing.answered,
                place=self.agenda.place[place],
                gain=float(self.agenda.whole.gain[place]),
                flips=float(self.agenda.whole.flips[place]),
            )
            for place, questions in open_here.items()
            if place not in alone
        )

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
        return [
            position
            for position in every
            if assessor in self.whom[position] or (not self.whom[position] and self.asks(position, assessor))
        ]


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
    several = built.several
    if project is not None or assessor is not None:
        here = {built.asked[position][0] for position in wanted}
        several = tuple(one for one in several if one.project in here)
    return AgendaPage(
        items=tuple(built.question(position) for position in wanted[:limit]),
        total=len(wanted),
        telling=bisect_left(wanted, built.agenda.telling),
        top=built.agenda.top,
        projects=len(built.points),
        scored=sum(1 for point in built.points if point.standing.answered),
        settling=built.settling,
        everything=max(built.agenda.whole.everything, built.settling.gain if built.settling else 0.0),
        several=several[:SEVERAL],
        several_total=len(several),
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
    """The most valuable question that the assessor has neither answered nor skipped; or the question `at`.

    One that was answered before comes again only when an open round asks it again. When no single answer can change
    the best, the questions about projects follow of which several answers together can. With `mine`, only those for
    this assessor and those that anybody may answer. NotFound for an `at` that is no project of the portfolio, or no
    criterion.
    """
    with reading(ws, slug) as found:
        built = _built(ws, found, filters, top)
        midnight = ws.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        today = store.load_answered_since(found.connection, found.portfolio.id, assessor, midnight)
        not_now, worth_asking = set(skipped), built.agenda.worth_asking
        open_to = [
            position
            for position in built.positions(assessor if mine else None)
            if position < worth_asking and built.asked[position] not in not_now and built.asks(position, assessor)
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
        again = _asked_by_round(ws, found)
        return _Built(agenda, found.playbook, candidates.points, candidates.said, owners, again, settled)

    chosen = filters.model_copy(update={"sort": Filters().sort})  # the order of projects makes no difference
    return kept(ws, found.portfolio, ("agenda", chosen, k), build)


def _asked_by_round(ws: Workspace, found: Reading) -> Mapping[Asked, Set[str]]:
    """Whom the open round still asks each of its questions; nobody when none is open."""
    present = present_round(rounds.load_rounds(found.connection, found.portfolio.id))
    asked: dict[Asked, set[str]] = {}
    if present is not None:
        for name, owed in load_heard(ws, found).open[present.number].items():
            for key, criteria in owed:
                for criterion in criteria:
                    asked.setdefault((key, criterion), set()).add(name)
    return asked
