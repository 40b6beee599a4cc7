"""The rounds of the example portfolio, told after its story."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Self

import yaml
from pydantic import Field, model_validator

from planner.domain.model import Model, Name
from planner.domain.rounds import RoundDraft, RoundPatch
from planner.domain.scoring import AnswerDraft
from planner.services import rounds, scoring
from planner.services.workspace import Workspace

ROUNDS = Path(__file__).parent.parent / "examples" / "agreement.yaml"


class OpenedRound(Model):
    """A round with its projects by name: keys are given when the story is told."""

    name: Name
    assessors: tuple[Name, ...]
    projects: tuple[Name, ...]
    criteria: tuple[str, ...]
    due: date


class Act(Model):
    """One thing that somebody did on a day: open or close a round, answer, or look before answering."""

    on: date
    by: Name
    project: Name | None = None
    answers: dict[str, AnswerDraft | None] | None = None
    open: OpenedRound | None = None
    close: int | None = None
    look: Name | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(given is not None for given in (self.answers, self.open, self.close, self.look)) != 1:
            raise ValueError("an act is one of: answers, open, close, look")
        if (self.project is None) != (self.answers is None):
            raise ValueError("answers belong to a project")
        return self


class Rounds(Model):
    """What was done, in time order."""

    acts: tuple[Act, ...] = Field(min_length=1)


def read_rounds(path: Path = ROUNDS) -> tuple[Act, ...]:
    """The rounds that ship."""
    return Rounds.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).acts


def tell_round(ws: Workspace, slug: str, act: Act, position: int, keys: Mapping[str, str]) -> None:
    """Does one act; `keys` are those of the projects by name, `position` sets the acts of one day apart."""
    at = datetime.combine(act.on, time(9, 30), UTC) + timedelta(minutes=position)
    then = ws.as_actor(act.by, lambda: at)
    if act.open is not None:
        projects = [keys[name] for name in act.open.projects]
        rounds.open_round(then, slug, RoundDraft.model_validate({**dict(act.open), "projects": projects}))
    elif act.close is not None:
        rounds.update_round(then, slug, act.close, RoundPatch(closed=True))
    elif act.look is not None:
        rounds.record_look(then, keys[act.look], act.by)
    elif act.project is not None and act.answers is not None:
        scoring.record_answers(then, keys[act.project], act.by, act.answers)
