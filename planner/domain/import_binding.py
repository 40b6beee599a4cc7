"""Whether a mapping fits: its columns the header of the file, its words the playbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from planner.domain.cells import collapse_whitespace, fold, pipeline
from planner.domain.errors import FieldError
from planner.domain.import_mapping import ColumnBinding, FieldName, ImportMapping, Mapped, Rule
from planner.domain.playbook import Playbook
from planner.domain.projects import STATUSES


def bind_columns(header: tuple[str, ...], mapping: ImportMapping, errors: list[FieldError]) -> dict[str, int]:
    """The index of each declared column. What does not fit is added to `errors`, all of it, and left out."""
    expected = mapping.file.columns
    if expected is not None and expected != len(header):
        message = f"{expected} columns are expected, the file has {len(header)}: check its delimiter and version"
        errors.append(FieldError(field="file.columns", message=message))
    folded = [fold(cell) for cell in header]
    columns = {}
    for name, binding in mapping.columns.items():
        found = _find(binding, header, folded)
        if isinstance(found, int):
            columns[name] = found
        else:
            errors.append(FieldError(field=f"columns.{name}", message=found))
    return columns


def _find(binding: ColumnBinding, header: tuple[str, ...], folded: list[str]) -> int | str:
    """The index, or what is wrong. Headers are compared folded: their quotes, dashes and blanks vary with the tool."""
    if binding.index is not None:
        if binding.index >= len(header):
            return f"there is no column with index {binding.index}; the file has {len(header)}, counted from 0"
        if binding.header is not None and fold(binding.header) != folded[binding.index]:
            there = _short(header[binding.index])
            return f"the header at index {binding.index} is '{there}', not '{_short(binding.header)}'"
        return binding.index
    assert binding.header is not None
    places = [index for index, cell in enumerate(folded) if cell == fold(binding.header)]
    if not places:
        return f"no header reads '{_short(binding.header)}'; there are: {', '.join(map(_short, header[:30]))}"
    if len(places) > 1:
        return f"'{_short(binding.header)}' stands at the indexes {', '.join(map(str, places))}; add the one meant"
    return places[0]


def _short(header: str) -> str:
    return collapse_whitespace(header)[:60]


def word_problems(mapping: ImportMapping, playbook: Playbook) -> Iterator[FieldError]:
    """Words in the maps of a mapping that the playbook does not have, or that are the same when folded."""
    words: dict[FieldName, Iterable[str]] = {
        "archetype": [entry.id for entry in playbook.archetypes],
        "problem_type": [entry.id for entry in playbook.problem_types],
        "stage": [entry.id for entry in playbook.stages],
        "status": STATUSES,
    }
    for field, known in words.items():
        filled = mapping.fields.get(field)
        for path, value in _values(f"fields.{field}", filled) if filled else ():
            if value not in known:
                yield FieldError(field=path, message=f"'{value}' is not one of {', '.join(known)}")
    folding = pipeline(mapping.cells.fold)
    for section, rules in mapping.sections():
        for name, rule in rules.items():
            seen: dict[str, str] = {}
            for word in rule.map or ():
                same = seen.setdefault(word if rule.match == "exact" else folding(word), word)
                if same != word:
                    message = f"is the same word as '{same}' when folded"
                    yield FieldError(field=f"{section}.{name}.map.{word}", message=message)
    components = [component.id for component in playbook.components]
    for component in mapping.checklist:
        if component not in components:
            message = f"not a component of the playbook; one of {', '.join(components)}"
            yield FieldError(field=f"checklist.{component}", message=message)


def _values(path: str, rule: Rule) -> Iterator[tuple[str, Any]]:
    for word, meant in (rule.map or {}).items():
        value = meant.value if isinstance(meant, Mapped) else meant
        if value is not None:
            yield f"{path}.map.{word}", value
