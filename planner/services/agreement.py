"""How far the assessors of a portfolio agree, and how each of them uses the scale."""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.agreement import Agreement, ProjectAgreement, build_agreement, with_cells
from planner.domain.assessors import AssessorUse, build_assessors
from planner.domain.concordance import Metric
from planner.domain.portfolios import top_of
from planner.domain.rounds import RoundStatus
from planner.services.kept import kept
from planner.services.opinions import Heard, load_heard, load_rounds, questions_asked
from planner.services.workspace import Reading, Workspace, reading

DEFAULT_PROJECTS, MAX_PROJECTS = 50, 200  # whose answers are told in full


def get_agreement(
    ws: Workspace, slug: str, metric: Metric = "ordinal", top: int | None = None, limit: int = DEFAULT_PROJECTS
) -> Agreement:
    """The agreement of a portfolio; NotFound. `limit` is the number of projects told, the most uncertain first.

    Projects of which the actor still owes answers in an open round are held back: whoever scores stays blind.
    Invalid for a `top` that is no number of projects there are.
    """
    with reading(ws, slug) as found:
        return load_agreement(ws, found, metric, top, limit)


def load_agreement(
    ws: Workspace, found: Reading, metric: Metric = "ordinal", top: int | None = None, limit: int = DEFAULT_PROJECTS
) -> Agreement:
    """The same inside a transaction that is open already."""
    heard = load_heard(ws, found)
    agreement, projects = _agreement(ws, found, heard, metric, top)
    told = tuple(with_cells(project, heard.opinions) for project in projects[:limit])
    return agreement.model_copy(update={"projects": told})


def _agreement(
    ws: Workspace, found: Reading, heard: Heard, metric: Metric, top: int | None
) -> tuple[Agreement, list[ProjectAgreement]]:
    """The agreement without projects, and the projects that the actor may see, without their cells."""
    k = top_of(found.portfolio, len(heard.opinions.points), top)
    share = found.portfolio.priority_impact_share
    whole = kept(
        ws,
        found.portfolio,
        ("agreement", metric, k),
        lambda: build_agreement(
            heard.opinions, found.playbook, found.playbook.priority_impact_share if share is None else share, k, metric
        ),
    )
    hidden = _held_back(heard, ws.actor)
    shown = [project for project in whole.projects if project.key not in hidden]
    agreement = whole.model_copy(
        update={
            "projects": (),
            "talk": tuple(key for key in whole.talk if key not in hidden),
            "data": tuple(key for key in whole.data if key not in hidden),
            "held_back": len(whole.projects) - len(shown),
        }
    )
    return agreement, shown


@dataclass(frozen=True)
class AgreementReport:
    """What a lead needs to see of scoring together, in one view of the portfolio."""

    agreement: Agreement  # its projects are left out: those that matter stand below
    talk: tuple[ProjectAgreement, ...]  # the first of those that need a talk, the widest argument first
    data: tuple[ProjectAgreement, ...]  # the first of those that need data, the widest ignorance first
    assessors: tuple[AssessorUse, ...]
    rounds: tuple[RoundStatus, ...]  # the newest first
    projects: int  # in the portfolio


def get_agreement_report(ws: Workspace, slug: str, metric: Metric = "ordinal", first: int = 20) -> AgreementReport:
    """The agreement with the `first` projects that need a talk and those that need data, and all rounds; NotFound."""
    with reading(ws, slug) as found:
        return load_agreement_report(ws, found, metric, first)


def load_agreement_report(
    ws: Workspace, found: Reading, metric: Metric = "ordinal", first: int = 20
) -> AgreementReport:
    """The same inside a transaction that is open already."""
    heard = load_heard(ws, found)
    agreement, projects = _agreement(ws, found, heard, metric, None)
    by_key = {project.key: project for project in projects}

    def told(keys: tuple[str, ...]) -> tuple[ProjectAgreement, ...]:
        return tuple(with_cells(by_key[key], heard.opinions) for key in keys[:first])

    return AgreementReport(
        agreement=agreement,
        talk=told(agreement.talk),
        data=told(agreement.data),
        assessors=load_assessors(ws, found),
        rounds=load_rounds(heard),
        projects=len(heard.opinions.points),
    )


def _held_back(heard: Heard, actor: str) -> set[str]:
    """Keys of the projects of which the actor still owes answers."""
    if heard.present is None:
        return set()
    return {key for key, _ in heard.open[heard.present.number].get(actor, ())}


def list_assessors(ws: Workspace, slug: str) -> tuple[AssessorUse, ...]:
    """How everybody uses the scale who has answered or was asked in a round, by name; NotFound."""
    with reading(ws, slug) as found:
        return load_assessors(ws, found)


def load_assessors(ws: Workspace, found: Reading) -> tuple[AssessorUse, ...]:
    """The same inside a transaction that is open already."""
    heard = load_heard(ws, found)
    return kept(
        ws,
        found.portfolio,
        "assessors",
        lambda: build_assessors(heard.opinions, found.playbook, _asked(heard)),
    )


def _asked(heard: Heard) -> dict[str, tuple[int, int]]:
    """(asked, left blank) over all rounds by assessor."""
    found = dict[str, tuple[int, int]]()
    for one in heard.rounds:
        asked = questions_asked(heard, one)
        for name in one.assessors:
            blank = sum(len(criteria) for _, criteria in heard.open[one.number][name])
            before = found.get(name, (0, 0))
            found[name] = (before[0] + asked, before[1] + blank)
    return found
