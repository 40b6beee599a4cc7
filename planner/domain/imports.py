"""What comes of an import: the outcome of each record, what to do with it, and the report of them all.

`planner.domain.import_rules.apply_mapping` makes the outcomes; a service stores them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import isclose
from typing import Any, Literal, Self

from pydantic import Field, computed_field, model_validator

from planner.domain.cells import CLEANING, as_cell, pipeline
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.model import Model
from planner.domain.projects import ProjectDraft, ProjectFields

# A record as an import understood it, flat: `name`, `needs.gpu_hours`, `attributes.dates.initiated`,
# `checklist.data.sources`, each with its value in JSON types; what is not stated has no entry.
Payload = dict[str, Any]
_CLEAN = pipeline(CLEANING)
GROUPS = ("attributes", "needs", "checklist")  # the dotted parts of a payload


class RecordWarning(Model):
    """Something a person should look at; the record was taken nevertheless."""

    record: int | None = Field(description="Number of the data record, from 1; null for the file as a whole.")
    kind: str = Field(examples=["date_unparsed"])
    field: str = Field(examples=["dates.retired"])
    value: str = Field(description="What the file says there.")


@dataclass(frozen=True, slots=True)
class ImportedProject:
    """A record that was understood.

    `external_id` recognises it when the file is imported again, and `scope` says among which imports. `key` is what the
    file gives as the project's key. `bound` names the payload's possible entries: what the file has no column for is
    not the import's to change.
    """

    record: int
    scope: str
    external_id: str
    key: str | None
    draft: ProjectDraft
    checklist: dict[str, ChecklistDraft]
    payload: Payload
    bound: frozenset[str]
    warnings: tuple[RecordWarning, ...]


class NotTaken(Model):
    """A record that became no project and changed none, and why."""

    record: int = Field(description="Number of the data record, from 1.")
    reason: str = Field(examples=["duplicate_record"])
    detail: str = Field(description="What was found, and what would cure it.", examples=["of record 418"])


class Skipped(NotTaken):
    """Nothing is wrong with the record; there is nothing to do for it."""


class Rejected(NotTaken):
    """The record breaks a rule and must be corrected."""


Outcome = ImportedProject | Skipped | Rejected | RecordWarning


@dataclass(frozen=True)
class ImportPlan:
    """What an imported record asks for.

    `changes` is a partial payload, null where a value is to be emptied; `checklist` holds the statements to record;
    `payload` is what to keep for the next import.
    """

    action: Literal["create", "update", "unchanged"]
    changes: Payload
    checklist: dict[str, ChecklistDraft]
    payload: Payload

    def patch(self, project: ProjectFields) -> dict[str, Any]:
        """The changed fields of the project, `stage` included, with attributes and needs merged into what it has."""
        patch: dict[str, Any] = {}
        for entry, value in self.changes.items():
            group, _, name = entry.partition(".")
            if group not in GROUPS:
                patch[entry] = value if value is not None or group not in ("tags", "links") else ()
            elif group != "checklist":
                merged = patch.setdefault(group, dict(getattr(project, group)))
                if value is None:
                    merged.pop(name, None)
                else:
                    merged[name] = value
        return patch


def plan_import(imported: ImportedProject, previous: Payload | None) -> ImportPlan:
    """Compares a record with `previous`, the payload of its last import in the same scope, or None when it is new.

    Only what the file says differently from last time changes, so that what people have edited since stays. A component
    that the file no longer states keeps its last statement, for a fact that was recorded does not become unsaid.
    """
    if previous is None:
        return ImportPlan("create", imported.payload, imported.checklist, imported.payload)
    changes = {
        entry: imported.payload.get(entry)
        for entry in sorted(imported.bound)
        if not _same(imported.payload.get(entry), previous.get(entry))
        and not (entry.startswith("checklist.") and entry not in imported.payload)
    }
    statements = {name: draft for name, draft in imported.checklist.items() if f"checklist.{name}" in changes}
    payload = {name: value for name, value in {**previous, **changes}.items() if value is not None}
    return ImportPlan("update" if changes else "unchanged", changes, statements, payload)


def _same(new: Any, old: Any) -> bool:
    """Whether two values are one in a cell: TRUE and `true`, line breaks of any kind, numbers to a cell's precision."""
    if new == old or new is None or old is None or isinstance(new, list):
        return bool(new == old)
    if isinstance(old, int | float) and not isinstance(old, bool):
        with suppress(ValueError):
            return isclose(float(new), old, rel_tol=1e-12)
    return _CLEAN(as_cell(new)) == _CLEAN(as_cell(old))


def payload_of(project: ProjectFields, stage: str | None, checklist: Mapping[str, str]) -> Payload:
    """The payload that a stored project would have been imported from; `checklist` maps components to statuses.

    It stands in for `previous` when a file names by its key a project that no import has touched yet: what differs from
    the project is then what somebody changed in the file.
    """
    fields = {**project.model_dump(mode="json", include=set(ProjectFields.model_fields)), "stage": stage}
    groups = {"attributes": fields.pop("attributes"), "needs": fields.pop("needs"), "checklist": checklist}
    payload = {name: value for name, value in fields.items() if value not in (None, [], "")}
    for group, entries in groups.items():
        payload.update({f"{group}.{name}": value for name, value in entries.items()})
    return payload


class ImportReport(Model):
    """What an import did, or would do: each record is counted once, and each that was not taken is listed."""

    dry_run: bool = Field(description="True when nothing was stored.")
    read: int = Field(ge=0, description="Data records in the file.")
    created: int = Field(ge=0)
    updated: int = Field(ge=0)
    skipped: tuple[NotTaken, ...] = ()
    rejected: tuple[NotTaken, ...] = ()
    warnings: tuple[RecordWarning, ...] = ()

    @model_validator(mode="after")
    def _every_record_is_counted_once(self) -> Self:
        if self.read != self.created + self.updated + len(self.skipped) + len(self.rejected):
            raise ValueError("read must equal created + updated + skipped + rejected")
        return self

    @computed_field(description="How many warnings there are of each kind and field.")  # type: ignore[prop-decorator]
    @property
    def warning_counts(self) -> dict[str, int]:
        counts = Counter(f"{warning.kind}:{warning.field}" for warning in self.warnings)
        return dict(sorted(counts.items()))

    @computed_field(description="How many records were skipped or rejected for each reason.")  # type: ignore[prop-decorator]
    @property
    def reason_counts(self) -> dict[str, int]:
        return dict(sorted(Counter(line.reason for line in (*self.skipped, *self.rejected)).items()))
