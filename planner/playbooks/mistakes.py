"""What pydantic finds wrong with a playbook, as flaws that say the cure: what was meant, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from planner.domain.errors import plain_message
from planner.domain.playbook import Playbook
from planner.domain.playbook_problems import meant
from planner.domain.strict_yaml import Flaw
from planner.domain.strict_yaml import Path as Steps


def path_of(text: str) -> Steps:
    """The path that the domain writes with points between its steps: components.3.area."""
    return tuple(int(step) if step.isdigit() else step for step in text.split("."))


def explained(error: ValidationError) -> Iterator[Flaw]:
    """Every flaw with its path in the playbook."""
    for item in error.errors(include_url=False):
        if item["type"] == "playbook_ids":
            yield from (Flaw(path_of(path), message) for path, message in item["ctx"]["problems"])
        else:
            yield _explained(item["loc"], item)


def _explained(path: Steps, item: Any) -> Flaw:
    kind, message = item["type"], plain_message(item)
    if kind == "value_error" and not any(
        path[-1:] and path[-1] in model.model_fields for model in _models_at(path[:-1])
    ):
        path = path[:-1] if isinstance(path[-1], str) else path  # the tag of a union, which no file has
    above = _models_at(path[:-1])
    if kind == "extra_forbidden":
        fields = {name for model in above for name in model.model_fields}
        return Flaw(path, f"is not a field here; check its spelling{meant(str(path[-1]), fields)}")
    if kind == "missing" and path and isinstance(path[-1], int):
        return Flaw(path, "is missing: the list needs an entry more")
    if kind == "string_type" and isinstance(item["input"], (int, float, date)):
        return Flaw(path, f"{message}; put it in quotes")
    # A validator of a whole entry begins with the name of the field that is wrong.
    if kind == "value_error" and (found := re.match(r"([a-z_]+): ", message)):
        name = found[1]
        if any(name in model.model_fields for model in _models_at(path)):
            return Flaw((*path, name), message.removeprefix(found[0]))
    return Flaw(path, message)


def _models_at(path: Steps) -> set[type[BaseModel]]:
    """The models that may stand at a path; a step that names no field is the tag of a union and leads nowhere else."""
    found: set[type[BaseModel]] = {Playbook}
    for step in path:
        fields = [model.model_fields[step] for model in found if step in model.model_fields]
        if isinstance(step, str) and fields:
            found = {model for field in fields for model in _models_in(field.annotation)}
    return found


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
