"""Applying a mapping: records in, projects out. Pure: nothing is read but the rows, nothing is stored.

The mapping is compiled once against the header and the playbook, so that a record costs a few dictionary look-ups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from pydantic import ValidationError

from planner.domain.cells import collapse_whitespace, step_functions
from planner.domain.errors import FieldError, Invalid, plain_message
from planner.domain.import_binding import bind_columns, word_problems
from planner.domain.import_mapping import FieldRule, ImportMapping
from planner.domain.import_resolvers import Fold, Resolver, compile_fold, compile_rule, compile_words
from planner.domain.import_tables import Table
from planner.domain.imports import GROUPS, ImportedProject, Outcome, RecordWarning, Rejected, Skipped
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.playbook import Playbook
from planner.domain.projects import ProjectDraft, unknown_words

MAX_ID = 400  # characters of an external id; PostgreSQL indexes no more than 2,700 bytes


@dataclass(frozen=True)
class Target:
    """A place that a column fills: its entry in the payload, its group (`fields` or one of GROUPS), its name there."""

    entry: str
    group: str
    name: str
    index: int
    resolve: Resolver
    required: bool


def apply_mapping(table: Table, mapping: ImportMapping, playbook: Playbook) -> Iterator[Outcome]:
    """The outcome of each record, in the order of the file; last, warnings about the file as a whole.

    Raises Invalid at once when the columns are not those of the mapping, or when the mapping uses words that the
    playbook does not have. A single record never stops the others.
    """
    errors: list[FieldError] = [*word_problems(mapping, playbook)]
    columns = bind_columns(table.header, mapping, errors)
    if errors:
        raise Invalid(errors, f"The file does not fit the mapping '{mapping.id}'.")
    return _Application(table, mapping, playbook, columns).run()


class _Application:
    """One run over one table: the compiled mapping and what earlier records have shown."""

    def __init__(self, table: Table, mapping: ImportMapping, playbook: Playbook, columns: dict[str, int]) -> None:
        self.table, self.mapping, self.playbook = table, mapping, playbook
        self.cleaning = step_functions(mapping.cells.clean)
        self.scope = mapping.records.scope or mapping.id
        self.fold = compile_fold(mapping)
        self.targets = _compile_targets(mapping, columns, self.fold)
        raw = (f"attributes.{name}.raw" for name, rule in mapping.attributes.items() if rule.keep_raw)
        self.bound = frozenset([*(target.entry for target in self.targets), *raw])
        records = mapping.records
        self.rejects = [
            (rule.reason, columns[rule.column], compile_words(rule.values, rule.match, self.fold))
            for rule in records.reject
        ]
        self.compared: Sequence[int] | None = None  # indexes of the columns that make a duplicate; None for all
        if not isinstance(records.duplicates, str):
            self.compared = [columns[column] for column in records.duplicates]
        self.identity = [columns[column] for column in records.identity or (mapping.fields["name"].column,)]
        self.key = columns[mapping.fields["key"].column] if "key" in mapping.fields else None
        self.collisions = tuple(dict.fromkeys(field for field in records.collisions if field in self.bound))
        self.drafts = {
            (component, status): ChecklistDraft(status=status, note=rule.note)
            for component, rule in mapping.checklist.items()
            for status in rule.map.values()
            if status is not None
        }
        self.first_equal: dict[bytes, int] = {}
        self.first_named: dict[tuple[str, ...], int] = {}
        self.repeats: dict[str, int] = {}

    def run(self) -> Iterator[Outcome]:
        """Every outcome, one record at a time: memory grows with the number of records, not with their texts."""
        number = 0
        for number, row in enumerate(self.table.rows, 1):
            yield self.outcome(number, row)
        expected = self.mapping.file.records
        if expected is not None and expected != number:
            found = f"{number} read, {expected} expected"
            yield RecordWarning(record=None, kind="record_count_differs", field="file.records", value=found)

    def outcome(self, number: int, row: Sequence[str]) -> Outcome:
        """What becomes of one record. The order of the tests is the order of the reasons in docs/import.md."""
        width = len(self.table.header)
        if len(row) != width:
            found = f"{len(row)} fields found, {width} expected: check the quotes and delimiters of this record"
            return Rejected(record=number, reason="wrong_field_count", detail=found)
        cells = list(row)
        for step in self.cleaning:  # the whole record at a time, which is several times quicker than cell by cell
            cells = list(map(step, cells))
        if not any(cells):
            return Rejected(record=number, reason="blank_record", detail="every field is blank; delete the record")
        for target in self.targets:
            if target.required and not self._states(target, cells):
                detail = f"{target.entry}: column '{self._header(target.index)}' is blank and must be filled"
                return Rejected(record=number, reason=f"missing_{target.name}", detail=detail)
        for reason, index, matches in self.rejects:
            if matches(cells[index]):
                detail = f"column '{self._header(index)}' reads '{cells[index][:60]}'"
                return Rejected(record=number, reason=reason, detail=detail)
        if self.mapping.records.duplicates != "none":
            first = self._first_equal(number, cells)
            if first != number:
                return Skipped(record=number, reason="duplicate_record", detail=f"of record {first}")
        return self._project(number, cells)

    @staticmethod
    def _states(target: Target, cells: list[str]) -> bool:
        cell = cells[target.index]
        return bool(cell) and target.resolve(cell).value is not None

    def _project(self, number: int, cells: list[str]) -> Outcome:
        external_id = self._external_id(cells)
        payload: dict[str, Any] = {}
        groups: dict[str, dict[str, Any]] = {"fields": {}, **{group: {} for group in GROUPS}}
        warnings: list[RecordWarning] = []
        problems: list[str] = []
        for target in self.targets:
            cell = cells[target.index]
            if not cell:
                continue
            value, warn, problem, raw = target.resolve(cell)
            if problem is not None:
                problems.append(f"{target.entry}: {problem}")
            if warn is not None:
                warnings.append(RecordWarning(record=number, kind=warn, field=self._shown(target), value=cell[:300]))
            if raw is not None:
                groups[target.group][f"{target.name}.raw"] = payload[f"{target.entry}.raw"] = raw
            if value is not None:
                groups[target.group][target.name] = payload[target.entry] = value
        fields = groups["fields"]
        key = fields.pop("key", None)
        payload.pop("key", None)
        draft: ProjectDraft | None = None
        try:
            draft = ProjectDraft(**fields, attributes=groups["attributes"], needs=groups["needs"])
        except ValidationError as error:
            problems += _cures(error)
        else:
            problems += [f"{name}: {message}" for name, message in unknown_words(draft, draft.stage, self.playbook)]
        if problems or draft is None:
            return Rejected(record=number, reason="invalid_value", detail="; ".join(problems)[:2000])
        warnings += self._flaws(number)
        warnings += self._collision(number, payload)
        checklist = {name: self.drafts[name, status] for name, status in groups["checklist"].items()}
        return ImportedProject(
            number, self.scope, external_id, key, draft, checklist, payload, self.bound, tuple(warnings)
        )

    def _first_equal(self, number: int, cells: list[str]) -> int:
        compared = cells if self.compared is None else [cells[index] for index in self.compared]
        digest = blake2b("\x1f".join(compared).encode(), digest_size=16).digest()
        return self.first_equal.setdefault(digest, number)

    def _external_id(self, cells: list[str]) -> str:
        """The identity in folded words, the same in every import; repeats of an identity carry their ordinal.

        A record that gives the key of its project is recognised by that alone.
        """
        columns = [self.key] if self.key is not None and cells[self.key] else self.identity
        parts = [self.fold(cells[index]).replace("|", "||") for index in columns]
        identity = " | ".join([self.scope, *parts])
        if len(identity) > MAX_ID:
            identity = f"{identity[: MAX_ID - 40]} … {blake2b(identity.encode(), digest_size=16).hexdigest()}"
        self.repeats[identity] = ordinal = self.repeats.get(identity, 0) + 1
        return identity if ordinal == 1 else f"{identity} | {ordinal}"

    def _collision(self, number: int, payload: dict[str, Any]) -> Iterator[RecordWarning]:
        if self.collisions:
            named = tuple(self.fold(str(payload.get(field, ""))) for field in self.collisions)
            first = self.first_named.setdefault(named, number)
            if first != number:
                value = f"{payload['name'][:250]} (same {' and '.join(self.collisions)} as record {first})"
                yield RecordWarning(record=number, kind="name_collision", field="name", value=value)

    def _flaws(self, number: int) -> Iterator[RecordWarning]:
        for index, kind, value in self.table.flaws.get(number, ()):
            yield RecordWarning(record=number, kind=kind, field=self._header(index), value=value)

    def _header(self, index: int) -> str:
        return collapse_whitespace(self.table.header[index])[:120] if index < len(self.table.header) else str(index)

    @staticmethod
    def _shown(target: Target) -> str:
        """The field as warnings name it: attributes and fields alike by their own name."""
        return target.entry if target.group in ("needs", "checklist") else target.name


def _compile_targets(mapping: ImportMapping, columns: dict[str, int], fold: Fold) -> tuple[Target, ...]:
    targets = []
    for group, rules in mapping.sections():
        for name, rule in rules.items():
            entry = name if group == "fields" else f"{group}.{name}"
            required = entry == "name" or (isinstance(rule, FieldRule) and rule.required)
            resolve = compile_rule(group, name, rule, mapping, fold)
            targets.append(Target(entry, group, name, columns[rule.column], resolve, required))
    return tuple(targets)


def _cures(error: ValidationError) -> list[str]:
    """Each field of a failed validation with what would cure it."""
    found = []
    for item in error.errors(include_url=False):
        match item["type"]:
            case "string_too_long":
                fits, given = item["ctx"]["max_length"], len(item["input"])
                cure = f"at most {fits:,} characters fit, {given:,} given; shorten it, or keep it as an attribute"
            case "string_pattern_mismatch":
                cure = "one line is needed; set collapse_whitespace, or remove the line breaks"
            case "too_long":
                cure = f"at most {item['ctx']['max_length']} entries fit; remove some"
            case _:
                cure = plain_message(item)
        found.append(f"{'.'.join(str(part) for part in item['loc'])}: {cure}")
    return found
