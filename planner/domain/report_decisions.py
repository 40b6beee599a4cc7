"""The sections of a portfolio's report that help to decide: what to ask, where people disagree, what moved, what came.

Each is a few sentences and a short table of words, so that every format prints all of them alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.agenda import AgendaPage
from planner.domain.agenda_words import how_far
from planner.domain.agreement import Agreement, ProjectAgreement
from planner.domain.change_words import headline, rank_words
from planner.domain.changes import Changes, ProjectChange
from planner.domain.playbook import Playbook
from planner.domain.ranking import Ranking
from planner.domain.report_flow import flow_section
from planner.domain.report_models import Section
from planner.domain.report_readiness import portfolio_readiness_section
from planner.domain.report_records import Decisions
from planner.domain.selection_plan import Plan
from planner.domain.track_records import PortfolioForecasts
from planner.domain.wording import day, listed, num, pct, plural, signed

ROWS, RANKED, PLANNED = 10, 20, 30  # rows of a table, of the ranking and of the roadmap

ONE = {  # what is not listed, when it is one
    "projects are": "project is",
    "planned items are": "planned item is",
    "questions that can change the choice are": "question that can change the choice is",
    "such projects are": "such project is",
    "open forecasts are": "open forecast is",
    "projects whose rank differs are": "project whose rank differs is",
    "stuck projects are": "stuck project is",
}


def decision_sections(decisions: Decisions, playbook: Playbook) -> tuple[Section, ...]:
    """The sections in the order in which a reader needs them; one without anything to tell is left out."""
    sections = []
    if decisions.ranking.answered:
        sections.append(_ranking(decisions.ranking))
    sections.append(_agenda(decisions.agenda, playbook, only_open=decisions.only_open))
    if decisions.agreement is not None and len(decisions.agreement.assessors) > 1:
        sections.append(_agreement(decisions.agreement, decisions.talk, decisions.data, playbook))
    if decisions.roadmap is not None:
        sections.append(_roadmap(decisions.roadmap))
    if decisions.forecasts is not None and (decisions.forecasts.open or decisions.forecasts.ended):
        sections.append(_forecasts(decisions.forecasts))
    if decisions.readiness is not None and (ready := portfolio_readiness_section(decisions.readiness)) is not None:
        sections.append(ready)
    if decisions.flow is not None and (section := flow_section(decisions.flow)) is not None:
        sections.append(section)
    if decisions.changes is not None:
        sections.append(_changes(decisions.changes, playbook))
    return tuple(
        section.model_copy(update={"kind": ONE[section.kind]}) if section.not_listed == 1 else section
        for section in sections
    )


def _ranking(ranking: Ranking) -> Section:
    shown = ranking.items[:RANKED]
    sentence = (
        f"{plural(ranking.total, 'project')} in {plural(ranking.bands, 'band')}: inside a band the answers hardly tell "
        f"projects apart. The chance is that of being among the best {ranking.top:,}, from {ranking.samples:,} orders "
        f"drawn, good to {ranking.error * 100:.0f} points."
    )
    return Section(
        title="How sure the order is",
        sentences=(sentence,),
        columns=("Project", "Place", "Band", "Ranks it may have", "Chance"),
        numbers=(False, True, True, True, True),
        rows=tuple(
            (
                f"{one.key} {one.name}",
                f"{one.place:,}{'=' if one.tie else ''}",
                f"{one.band:,}",
                f"{one.rank_low:,} to {one.rank_high:,}",
                pct(one.p_top),
            )
            for one in shown
        ),
        not_listed=ranking.total - len(shown),
        kind="projects are",
    )


def _roadmap(plan: Plan) -> Section:
    proven = "no plan is worth more" if plan.gap == 0 else f"a better plan could add at most {pct(plan.gap)}"
    scarce = [load for load in plan.loads if load.binds]
    names = {resource.id: resource.name for resource in plan.resources}
    sentences = [f"{plural(len(plan.planned), 'item')} fit into {plural(len(plan.periods), 'period')}; {proven}."]
    if scarce:
        short = list(dict.fromkeys(f"{names.get(load.resource, load.resource)} in {load.period}" for load in scarce))
        sentences.append(f"Scarce are {listed(short, 4)}.")
    if plan.left_out:
        sentences.append(f"Left out: {listed([f'{one.id} {one.name}' for one in plan.left_out], 4)}.")
    return Section(
        title="What fits, and when",
        sentences=tuple(sentences),
        columns=("What", "Starts", "Ends", "Worth"),
        numbers=(False, False, False, True),
        rows=tuple(
            (
                f"{one.id} {one.name}" if one.kind == "project" else f"{one.name} (shared)",
                one.start,
                one.end,
                num(one.value, 2) if one.kind == "project" else "–",
            )
            for one in plan.planned[:PLANNED]
        ),
        not_listed=max(0, len(plan.planned) - PLANNED),
        kind="planned items are",
    )


def _agenda(agenda: AgendaPage, playbook: Playbook, *, only_open: bool) -> Section:
    sentences = [how_far(agenda, "open project" if only_open else "project")]
    if agenda.telling:
        sentences.append("The gain of a question is in points of priority, summed over the best.")
    if agenda.several_total:
        named = listed([f"{one.project} {one.name}" for one in agenda.several], 5)
        sentences.append(f"No single answer can move these projects, but several at once can: {named}.")
    names = {criterion.id: criterion.name for criterion in playbook.criteria}
    telling = [question for question in agenda.items if question.gain > 0]
    return Section(
        title="What to ask next",
        sentences=tuple(sentences),
        columns=("Project", "Question", "Whom", "Changes the choice", "Gain"),
        numbers=(False, False, False, True, True),
        rows=tuple(
            (
                f"{question.project} {question.name}",
                names.get(question.criterion, question.criterion),
                listed(question.assessors, 2) or "anybody",
                pct(question.flips),
                signed(round(question.gain, 3)),
            )
            for question in telling[:ROWS]
        ),
        not_listed=max(0, agenda.telling - min(len(telling), ROWS)),
        kind="questions that can change the choice are",
    )


def _agreement(
    agreement: Agreement, talk: Sequence[ProjectAgreement], data: Sequence[ProjectAgreement], playbook: Playbook
) -> Section:
    alpha = agreement.overall.alpha
    readings = {
        "reliable": "which is reliable",
        "tentative": "good enough for tentative conclusions",
        "unreliable": "which is not reliable",
    }
    reading = readings.get(agreement.overall.reading)
    talks, unsure = len(agreement.talk), len(agreement.data)
    need = (
        f"{plural(talks, 'project needs', 'projects need')} a talk, since people are sure of different things; "
        f"{unsure:,} {'needs' if unsure == 1 else 'need'} data, since whoever answered is not sure."
    )
    sentences = [need]
    if alpha is not None and reading is not None:
        sentences.append(f"Krippendorff's α over all answers is {num(alpha)}, {reading} (reliable from 0.80).")
    names = {criterion.id: criterion.name for criterion in playbook.criteria}
    needs: dict[str, tuple[ProjectAgreement, list[str]]] = {}
    for kind, projects in (("a talk", talk), ("data", data)):
        for project in projects:
            needs.setdefault(project.key, (project, []))[1].append(kind)
    shown = list(needs.values())[:ROWS]
    return Section(
        title="Where people disagree or do not know",
        sentences=tuple(sentences),
        columns=("Project", "Needs", "About", "People"),
        numbers=(False, False, False, True),
        rows=tuple(
            (
                f"{project.key} {project.name}",
                listed(kinds),
                listed([names.get(c, c) for c in dict.fromkeys((*project.talk, *project.data))], 3),
                f"{project.assessors:,}",
            )
            for project, kinds in shown
        ),
        not_listed=len({*agreement.talk, *agreement.data}) - len(shown),
        kind="such projects are",
    )


def _forecasts(forecasts: PortfolioForecasts) -> Section:
    base, overall = forecasts.calibration.base_rate.ended, forecasts.calibration.overall
    sentences = []
    if base is None:
        sentences.append("No project has ended in success or failure yet, so there is no base rate.")
    else:
        sentences.append(
            f"Of {plural(base.of, 'ended project')}, {base.successes:,} succeeded: {pct(base.share)}, known to lie "
            f"between {pct(base.low)} and {pct(base.high)}."
        )
    if overall.brier is not None:
        sentences.append(
            f"The forecasts of {plural(overall.forecasts, 'ended project')} have a Brier score of "
            f"{num(overall.brier, 3)}; 0 is perfect, 0.25 what saying one half each time gives."
        )
    return Section(
        title="Chances of success",
        sentences=tuple(sentences),
        columns=("Project", "Chance", "Between", "People", "By"),
        numbers=(False, True, True, True, True),
        rows=tuple(
            (
                f"{one.key} {one.name}",
                pct(one.mean),
                f"{pct(one.lowest)} and {pct(one.highest)}" if len(one.forecasters) > 1 else "–",
                f"{len(one.forecasters):,}",
                day(one.horizon),
            )
            for one in forecasts.open[:ROWS]
        ),
        not_listed=max(0, len(forecasts.open) - ROWS),
        kind="open forecasts are",
    )


def _changes(changes: Changes, playbook: Playbook) -> Section:
    names = {criterion.id: criterion.name for criterion in playbook.criteria}
    scored = [change for change in changes.items if change.rank_now != change.rank_then]
    return Section(
        title="What moved, and why",
        sentences=(f"{headline(changes)}.",),
        columns=("Project", "What happened", "Priority", "Strongest cause"),
        numbers=(False, False, True, False),
        rows=tuple(
            (
                f"{change.key} {change.name}",
                rank_words(change),
                num(change.now.priority.expected, 2) if change.now and change.now.answered else "–",
                _cause(change, names),
            )
            for change in scored[:ROWS]
        ),
        not_listed=max(0, len(scored) - ROWS),
        kind="projects whose rank differs are",
    )


def _cause(change: ProjectChange, names: dict[str, str]) -> str:
    """What moved the priority most in the direction of the rank, which can also change by what happened to others."""
    if change.climb is None:
        moved = [cause for cause in change.causes if cause.effect]
        if not moved:
            return "scored" if change.rank_then is None and change.rank_now is not None else "moves of others"
    else:
        moved = [cause for cause in change.causes if (cause.effect or 0) * change.climb > 0]
        if not moved or (change.difference or 0) * change.climb <= 0:
            return "moves of others"
    cause = max(moved, key=lambda cause: abs(cause.effect or 0))
    what = "settings of the portfolio"
    if cause.answer is not None:
        what = f"{names.get(cause.answer.criterion, cause.answer.criterion)}, answered by {cause.answer.assessor}"
    return f"{what} ({signed(round(cause.effect or 0, 2))})"
