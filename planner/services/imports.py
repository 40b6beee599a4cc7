"""Importing a file: each record is created, updated, skipped or rejected, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from planner.domain.history import FieldChange, differences
from planner.domain.import_defaults import default_mapping
from planner.domain.import_mapping import ImportMapping
from planner.domain.import_rules import apply_mapping
from planner.domain.imports import (
    ImportedProject,
    ImportPlan,
    ImportReport,
    Outcome,
    Payload,
    RecordWarning,
    Rejected,
    Skipped,
    payload_of,
    plan_import,
)
from planner.domain.infrastructure import ChecklistDraft, ChecklistItem
from planner.domain.lifecycle import Transition
from planner.domain.playbook import Playbook
from planner.domain.projects import ProjectFields
from planner.readers.limits import DEFAULT_LIMITS, Limits
from planner.readers.mappings import get_mapping, parse_mapping
from planner.readers.tables import open_table
from planner.services.standings import unknown_standing
from planner.services.workspace import Reading, Workspace, Writing, reading, writing
from planner.store import history, imports, infrastructure, lifecycle, projects

Progress = Callable[[int, int], None]
STEP = 200  # records between two reports of progress


def resolve_mapping(text: str) -> ImportMapping | None:
    """The mapping that a text names or is: empty none, a word a shipped one, anything else YAML.

    Raises NotFound for an unknown name and MappingError for YAML that is no sound mapping.
    """
    text = text.strip()
    if not text:
        return None
    return parse_mapping(text.encode(), "mapping") if "\n" in text or ":" in text else get_mapping(text)


def import_file(
    ws: Workspace,
    slug: str,
    source: bytes | Path,
    filename: str,
    mapping: ImportMapping | None = None,
    *,
    dry_run: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> ImportReport:
    """Imports a CSV or XLSX file; without a mapping its headers say which column fills what.

    A record seen before changes only what the file says differently from last time, so that what people have edited
    since stays; the same file again changes nothing, not even the revision. Raises TooLarge, Unreadable or Invalid for
    a file that cannot be taken as a whole; then nothing is stored.
    """
    with reading(ws, slug) as found:
        outcomes = _read(source, filename, mapping, limits, found.playbook)
        plans = _Plans(found, outcomes)
    if dry_run or not plans.asks_for_changes:
        return plans.report(dry_run=dry_run)
    with writing(ws, slug, numbers=len(plans.create), alone=True) as change:
        plans = _Plans(change, outcomes)  # once more: somebody may have written in between
        _store(change, plans, progress)
    return plans.report(dry_run=False)


def _read(
    source: bytes | Path, filename: str, mapping: ImportMapping | None, limits: Limits, playbook: Playbook
) -> list[Outcome]:
    if mapping is None:
        table = open_table(source, filename, limits=limits)
        mapping = default_mapping(table.header, playbook)
    else:
        table = open_table(source, filename, mapping.file, limits)
    return list(apply_mapping(table, mapping, playbook))


@dataclass
class _Plans:
    """What the outcomes of a file ask for, given what the portfolio holds."""

    found: Reading
    outcomes: Iterable[Outcome]
    create: list[ImportedProject] = field(default_factory=list)
    update: list[tuple[int, ImportPlan]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    warnings: list[RecordWarning] = field(default_factory=list)

    def __post_init__(self) -> None:
        connection, portfolio_id = self.found.connection, self.found.portfolio.id
        identities = projects.list_identities(connection, portfolio_id)
        self.by_key = {identity.key: identity for identity in identities}
        self.by_external_id = {i.external_id: i for i in identities if i.external_id is not None}
        self.payloads = imports.load_payloads(connection, portfolio_id)
        for outcome in self.outcomes:
            match outcome:
                case ImportedProject():
                    self._plan(outcome)
                    self.warnings.extend(outcome.warnings)
                case Skipped():
                    self.skipped.append(outcome)
                case Rejected():
                    self.rejected.append(outcome)
                case RecordWarning():
                    self.warnings.append(outcome)

    def _plan(self, record: ImportedProject) -> None:
        known = self.by_key.get(record.key or "") or self.by_external_id.get(record.external_id)
        if known is None:
            self.create.append(record)
        elif known.in_bin:
            detail = f"{known.key} is in the bin; restore it to import it again"
            self.skipped.append(Skipped(record=record.record, reason="in_bin", detail=detail))
        else:
            kept = self.payloads.get(known.id, {})  # by scope: files with other columns do not know of each other
            plan = plan_import(record, kept.get(record.scope) or self._present(known.id))
            if plan.action == "update":
                self.update.append((known.id, replace(plan, payload={**kept, record.scope: plan.payload})))
            else:
                detail = f"{known.key} is as it was"
                self.skipped.append(Skipped(record=record.record, reason="unchanged", detail=detail))

    def _present(self, project_id: int) -> Payload:
        """What the project would have been imported from, when no import has touched it yet."""
        project = projects.get_project(self.found.connection, str(project_id))
        items = infrastructure.load_checklist_items(self.found.connection, project_id)
        return payload_of(project, project.stage, {item.component: item.status for item in items})

    @property
    def asks_for_changes(self) -> bool:
        return bool(self.create or self.update)

    def report(self, *, dry_run: bool) -> ImportReport:
        created, updated = len(self.create), len(self.update)
        return ImportReport(
            dry_run=dry_run,
            read=created + updated + len(self.skipped) + len(self.rejected),
            created=created,
            updated=updated,
            skipped=tuple(self.skipped),
            rejected=tuple(self.rejected),
            warnings=tuple(self.warnings),
        )


def _store(change: Writing, plans: _Plans, progress: Progress | None) -> None:
    total = len(plans.create) + len(plans.update)
    _create(change, plans.create)
    for position, (project_id, plan) in enumerate(plans.update):
        _update(change, project_id, plan)
        if progress and position % STEP == 0:
            progress(len(plans.create) + position, total)
    counts = (("created", len(plans.create)), ("updated", len(plans.update)))
    change.record(None, "file.imported", [FieldChange(field=name, old=None, new=str(n)) for name, n in counts if n])
    if progress:
        progress(total, total)


def _create(change: Writing, records: list[ImportedProject]) -> None:
    """Adds all new projects with one statement for each table."""
    connection, portfolio, now = change.connection, change.portfolio, change.now
    first = change.first_number
    common = {
        **projects.standing_columns(unknown_standing(change.playbook, portfolio.priority_impact_share)),
        "portfolio_id": portfolio.id,
        "created_at": now,
        "updated_at": now,
        "deleted_at": None,
        "version": 1,
    }
    rows = [
        {
            **common,
            **projects.field_columns(record.draft),
            "number": number,
            "key": f"{portfolio.key_prefix}-{number}",
            "external_id": record.external_id,
            "stage": record.draft.stage,
        }
        for number, record in enumerate(records, first)
    ]
    projects.insert_projects(connection, rows)
    ids = {identity.number: identity.id for identity in projects.list_identities(connection, portfolio.id)}
    taken = [(ids[number], record) for number, record in enumerate(records, first)]
    imports.add_payloads(
        connection, [(project_id, {record.scope: record.payload}) for project_id, record in taken], now
    )
    infrastructure.append_checklist_items(
        connection,
        [
            (project_id, _item(component, draft, change))
            for project_id, record in taken
            for component, draft in record.checklist.items()
        ],
    )
    lifecycle.append_transitions(
        connection,
        [
            (project_id, Transition.placed(record.draft.stage, now, change.actor))
            for project_id, record in taken
            if record.draft.stage is not None
        ],
    )
    events = [history.event_row(portfolio.id, p, now, change.actor, "project.imported") for p, _ in taken]
    history.append_events(connection, events)


def _update(change: Writing, project_id: int, plan: ImportPlan) -> None:
    project = projects.get_project(change.connection, str(project_id))
    patch = plan.patch(project)
    stage = patch.pop("stage", project.stage)
    old: dict[str, Any] = {name: getattr(project, name) for name in patch}
    fields = ProjectFields.model_validate({**_fields(project), **patch})
    new = {name: getattr(fields, name) for name in patch}
    changes = differences({**old, "stage": project.stage}, {**new, "stage": stage})
    items = [(project_id, _item(component, draft, change)) for component, draft in plan.checklist.items()]
    infrastructure.append_checklist_items(change.connection, items)
    if stage is not None and stage != project.stage:
        placement = Transition.placed(stage, change.now, change.actor, project.stage)
        lifecycle.append_transitions(change.connection, [(project_id, placement)])
    columns = projects.field_columns(fields)
    change.touch(project, **{name: columns[name] for name in (*patch, "search_text")}, stage=stage)
    imports.replace_payload(change.connection, project_id, plan.payload, change.now)
    statements = [
        FieldChange(field=component, old=None, new=draft.status) for component, draft in plan.checklist.items()
    ]
    change.record(project_id, "project.reimported", [*changes, *statements])


def _fields(project: ProjectFields) -> dict[str, Any]:
    return {name: getattr(project, name) for name in ProjectFields.model_fields}


def _item(component: str, draft: ChecklistDraft, change: Writing) -> ChecklistItem:
    return ChecklistItem.model_construct(
        **dict(draft), component=component, recorded_at=change.now, recorded_by=change.actor
    )
