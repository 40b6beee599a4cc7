"""Filters that name what the playbook does not have are a slip, not a question without an answer."""

from __future__ import annotations

from planner.domain.errors import FieldError, Invalid
from planner.domain.playbook import Playbook
from planner.domain.projects import NOT_STATED, OPEN, STATUSES, Filters
from planner.services.workspace import Reading
from planner.store import project_lists


def check_filters(filters: Filters, playbook: Playbook) -> None:
    """Raises Invalid, naming each unknown word and those there are."""
    if (filters.stage, filters.status, filters.archetype, filters.problem_type, filters.quadrant) == (None,) * 5:
        return
    known: dict[str, list[str]] = {
        "stage": [stage.id for stage in playbook.stages],
        "status": [*STATUSES, OPEN],
        "archetype": [archetype.id for archetype in playbook.archetypes],
        "problem_type": [problem.id for problem in playbook.problem_types],
        "quadrant": [quadrant.id for quadrant in playbook.quadrants],
    }
    errors = [
        FieldError(field=field, message=f"'{value[:60]}' is none; one of: {', '.join([*words, NOT_STATED])}")
        for field, words in known.items()
        if (value := getattr(filters, field)) is not None and value != NOT_STATED and value not in words
    ]
    if errors:
        raise Invalid(errors, "Nothing can be found by a word that the playbook does not have.")


def check_words(found: Reading, filters: Filters) -> None:
    """The same for a portfolio: its projects may still carry words of a playbook that it followed before."""
    try:
        check_filters(filters, found.playbook)
    except Invalid as error:
        for item in error.errors:
            rows = project_lists.count_by(found.connection, found.portfolio.id, Filters(), item.field)
            if getattr(filters, item.field) not in {values[0] for values, _ in rows}:
                raise
