"""How each assessor uses the scale: so that an answer of 4-4-4-5 to everything becomes visible.

Nobody is wrong for being stricter than others. What is compared is compared on the same questions of the same
projects, so that whoever was given the better projects does not look lenient.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field

from planner.domain.model import Model
from planner.domain.opinions import Opinions
from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import LEVELS
from planner.domain.wording import num, pct

# From where on something is worth a remark, and how many answers it takes; rules of ours.
ENOUGH_ANSWERS, ENOUGH_SHARED = 10, 5
OFF = 0.75  # levels from the others, on the same questions
ALIKE = 0.6  # standard deviation of the levels below which everything gets about the same
HIGH = 0.8  # share of the two favourable levels
MANY = 0.5  # share of guesses, of missing rationales, of blanks

RemarkKind = Literal["lenient", "severe", "inflation", "alike", "guesses", "no_rationale", "blanks"]


class Remark(Model):
    """Something to look at in how an assessor uses the scale, in plain words."""

    kind: RemarkKind
    text: str = Field(description="The remark, in plain words.")


class AssessorUse(Model):
    """How one assessor uses the scale. Shares are from 0 to 1; null where there is nothing to take a share of."""

    assessor: str
    projects: int = Field(description="Projects with an answer of theirs.")
    answers: int = Field(description="Levels they gave.")
    not_applicable: int = Field(description="Criteria that they said do not apply.")
    levels: tuple[int, int, int, int, int] = Field(description="How often they gave each level from 1 to 5.")
    mean: float | None = Field(description="Mean of their levels.")
    spread: float | None = Field(description="Standard deviation of their levels.")
    shared: int = Field(description="Questions that others answered too; the comparison rests on these.")
    difference: float | None = Field(description="Mean level above (+) or below (−) that of the others on these.")
    high_share: float | None = Field(description="Share of their levels that are 4 or 5.")
    others_high_share: float | None = Field(description="The same of the others on the questions shared.")
    guess_share: float | None = Field(description="Share of their levels given with the least sure confidence.")
    no_rationale_share: float | None = Field(description="Share of their answers that give no reason.")
    asked: int | None = Field(description="Questions that rounds asked them; null when none did.")
    blank: int | None = Field(description="Of these, questions they left without an answer.")
    remarks: tuple[Remark, ...] = Field(description="What to look at; empty when nothing stands out.")


def build_assessors(
    opinions: Opinions, playbook: Playbook, asked: Mapping[str, tuple[int, int]]
) -> tuple[AssessorUse, ...]:
    """How everybody uses the scale who has answered or was asked, by name.

    `asked` has for each assessor of a round the questions asked and those left blank.
    """
    others = [name for name in asked if name not in opinions.assessors]
    silent = [_use(name, None, opinions, playbook, asked.get(name)) for name in others]
    heard = [_use(name, row, opinions, playbook, asked.get(name)) for row, name in enumerate(opinions.assessors)]
    return tuple(sorted([*heard, *silent], key=lambda use: use.assessor))


def _use(
    name: str, row: int | None, opinions: Opinions, playbook: Playbook, asked: tuple[int, int] | None
) -> AssessorUse:
    nothing = np.full(opinions.levels.shape[1:], np.nan)
    own = opinions.levels[row] if row is not None else nothing
    given = own[~np.isnan(own)]
    rest = np.delete(opinions.levels, row, axis=0) if row is not None else opinions.levels
    mine, theirs, high_elsewhere = _compared(own, rest)
    answers = [] if row is None else [a for each in opinions.given for a in each if a.assessor == name]
    widest = max(playbook.confidences, key=lambda confidence: confidence.spread)
    guesses = [a.guess for a in answers if a.level is not None]
    use = AssessorUse(
        assessor=name,
        projects=int(opinions.answered[row].any(axis=1).sum()) if row is not None else 0,
        answers=len(given),
        not_applicable=int(opinions.not_applicable[row].sum()) if row is not None else 0,
        levels=(
            int((given == 1).sum()),
            int((given == 2).sum()),
            int((given == 3).sum()),
            int((given == 4).sum()),
            int((given == 5).sum()),
        ),
        mean=_mean(given),
        spread=_short(float(given.std())) if len(given) >= 2 else None,
        shared=len(mine),
        difference=_mean(mine - theirs),
        high_share=_mean(given >= LEVELS[-2]),
        others_high_share=_mean(high_elsewhere),
        guess_share=_mean(np.array(guesses)),
        no_rationale_share=_mean(np.array([not a.rationale.strip() for a in answers])),
        asked=asked[0] if asked else None,
        blank=asked[1] if asked else None,
        remarks=(),
    )
    return use.model_copy(update={"remarks": tuple(_remarks(use, widest.name.lower()))})


def _compared(own: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Own levels, the mean levels of the others, and their shares of 4s and 5s, on what both answered."""
    there = ~np.isnan(rest)
    count = there.sum(axis=0)
    both = ~np.isnan(own) & (count > 0)
    sums, high = np.where(there, rest, 0).sum(axis=0), (np.where(there, rest, 0) >= LEVELS[-2]).sum(axis=0)
    return own[both], sums[both] / count[both], high[both] / count[both]


def _remarks(use: AssessorUse, guess: str) -> list[Remark]:
    found: list[Remark] = []

    def remark(kind: RemarkKind, text: str) -> None:
        found.append(Remark(kind=kind, text=text))

    if use.difference is not None and use.shared >= ENOUGH_SHARED and abs(use.difference) >= OFF:
        above = use.difference > 0
        text = (
            f"{num(abs(use.difference), 1)} levels {'above' if above else 'below'} the others on the same "
            f"{use.shared} questions: {'lenient' if above else 'severe'}."
        )
        remark("lenient" if above else "severe", text)
    enough = use.answers >= ENOUGH_ANSWERS
    if enough and use.spread is not None and use.spread < ALIKE:
        most = max(LEVELS, key=lambda level: use.levels[level - 1])
        share = use.levels[most - 1] / use.answers
        remark("alike", f"Nearly everything gets the same: {pct(share)} of the levels are {most}.")
    if enough and use.high_share is not None and use.high_share >= HIGH:
        others = use.others_high_share
        if others is None or use.high_share - others >= 0.2:
            compared = f", where the others gave them to {pct(others)}" if others is not None else ""
            remark("inflation", f"{pct(use.high_share)} of the levels are 4 or 5{compared}.")
    if enough and use.guess_share is not None and use.guess_share >= MANY:
        remark("guesses", f"{pct(use.guess_share)} of the levels are marked as a {guess}.")
    if enough and use.no_rationale_share is not None and use.no_rationale_share >= MANY:
        remark("no_rationale", f"{pct(use.no_rationale_share)} of the answers give no reason.")
    if use.asked and use.blank is not None and use.blank / use.asked >= MANY:
        remark("blanks", f"{use.blank:,} of {use.asked:,} questions asked are left blank.")
    return found


def _mean(values: np.ndarray) -> float | None:
    return _short(float(values.mean())) if len(values) else None


def _short(value: float) -> float:
    return round(value, 6) + 0.0
