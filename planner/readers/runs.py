"""Runs in a file that must be right as a whole: a table with a row for each, or JSON as in the REST interface."""

from __future__ import annotations

from typing import Literal

from planner.domain.errors import FieldError, Invalid
from planner.domain.metrics_imports import RejectedRun
from planner.domain.metrics_runs import RunDraft
from planner.readers.run_files import find_runs

Kind = Literal["csv", "json"]
KINDS: tuple[Kind, ...] = ("csv", "json")
MOST_PROBLEMS = 20


def read_runs(content: bytes, kind: Kind, origin: str) -> list[RunDraft]:
    """The runs in a file; `origin` names it in messages.

    In a table, a column is a metric when every value in it is a number, and else a parameter; an empty cell says that
    the value is missing. Raises Unreadable, TooLarge, or Invalid with the record and field of what is wrong.
    """
    found = [one for batch in find_runs(content, origin, kind).batches for one in batch]
    wrong = [one for one in found if isinstance(one, RejectedRun)]
    if wrong:
        raise Invalid([FieldError(field=one.where, message=one.reason) for one in wrong[:MOST_PROBLEMS]])
    return [one for one in found if isinstance(one, RunDraft)]
