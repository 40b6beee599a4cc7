"""How far people agree, and where not: whether it takes a talk or takes data.

The variance of a mixed belief is the sum of two parts: the variance between the expected levels of the assessors,
which is an argument, and the mean of the variances that each of them leaves, which is ignorance. What nobody has
answered is a third thing and told apart from both.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from planner.domain.concordance import (
    Concordance,
    Metric,
    average_deviation,
    kendall_w,
    krippendorff_alpha,
    largest_complete_block,
    overlap_of_ranges,
    within_group_agreement,
)
from planner.domain.model import Model
from planner.domain.opinions import Opinions, own_priorities
from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import LEVELS
from planner.domain.scoring import triangle

# Krippendorff, Content Analysis, 2nd ed. 2004, p. 241: rely on variables with α ≥ .800; draw tentative conclusions
# from those with α ≥ .667.
RELIABLE, TENTATIVE = 0.8, 0.667
# Shared projects below which α is not read at all, and below which it moves a lot with every answer; rules of ours.
TOO_FEW, FEW = 5, 10
# An argument: further apart than two people are who measured neighbouring levels, (1/2)² = 1/4 levels².
ARGUMENT = 0.25
# Ignorance: less sure than an answer that is one level off at most, such as an informed 3.
IGNORANCE = sum(p * (level - 3) ** 2 for level, p in zip(LEVELS, triangle(3, 2, 4), strict=True))
_NOISE = 1e-9

Reading = Literal["reliable", "tentative", "unreliable", "too_few", "unknown"]
Need = Literal["talk", "data", "both", "nothing"]
Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # between, within, talk?, data?: (projects, criteria)


class Said(Model):
    """What one assessor said to one criterion of one project."""

    assessor: str
    level: int | None = Field(description="1..5; null when they say that the criterion does not apply.")
    low: int | None = Field(description="The lowest level it could be, by the answer or its confidence.")
    high: int | None = Field(description="The highest level it could be, by the answer or its confidence.")
    rationale: str = Field(description="Why this level.")


class CellAgreement(Model):
    """One criterion of one project that somebody answered. Variances are in levels²."""

    criterion: str
    said: tuple[Said, ...] = Field(description="What each assessor said, the lowest level first.")
    between: float = Field(description="Variance between the assessors' expected levels: argument.")
    within: float = Field(description="Mean variance that each assessor's answer leaves: ignorance.")
    total: float = Field(description="Variance of the mixed belief: between + within.")
    within_group_agreement: float | None = Field(description="r_wg; null for fewer than two levels.")
    average_deviation: float | None = Field(description="Mean distance from the mean level; null for fewer than two.")
    overlap: float | None = Field(description="Mean overlap of the ranges, 0 to 1; null for fewer than two.")
    needs: Need = Field(description="What would settle it: a talk, data, both, or nothing more.")


class ProjectAgreement(Model):
    """One project: why its standing is as uncertain as it is. Variances are means over the criteria that apply."""

    key: str
    name: str
    assessors: int = Field(description="People who answered at least one criterion.")
    between: float = Field(description="Argument: the part that lies between assessors.")
    within: float = Field(description="Ignorance: the part that each assessor leaves open.")
    unanswered: float = Field(description="The part of the priors of what nobody has answered.")
    total: float = Field(description="Argument + ignorance + unanswered.")
    between_share: float | None = Field(description="Argument by total; null when nothing is uncertain.")
    talk: tuple[str, ...] = Field(description="Ids of the criteria that need a talk.")
    data: tuple[str, ...] = Field(description="Ids of the criteria that need data.")
    open: tuple[str, ...] = Field(description="Ids of the criteria that nobody has answered.")
    top_share: float | None = Field(description="Of those who answered: the share that ranks it among the top k.")
    cells: tuple[CellAgreement, ...] = Field(description="The criteria that somebody answered.")


class CriterionAgreement(Model):
    """How far the assessors agree on one criterion, over all projects."""

    criterion: str
    name: str
    answers: int = Field(description="Levels given.")
    assessors: int = Field(description="People who gave a level.")
    projects: int = Field(description="Projects to which at least two people gave a level; α rests on these.")
    alpha: float | None = Field(description="Krippendorff's α; null when it cannot be told.")
    reading: Reading = Field(description="reliable from .800, tentative from .667; too_few below 5 projects.")
    average_deviation: float | None = Field(description="Mean over these projects of the distance from the mean level.")
    concordance: Concordance | None = Field(description="Kendall's W where rankings are complete; null where not.")


class Overall(Model):
    """Agreement over all criteria, and over the rankings that follow."""

    projects: int = Field(description="Projects with a criterion to which at least two people gave a level.")
    alpha: float | None = Field(description="Krippendorff's α, each criterion of each project being a unit.")
    reading: Reading = Field(description="reliable from .800, tentative from .667; too_few below 5 projects.")
    concordance: Concordance | None = Field(description="Kendall's W of the rankings by each one's own priorities.")


class Agreement(Model):
    """How far the assessors of a portfolio agree, and what would settle where they do not."""

    metric: Metric = Field(description="How α measures the difference of two levels.")
    top: int = Field(description="k: how many projects are the top.")
    assessors: tuple[str, ...] = Field(description="Everybody who has answered.")
    overall: Overall = Field(description="Over all criteria, and over the rankings that follow.")
    criteria: tuple[CriterionAgreement, ...]
    talk: tuple[str, ...] = Field(description="Keys of the projects that need a talk, the widest argument first.")
    data: tuple[str, ...] = Field(description="Keys of the projects that need data, the widest ignorance first.")
    settled: int = Field(description="Projects of which all is answered and nothing needs a talk or data.")
    unanswered: int = Field(description="Projects with a criterion that nobody has answered.")
    held_back: int = Field(default=0, description="Projects left out, of which you still owe answers in a round.")
    projects: tuple[ProjectAgreement, ...] = Field(description="Those with an answer, the most uncertain first.")


def reading_of(alpha: float | None, projects: int) -> Reading:
    """What α over so many shared projects is good for; the source stands at the limits above."""
    if alpha is None:
        return "unknown"
    if projects < TOO_FEW:
        return "too_few"
    return "reliable" if alpha >= RELIABLE else "tentative" if alpha >= TENTATIVE else "unreliable"


def build_agreement(
    opinions: Opinions, playbook: Playbook, impact_share: float, top: int, metric: Metric = "ordinal"
) -> Agreement:
    """The agreement of the opinions, without the cells. `top` is k and `impact_share` the portfolio's λ."""
    priorities = own_priorities(opinions, playbook, impact_share)
    shares = top_shares(opinions, priorities, top)
    parts = _parts(opinions)
    projects = [_project(opinions, index, parts, playbook, shares[index]) for index in range(len(opinions.points))]
    between, within = (dict(zip((p.key for p in projects), part.max(axis=1), strict=True)) for part in parts[:2])
    return Agreement(
        metric=metric,
        top=top,
        assessors=opinions.assessors,
        overall=_overall(opinions, priorities, metric),
        criteria=tuple(_criterion(opinions, index, playbook, metric) for index in range(len(opinions.criteria))),
        talk=tuple(sorted((p.key for p in projects if p.talk), key=lambda key: -between[key])),
        data=tuple(sorted((p.key for p in projects if p.data), key=lambda key: -within[key])),
        settled=sum(1 for project in projects if not (project.talk or project.data or project.open)),
        unanswered=sum(1 for project in projects if project.open),
        projects=tuple(sorted((p for p in projects if p.assessors), key=lambda p: (-(p.between + p.within), -p.total))),
    )


def with_cells(project: ProjectAgreement, opinions: Opinions) -> ProjectAgreement:
    """The project with what was said to each of its criteria."""
    index = opinions.places[project.key]
    answered = np.asarray(opinions.answered[:, index].any(axis=0))
    cells = tuple(_cell(opinions, index, int(number)) for number in np.flatnonzero(answered))
    return project.model_copy(update={"cells": cells})


def disputed(opinions: Opinions) -> frozenset[str]:
    """Keys of the projects that need a talk."""
    return frozenset(opinions.points[index].key for index in np.flatnonzero(_parts(opinions)[2].any(axis=1)))


def _parts(opinions: Opinions) -> Parts:
    between, within = split_variance(opinions.means, opinions.variances)
    given = (~np.isnan(opinions.levels)).any(axis=0)
    divided = given & opinions.not_applicable.any(axis=0)  # whether it applies at all is what they argue about
    return between, within, divided | (between > ARGUMENT + _NOISE), within > IGNORANCE + _NOISE


def top_shares(opinions: Opinions, priorities: np.ndarray, top: int) -> list[float | None]:
    """Of the assessors who answered anything of a project, the share in whose own ranking it is among the top k.

    A ranking runs over all projects: what an assessor has not answered stands where the priors put it, since unknown
    is not low. Its rank is 1 + the number of projects strictly before it. None where nobody has answered.
    """
    voted = opinions.answered.any(axis=2)
    ranks = np.array([1 + np.searchsorted(np.sort(-row), -row, side="left") for row in priorities])
    ranks = ranks.reshape(priorities.shape)  # also when there is nobody
    votes, voters = ((ranks <= top) & voted).sum(axis=0), voted.sum(axis=0)
    return [_short(votes[i] / voters[i]) if voters[i] else None for i in range(len(opinions.points))]


def _project(
    opinions: Opinions, index: int, parts: Parts, playbook: Playbook, top_share: float | None
) -> ProjectAgreement:
    point = opinions.points[index]
    answered = opinions.answered[:, index]
    there = np.asarray(answered.any(axis=0))
    leveled = np.asarray((~np.isnan(opinions.levels[:, index])).any(axis=0))
    applicable = max(int((leveled | ~there).sum()), 1)
    priors = sum(_variance(c.prior) for c, any_of in zip(playbook.criteria, there.tolist(), strict=True) if not any_of)
    argument, ignorance = (_short(float(part[index].sum()) / applicable) for part in parts[:2])
    silence = _short(priors / applicable)
    total = argument + ignorance + silence

    def named(which: np.ndarray) -> tuple[str, ...]:
        return tuple(c for c, true in zip(opinions.criteria, which.tolist(), strict=True) if true)

    return ProjectAgreement.model_construct(
        key=point.key,
        name=point.name,
        assessors=int(answered.any(axis=1).sum()),
        between=argument,
        within=ignorance,
        unanswered=silence,
        total=_short(total),
        between_share=_short(argument / total) if total else None,
        talk=named(parts[2][index]),
        data=named(parts[3][index]),
        open=named(~there),
        top_share=top_share,
        cells=(),
    )


def _cell(opinions: Opinions, project: int, number: int) -> CellAgreement:
    given = sorted(
        (one for one in opinions.given[project] if one.criterion == number),
        key=lambda one: (one.level or 0, one.assessor),
    )
    levels = [one.level for one in given if one.level is not None]
    part = split_variance(opinions.means[:, project, number], opinions.variances[:, project, number])
    between, within = float(part[0]), float(part[1])
    talk = 0 < len(levels) < len(given) or between > ARGUMENT + _NOISE
    data = within > IGNORANCE + _NOISE
    return CellAgreement.model_construct(
        criterion=opinions.criteria[number],
        said=tuple(
            Said.model_construct(
                assessor=one.assessor, level=one.level, low=one.low, high=one.high, rationale=one.rationale
            )
            for one in given
        ),
        between=_short(between),
        within=_short(within),
        total=_short(between + within),
        within_group_agreement=_known(within_group_agreement(levels, len(LEVELS))),
        average_deviation=_known(average_deviation(levels)),
        overlap=_known(overlap_of_ranges([(o.low, o.high) for o in given if o.low is not None and o.high is not None])),
        needs="both" if talk and data else "talk" if talk else "data" if data else "nothing",
    )


def split_variance(means: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(between, within) of mixtures of beliefs with these means and variances, shape (assessors, …), NaN where none.

    Var = Σγ_j(μ_j − μ)² + Σγ_jσ²_j with γ_j = 1/J, the law of total variance. 0 and 0 where there is no belief.
    """
    there = ~np.isnan(means)
    count = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, means, 0).sum(axis=0) / count
    between = np.where(there, (means - mean) ** 2, 0).sum(axis=0) / count
    return np.asarray(between), np.asarray(np.where(there, variances, 0).sum(axis=0) / count)


def _criterion(opinions: Opinions, number: int, playbook: Playbook, metric: Metric) -> CriterionAgreement:
    ratings = opinions.levels[:, :, number]
    given = ~np.isnan(ratings)
    shared = given.sum(axis=0) >= 2
    alpha = krippendorff_alpha(ratings, metric) if len(ratings) else None
    deviations = [average_deviation(column[~np.isnan(column)].tolist()) for column in ratings[:, shared].T]
    block = largest_complete_block(ratings) if len(ratings) else None
    return CriterionAgreement(
        criterion=opinions.criteria[number],
        name=playbook.criteria[number].name,
        answers=int(given.sum()),
        assessors=int(given.any(axis=1).sum()),
        projects=int(shared.sum()),
        alpha=_known(alpha),
        reading=reading_of(alpha, int(shared.sum())),
        average_deviation=_short(float(np.mean([d for d in deviations if d is not None]))) if deviations else None,
        concordance=_rounded(kendall_w(block)) if block is not None else None,
    )


def _overall(opinions: Opinions, priorities: np.ndarray, metric: Metric) -> Overall:
    ratings = opinions.levels.reshape(len(opinions.assessors), len(opinions.points) * len(opinions.criteria))
    alpha = krippendorff_alpha(ratings, metric) if len(ratings) else None
    ranked = np.where(opinions.answered.any(axis=2), priorities, np.nan)
    block = largest_complete_block(ranked) if len(ranked) else None
    shared = (~np.isnan(opinions.levels)).sum(axis=0) >= 2
    projects = int(shared.any(axis=1).sum())
    return Overall(
        projects=projects,
        alpha=_known(alpha),
        reading=reading_of(alpha, projects),
        concordance=_rounded(kendall_w(block)) if block is not None else None,
    )


def _variance(belief: tuple[float, ...]) -> float:
    mean = sum(level * p for level, p in zip(LEVELS, belief, strict=True))
    return sum(p * (level - mean) ** 2 for level, p in zip(LEVELS, belief, strict=True))


def _rounded(found: Concordance | None) -> Concordance | None:
    if found is None:
        return None
    rounded = {name: round(getattr(found, name), 7) for name in ("w", "w_uncorrected", "chi_square")}
    return found.model_copy(update={**rounded, "p_value": float(f"{found.p_value:.6g}")})


def _known(value: float | None) -> float | None:
    return None if value is None else _short(value)


def _short(value: float) -> float:
    """A result to six decimals: sums of floats differ in their last digits with the order of adding."""
    return round(float(value), 6) + 0.0
