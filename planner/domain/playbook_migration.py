"""Taking a portfolio to another playbook, or another version of its own: what that changes, before it is done.

Answers stay what they are: facts under the criterion that was asked. Those whose criterion the new playbook has count
on; a mapping repeats the others under a criterion of the new playbook. Words that it does not have are kept, and shown
as what they are. So going back is another migration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from planner.domain.errors import FieldError, Invalid
from planner.domain.model import Line, Model, at_most
from planner.domain.playbook import Playbook
from planner.domain.playbook_diff import PlaybookDifference
from planner.domain.portfolios import weight_problems
from planner.domain.projects import Project
from planner.domain.scoring import Answer, Interval, Standing, answer_range, current_answers

MOST_MOVES = 20
Mapped = Annotated[dict[str, str], at_most(100)]


class MigrationDraft(Model):
    """Where a portfolio is to go."""

    playbook: str = Field(max_length=60, description="Id of the playbook to follow.", examples=["fsdl"])
    playbook_version: int | None = Field(default=None, ge=1, le=10**9, description="Its version; the newest when null.")
    criteria: Mapped = Field(
        default_factory=dict,
        description="Criteria of now by the criteria of the new playbook that mean the same: their answers are "
        "repeated under the new ids.",
        examples=[{}],
    )
    stages: Mapped = Field(
        default_factory=dict,
        description="Stages of now by the stages of the new playbook that mean the same: projects in the one are put "
        "into the other.",
        examples=[{}],
    )
    reason: Line = Field(default="", description="Why, for the history.")


class AnswerCounts(Model):
    """How many of the current answers, on all projects, meet which fate."""

    kept: int = Field(description="They count as before, or again where they were given under this playbook.")
    reworded: int = Field(description="They count, but the question or its levels read differently now.")
    mapped: int = Field(description="They are repeated under another criterion.")
    lost: int = Field(description="They stay recorded and count no more.")
    unsure: int = Field(
        description="Of those that count: how sure they are is a word that the new playbook lacks, "
        "so they are taken for ± 1 level."
    )


class StrayWord(Model):
    """A word that projects carry and the new playbook does not have. It is kept."""

    field: str = Field(description="stage, archetype, problem_type, or component of a checklist.")
    value: str = Field(description="The word, which is an id of the old playbook.")
    count: int = Field(description="How many projects carry it.")


class StandingMove(Model):
    """A project whose standing is another under the new playbook."""

    key: str = Field(description="Key of the project.")
    name: str = Field(description="Name of the project.")
    before: Interval = Field(description="Its priority under the old playbook.")
    after: Interval = Field(description="Its priority under the new one.")
    quadrant_before: str | None = Field(description="Name of its quadrant under the old playbook; null for none.")
    quadrant_after: str | None = Field(description="Name of its quadrant under the new one; null for none.")


class Migration(Model):
    """What a migration does, or did."""

    applied: bool = Field(description="False for a look ahead: nothing was stored.")
    difference: PlaybookDifference = Field(description="What is different between the two playbooks.")
    answers: AnswerCounts = Field(description="How many of the current answers meet which fate.")
    weights_dropped: dict[str, float] = Field(description="Weights of the portfolio that the new playbook cannot take.")
    stray: tuple[StrayWord, ...] = Field(description="Words that stay although the new playbook lacks them.")
    restaged: int = Field(description="Projects that are put into another stage by the mapping.")
    scored: int = Field(description="Scored projects, the bin not counted.")
    moved: int = Field(description="Of these, those whose standing is another.")
    quadrants_changed: int = Field(description="Of these, those whose quadrant has another name or is none.")
    unscored: int = Field(description="Of these, those of whose answers none counts any more.")
    moves: tuple[StandingMove, ...] = Field(description="The largest moves of the priority first, twenty at most.")


def check_draft(draft: MigrationDraft, old: Playbook, new: Playbook) -> None:
    """Raises Invalid for a mapping from or to what is not there."""
    errors = []
    for field, mapped, sources, targets in (
        ("criteria", draft.criteria, old.criteria, new.criteria),
        ("stages", draft.stages, old.stages, new.stages),
    ):
        known, wanted = [entry.id for entry in sources], [entry.id for entry in targets]
        for source, target in mapped.items():
            if source not in known:
                errors.append(_error(field, source, f"is none of now; those of now: {', '.join(known)}"))
            elif target not in wanted:
                errors.append(
                    _error(field, source, f"'{target[:60]}' is not in the new playbook; {', '.join(wanted)} are")
                )
            elif list(mapped.values()).count(target) > 1:
                errors.append(_error(field, source, f"'{target}' is mapped to twice"))
    if errors:
        raise Invalid(errors)


def _error(field: str, name: str, message: str) -> FieldError:
    return FieldError(field=f"{field}.{name[:60]}", message=message)


def weights_under(
    weights: Mapping[str, float] | None, criteria: Mapping[str, str], new: Playbook
) -> dict[str, float] | None:
    """The portfolio's weights under the new playbook, mapped; None when they do not fit it, or there are none."""
    mapped = {criteria.get(name, name): weight for name, weight in (weights or {}).items()}
    return mapped if mapped and not weight_problems(mapped, new) else None


def mapped_answers(
    answers: Sequence[Answer], criteria: Mapping[str, str], old: Playbook, new: Playbook, now: datetime, actor: str
) -> list[Answer]:
    """The current answers to mapped criteria, said once more of the new ones; none where somebody has answered it.

    A range that came from a confidence which the new playbook lacks is written out, so that the belief stays.
    """
    current = current_answers(answers)
    taken = {(answer.criterion, answer.assessor) for answer in current}
    repeated = []
    for answer in current:
        target = criteria.get(answer.criterion)
        if target is None or (target, answer.assessor) in taken:
            continue
        said = {"confidence": answer.confidence, "low": answer.low, "high": answer.high}
        if answer.level is not None and new.spreads.get(answer.confidence) != old.spreads.get(answer.confidence):
            low, high = answer_range(answer, old)
            said = {"confidence": None, "low": low, "high": high}
        fresh = {**said, "criterion": target, "playbook": new.id, "playbook_version": new.version}
        repeated.append(answer.model_copy(update={**fresh, "recorded_at": now, "recorded_by": actor}))
    return repeated


def count_answers(
    answers: Iterable[Answer], difference: PlaybookDifference, mapped: int, criteria: Mapping[str, str], new: Playbook
) -> AnswerCounts:
    """The fates of the current answers of all projects."""
    effects = {effect.criterion: effect.effect for effect in difference.answers}
    counts = {"kept": 0, "reworded": 0, "lost": 0, "unsure": 0}
    for answer in answers:
        effect = effects.get(answer.criterion, "lost")
        if effect in ("kept", "reworded", "new"):
            counts["kept" if effect == "new" else effect] += 1
            known = answer.confidence is None or answer.confidence in new.spreads
            is_ranged = answer.low is not None and answer.high is not None
            counts["unsure"] += not known and not is_ranged and answer.level is not None
        elif answer.criterion not in criteria:
            counts["lost"] += 1
    return AnswerCounts(**counts, mapped=mapped)


def stray_words(
    projects: Iterable[Project], components: Mapping[str, int], stages: Mapping[str, str], new: Playbook
) -> tuple[StrayWord, ...]:
    """The words that projects carry and the new playbook lacks; `components` counts those that checklists state."""
    known = {
        "stage": {entry.id for entry in new.stages},
        "archetype": {entry.id for entry in new.archetypes},
        "problem_type": {entry.id for entry in new.problem_types},
    }
    counts: dict[tuple[str, str], int] = {}
    for project in projects:
        for field, words in known.items():
            value = getattr(project, field)
            if value is not None and value not in words and not (field == "stage" and value in stages):
                counts[field, value] = counts.get((field, value), 0) + 1
    lacking = {("component", name): n for name, n in components.items() if new.component(name) is None}
    return tuple(
        StrayWord(field=field, value=value, count=n) for (field, value), n in sorted((counts | lacking).items())
    )


def standing_moves(
    pairs: Iterable[tuple[Project, Standing]], old: Playbook, new: Playbook
) -> dict[str, int | tuple[StandingMove, ...]]:
    """How scored projects move: the counts and the largest moves, as Migration has them."""
    scored = [(project, after) for project, after in pairs if project.standing.answered]
    moves = [
        StandingMove(
            key=project.key,
            name=project.name,
            before=project.standing.priority,
            after=after.priority,
            quadrant_before=_quadrant(project.standing, old),
            quadrant_after=_quadrant(after, new),
        )
        for project, after in scored
        if _numbers(project.standing) != _numbers(after)
    ]
    moves.sort(key=lambda move: (-abs(move.after.expected - move.before.expected), move.key))
    return {
        "scored": len(scored),
        "moved": len(moves),
        "quadrants_changed": sum(move.quadrant_before != move.quadrant_after for move in moves),
        "unscored": sum(not after.answered for _, after in scored),
        "moves": tuple(moves[:MOST_MOVES]),
    }


def _numbers(standing: Standing) -> tuple[object, ...]:
    return standing.impact, standing.feasibility, standing.priority, standing.quadrant


def _quadrant(standing: Standing, playbook: Playbook) -> str | None:
    quadrant = playbook.quadrant(standing.quadrant)
    return quadrant.name if quadrant else None
