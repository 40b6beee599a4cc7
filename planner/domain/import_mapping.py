"""The format of an import mapping: what a file looks like, and which cell fills which field.

A mapping is data. It says everything that is particular to a file, and nothing in Python does; docs/import.md explains
each part to the people who write one. A field that no rule fills stays unstated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from planner.domain.attributes import AttributeName
from planner.domain.cells import CLEANING, FOLDING, CleaningStep, FoldingStep
from planner.domain.import_dates import DateFormat
from planner.domain.import_tables import FileRules
from planner.domain.infrastructure import ComponentStatus
from planner.domain.model import Line, Model, Slug, Text
from planner.domain.playbook_entry import Id

ColumnId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=60)]
Scalar = Annotated[str | bool | int | float, Field(union_mode="smart")]
FieldName = Literal[
    "name",
    "key",
    "summary",
    "organisation",
    "unit",
    "owner",
    "archetype",
    "problem_type",
    "stage",
    "status",
    "tags",
    "effort",
    "cost",
    "links",
    "risks",
]

Place = tuple[str | int, ...]  # where in a mapping something stands


def _header_alone(value: Any) -> Any:
    return {"header": value} if isinstance(value, str) else value


class ColumnBinding(Model):
    """Where a column is: by its header, by its index from 0, or by both, which checks that they agree."""

    header: Text | None = None
    index: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.header is None and self.index is None:
            raise ValueError("give a header, an index, or both")
        return self


class CellRules(Model):
    """What is done to every cell before anything else, and how cells are compared with the words of the mapping."""

    clean: tuple[CleaningStep, ...] = CLEANING
    fold: tuple[FoldingStep, ...] = FOLDING
    nulls: tuple[str, ...] = Field(default=(), max_length=200, description="Words that mean nothing is stated.")


class RejectRule(Model):
    """A record whose cell has one of the values is rejected, and counted with the reason."""

    column: ColumnId
    match: Literal["exact", "fold", "head"] = "fold"
    values: tuple[str, ...] = Field(min_length=1, max_length=1000)
    reason: Id


class RecordRules(Model):
    """Which records are taken, and how a record is recognised when the file is imported again."""

    duplicates: Literal["all_cells", "none"] | tuple[ColumnId, ...] = Field(
        default="all_cells", description="A record that equals an earlier one in these columns is skipped."
    )
    identity: tuple[ColumnId, ...] = Field(
        default=(), description="Columns that tell records apart; repeats are numbered. Left out: the name. A key wins."
    )
    scope: Slug | None = Field(
        default=None, description="Imports of one scope recognise each other's records; left out, the mapping's id."
    )
    collisions: tuple[FieldName, ...] = Field(
        default=("organisation", "name"), description="Projects that agree in these fields are taken with a warning."
    )
    reject: tuple[RejectRule, ...] = ()


class Mapped(Model):
    """What a word of the file means, with a warning that asks a person to look."""

    value: Scalar | None
    warn: Id | None = None


class Rule(Model):
    """From a cell to a value.

    With `map`, the cell is looked up: `exact` as it is, `fold` folded, `head` folded up to the first colon. A cell that
    is not in the map is unstated and warned of, unless `other` says otherwise.
    """

    column: ColumnId
    nulls: bool = Field(default=False, description="Whether the null words of `cells` count as nothing here.")
    collapse_whitespace: bool = Field(default=False, description="Make one line of it.")
    map: dict[str, Scalar | Mapped | None] | None = Field(default=None, min_length=1, max_length=5000)
    match: Literal["exact", "fold", "head"] = "fold"
    other: Literal["warn", "ignore", "reject", "keep"] = "warn"

    @model_validator(mode="after")
    def _match_needs_a_map(self) -> Self:
        if self.map is None and self.model_fields_set & {"match", "other"}:
            raise ValueError("match and other need a map")
        return self


class FieldRule(Rule):
    """Fills a field of the project."""

    required: bool = Field(default=False, description="A record without it is rejected.")


def _column_alone(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


class AttributeRule(Rule):
    """Keeps a fact with the project, under a name of its own."""

    date: bool = Field(default=False, description="Read it as a date, in the formats of `dates`.")
    keep_raw: bool = Field(default=False, description="Keep a cell that could not be read as `<name>.raw`.")

    @model_validator(mode="after")
    def _date_or_map(self) -> Self:
        if self.date and self.map is not None:
            raise ValueError("a date takes no map")
        return self


class ChecklistRule(Rule):
    """States a component of the infrastructure checklist; `note` says what the file's answer means and what not."""

    map: dict[str, ComponentStatus | None] = Field(min_length=1, max_length=5000)  # type: ignore[assignment]
    other: Literal["warn", "ignore", "reject"] = "warn"
    note: Text = ""


class ImportMapping(Model):
    """How the records of one kind of file become projects."""

    version: Literal[1] = Field(description="Of this format.")
    id: Slug
    name: Line = ""
    source: Text = Field(default="", description="Where the file comes from, and what to know of it.")
    file: FileRules = FileRules()
    columns: dict[ColumnId, Annotated[ColumnBinding, BeforeValidator(_header_alone)]] = Field(
        min_length=1, max_length=1000
    )
    cells: CellRules = CellRules()
    records: RecordRules = RecordRules()
    dates: tuple[DateFormat, ...] = Field(default=(), max_length=50)
    fields: dict[FieldName, Annotated[FieldRule, BeforeValidator(_column_alone)]]
    needs: dict[AttributeName, Annotated[FieldRule, BeforeValidator(_column_alone)]] = Field(default={}, max_length=50)
    attributes: dict[AttributeName, Annotated[AttributeRule, BeforeValidator(_column_alone)]] = Field(
        default={}, max_length=1000
    )
    keep: tuple[ColumnId, ...] = Field(
        default=(), max_length=200, description="Columns kept as attributes under their own ids, null words left out."
    )
    checklist: dict[str, ChecklistRule] = Field(default={})

    def sections(self) -> tuple[tuple[str, Mapping[Any, Rule]], ...]:
        """The rules under the names of the sections they stand in; `keep` among the attributes."""
        kept = {column: AttributeRule(column=column, nulls=True) for column in self.keep}
        return (
            ("fields", self.fields),
            ("needs", self.needs),
            ("attributes", {**self.attributes, **kept}),
            ("checklist", self.checklist),
        )

    @field_validator("fields")
    @classmethod
    def _a_name_there_must_be(cls, value: dict[FieldName, FieldRule]) -> dict[FieldName, FieldRule]:
        if "name" not in value:
            raise ValueError("a project needs a name; say which column it is in")
        return value

    @model_validator(mode="after")
    def _names_what_exists(self) -> Self:
        if problems := [*self._problems()]:
            # Pydantic takes one error from here; the single problems travel in its context, for the reader to place.
            text = "; ".join(f"{'.'.join(map(str, path))}: {message}" for path, message in problems)
            raise PydanticCustomError("mapping_names", "{text}", {"text": text, "problems": problems})
        return self

    def _problems(self) -> Iterator[tuple[Place, str]]:
        for place, column in self._named_columns():
            if column not in self.columns:
                yield place, f"no column '{column}' is declared under columns"
        for name, rule in self.attributes.items():
            if rule.date and not self.dates:
                yield ("attributes", name, "date"), "no format is listed under dates"
        for index, column in enumerate(self.keep):
            if column in self.attributes or column in self.keep[:index]:
                yield ("keep", index), f"there is an attribute '{column}' already"

    def _named_columns(self) -> Iterator[tuple[Place, str]]:
        """Every mention of a column, and where it stands."""
        for section, rules in self.sections():
            declared = getattr(self, section)
            yield from (((section, name, "column"), rules[name].column) for name in declared)
        yield from ((("keep", index), column) for index, column in enumerate(self.keep))
        yield from ((("records", "identity", index), column) for index, column in enumerate(self.records.identity))
        if not isinstance(self.records.duplicates, str):
            yield from ((("records", "duplicates", index), c) for index, c in enumerate(self.records.duplicates))
        yield from ((("records", "reject", i, "column"), rule.column) for i, rule in enumerate(self.records.reject))
