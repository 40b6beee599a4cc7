"""Whether the classifier, the levers and the flywheel of a playbook name what exists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from planner.domain.classifier import classify
from planner.domain.playbook_problems import Problem, unknown

if TYPE_CHECKING:
    from planner.domain.playbook import Playbook
    from planner.domain.playbook_moves import Move


def move_problems(playbook: Playbook) -> Iterator[Problem]:
    """Each name in them that nothing bears, with its path."""
    archetypes = {archetype.id for archetype in playbook.archetypes}
    criteria = {entry.id for name in ("impact", "feasibility") for entry in getattr(playbook, name).criteria}
    for index, archetype in enumerate(playbook.archetypes):
        yield from _unknown(f"archetypes.{index}.wordings", archetype.wordings, criteria, "criterion")
    yield from _classifier_problems(playbook, archetypes)
    links = {question.id for question in playbook.flywheel.questions} if playbook.flywheel else set()
    for index, lever in enumerate(playbook.levers):
        path = f"levers.{index}"
        yield from _unknown(f"{path}.archetypes", lever.archetypes, archetypes, "archetype")
        yield from _unknown(f"{path}.becomes", filter(None, [lever.becomes]), archetypes, "archetype")
        yield from _unknown(f"{path}.builds", lever.builds, links, "question of the flywheel")
        yield from _shift_problems(path, lever, criteria)
        if lever.relaxes_accuracy and playbook.accuracy_cost is None:
            yield f"{path}.relaxes_accuracy", "needs the field accuracy_cost, which says what accuracy costs"
    if playbook.flywheel:
        yield from _shift_problems("flywheel", playbook.flywheel, criteria)
    if playbook.accuracy_cost:
        yield from _unknown("accuracy_cost.criterion", [playbook.accuracy_cost.criterion], criteria, "criterion")


def _unknown(path: str, names: Iterable[str], known: Collection[str], what: str) -> Iterator[Problem]:
    yield from ((path, unknown(what, name, known)) for name in names if name not in known)


def _shift_problems(path: str, move: Move, criteria: set[str]) -> Iterator[Problem]:
    for number, shift in enumerate(move.shifts):
        yield from _unknown(f"{path}.shifts.{number}.criterion", [shift.criterion], criteria, "criterion")


def _classifier_problems(playbook: Playbook, archetypes: set[str]) -> Iterator[Problem]:
    for index, question in enumerate(playbook.classifier):
        later = {further.id for further in playbook.classifier[index + 1 :]}
        if question.id in archetypes:
            yield f"classifier.{index}.id", f"'{question.id}' is the id of an archetype already"
        for way in ("if_yes", "if_no"):
            if getattr(question, way) not in {*archetypes, *later}:
                name = getattr(question, way)
                yield f"classifier.{index}.{way}", f"'{name}' is neither an archetype nor a question further down"
                return
    for index, example in enumerate(playbook.classified_examples):
        found = classify(example.answers, playbook)
        if found.archetype != example.archetype:
            yield f"classified_examples.{index}.archetype", f"its answers lead to '{found.archetype}'"
