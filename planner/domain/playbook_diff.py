"""What is different between two playbooks, and what that does to answers that were given under the first.

Any field of a playbook takes part, whichever topics it has: entries are told apart by what names them (an id, the ends
of an edge), and an entry is compared field by field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, Field

from planner.domain.history import FieldChange, in_words
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_head import PlaybookHead
from planner.domain.playbook_lifecycle import Edge
from planner.domain.playbook_scoring import Criterion, Dimension, WeightedMean

Kind = Literal["added", "removed", "changed"]
Effect = Literal["kept", "reworded", "lost", "new"]
EFFECTS = {
    "kept": "count as before",
    "reworded": "count, but may mean something else: it reads differently now",
    "lost": "stay recorded and count no more",
    "new": "none yet: it begins with what the playbook believes of any project",
}
LISTED = 12  # of a long list
DIMENSIONS = ("impact", "feasibility")
NAMED_BY = ("id", "reference", "problem_type", "metric")  # the field that names an entry, the first that it has
MEANING = ("question", "levels.", "dimension")  # what of a criterion decides what an answer to it means


class EntryDifference(Model):
    """One entry of a playbook that is in only one of the two, or is not the same in both."""

    topic: str = Field(description="The field of the playbook that it belongs to, such as criteria or stages.")
    entry: str = Field(description="What names it, such as its id; the topic itself for a field without entries.")
    name: str = Field(description="Its name, as the later one has it.")
    kind: Kind = Field(description="Whether it was added, removed or changed.")
    changes: tuple[FieldChange, ...] = Field(default=(), description="The fields that changed, before and after.")


class AnswerEffect(Model):
    """What becomes of the answers to one criterion."""

    criterion: str = Field(description="Id of the criterion.")
    name: str = Field(description="Its name.")
    effect: Effect = Field(
        description="kept: they count as before. reworded: they count, but may mean something else. lost: they stay "
        "recorded and count no more. new: nobody can have answered, so it begins with its prior."
    )


class PlaybookDifference(Model):
    """The way from one playbook to another."""

    old: PlaybookHead = Field(description="The earlier one.")
    new: PlaybookHead = Field(description="The later one.")
    entries: tuple[EntryDifference, ...] = Field(description="By topic, in the order of the fields of a playbook.")
    answers: tuple[AnswerEffect, ...] = Field(description="Each criterion of either.")


def playbook_difference(
    old: Playbook, new: Playbook, shipped: tuple[bool, bool] = (False, False)
) -> PlaybookDifference:
    """The way from `old` to `new`; `shipped` says which of them came with the program."""
    return PlaybookDifference(
        old=PlaybookHead.of(old, shipped[0]),
        new=PlaybookHead.of(new, shipped[1]),
        entries=tuple(_entries(old, new)),
        answers=tuple(_effects(old, new)),
    )


def _entries(old: Playbook, new: Playbook) -> Iterator[EntryDifference]:
    heads: list[FieldChange] = []
    told: list[EntryDifference] = []
    for name in Playbook.model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if name in DIMENSIONS:
            fields = [
                _flat({f: getattr(d, f) for f in Dimension.model_fields if f != "criteria"}) for d in (before, after)
            ]
            told += _one(name, name, after.name, *fields)
        elif _is_entries(before) or _is_entries(after):
            told += _listed(name, _by_name(before), _by_name(after))
        elif isinstance(before, BaseModel) or isinstance(after, BaseModel):
            told += _one(name, name, name.replace("_", " "), _flat(before), _flat(after))
        elif before != after:
            heads.append(FieldChange(field=name, old=_only(before, after), new=_only(after, before)))
    if heads:
        yield EntryDifference(topic="playbook", entry=new.id, name=new.name, kind="changed", changes=tuple(heads))
    yield from _listed("criteria", _criteria(old), _criteria(new))
    yield from told


def _only(value: object, other: object) -> str | None:
    """A value in words; of a list only what the other one has not, and of much only the first."""
    if not isinstance(value, tuple) or not isinstance(other, tuple):
        return in_words(value)
    own = [item for item in value if item not in other] or list(value)
    return in_words(own[:LISTED] + ([f"and {len(own) - LISTED} more"] if len(own) > LISTED else []))


def _listed(topic: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[EntryDifference]:
    """The differences between two lists of entries by what names them; another order of the same ones is one too."""
    stay = [name for name in old if name in new]
    anew = [name for name in new if name in old]
    if stay != anew:
        change = FieldChange(field="order", old=", ".join(stay), new=", ".join(anew))
        yield EntryDifference(topic=topic, entry=topic, name="Their order", kind="changed", changes=(change,))
    for name, entry in old.items():
        if name not in new:
            yield EntryDifference(topic=topic, entry=name, name=_called(entry, name), kind="removed")
    for name, entry in new.items():
        if name not in old:
            yield EntryDifference(topic=topic, entry=name, name=_called(entry, name), kind="added")
        else:
            yield from _one(topic, name, _called(entry, name), _flat(old[name]), _flat(entry))


def _one(
    topic: str, entry: str, name: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[EntryDifference]:
    fields = [field for field in dict.fromkeys((*old, *new)) if old.get(field) != new.get(field)]
    changes = tuple(FieldChange(field=field, old=old.get(field), new=new.get(field)) for field in fields)
    if changes:
        kind: Kind = "changed" if old and new else "added" if new else "removed"
        yield EntryDifference(
            topic=topic, entry=entry, name=name, kind=kind, changes=changes if kind == "changed" else ()
        )


def _criteria(playbook: Playbook) -> dict[str, object]:
    """The criteria by id, each with the dimension it belongs to and what it weighs there."""
    found: dict[str, object] = {}
    for dimension in playbook.dimensions:
        for criterion, weight in zip(dimension.criteria, dimension.weights, strict=True):
            fields = {name: getattr(criterion, name) for name in Criterion.model_fields}
            is_mean = isinstance(dimension.aggregation, WeightedMean)
            side = DIMENSIONS[playbook.dimensions.index(dimension)]
            found[criterion.id] = {**fields, "dimension": side, "weight": round(float(weight), 3) if is_mean else None}
    return found


def _effects(old: Playbook, new: Playbook) -> Iterator[AnswerEffect]:
    before, after = _criteria(old), _criteria(new)
    for criterion in old.criteria:
        effect: Effect = "lost"
        if criterion.id in after:
            was, now = _meaning(before[criterion.id]), _meaning(after[criterion.id])
            effect = "kept" if was == now else "reworded"
        kept = new.criterion(criterion.id) or criterion
        yield AnswerEffect(criterion=criterion.id, name=kept.name, effect=effect)
    for criterion in new.criteria:
        if criterion.id not in before:
            yield AnswerEffect(criterion=criterion.id, name=criterion.name, effect="new")


def _meaning(criterion: object) -> dict[str, str]:
    return {name: words for name, words in _flat(criterion).items() if name.startswith(MEANING)}


def _is_entries(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], BaseModel)


def _by_name(entries: Sequence[BaseModel]) -> dict[str, object]:
    return {_name_of(entry, number): entry for number, entry in enumerate(entries, 1)}


def _name_of(entry: BaseModel, number: int) -> str:
    if isinstance(entry, Edge):
        return f"{entry.start} → {entry.end}"
    fields = type(entry).model_fields
    named = next((field for field in NAMED_BY if field in fields), None)
    return str(getattr(entry, named)) if named else str(number)


def _called(entry: object, name: str) -> str:
    called = entry.get("name") if isinstance(entry, dict) else getattr(entry, "name", None)
    return str(called or name)


def _flat(value: object, path: str = "") -> dict[str, str]:
    """The fields of an entry in words, those of entries within it by a path: levels.3.label, tasks.state_problem.name.

    Nothing is left out but what is empty.
    """
    below: dict[str, object]
    if isinstance(value, BaseModel):
        below = {name: getattr(value, name) for name in type(value).model_fields}
    elif isinstance(value, dict):
        below = value
    elif _is_entries(value):
        assert isinstance(value, tuple)
        below = _by_name(value)
    else:
        words = in_words(value)
        return {} if words is None else {path: words}
    found: dict[str, str] = {}
    for name, item in below.items():
        found.update(_flat(item, f"{path}.{name}" if path else name))
    return found
