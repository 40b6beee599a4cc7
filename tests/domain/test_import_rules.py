"""From records to projects by a mapping: what is filled, what stays unstated, what is not taken, and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import Invalid
from planner.domain.import_mapping import ImportMapping
from planner.domain.import_rules import MAX_ID, apply_mapping
from planner.domain.import_tables import Table
from planner.domain.imports import ImportedProject, NotTaken, Outcome, RecordWarning, Rejected, Skipped
from planner.playbooks import Playbooks

PLAYBOOK = Playbooks.shipped().get("fsdl")


def mapping(**sections: Any) -> ImportMapping:
    columns = sections.pop("columns", {"name": "Name", "word": "Word"})
    fields = {"name": "name", **sections.pop("fields", {})}
    return ImportMapping.model_validate({"version": 1, "id": "test", "columns": columns, "fields": fields, **sections})


def run(
    rules: ImportMapping, *rows: list[str], header: tuple[str, ...] = ("Name", "Word"), **more: Any
) -> list[Outcome]:
    return list(apply_mapping(Table(header, rows, **more), rules, PLAYBOOK))


def project(outcome: Outcome) -> ImportedProject:
    assert isinstance(outcome, ImportedProject), outcome
    return outcome


def one(rules: ImportMapping, word: str) -> ImportedProject:
    [outcome] = run(rules, ["Alpha", word])
    return project(outcome)


def rejection(rules: ImportMapping, *row: str) -> tuple[str, str]:
    [outcome] = run(rules, list(row))
    assert isinstance(outcome, Rejected), outcome
    return outcome.reason, outcome.detail


STAGE = {"stage": {"column": "word", "map": {"Initiated": "planning", "Retired": None}}}


class TestWhatIsFilled:
    @pytest.mark.parametrize("word", ["Initiated", "  initiated. ", "INITIATED", "\u00a0Initiated\u00a0"])
    def test_words_are_compared_folded(self, word: str) -> None:
        assert one(mapping(fields=STAGE), word).draft.stage == "planning"

    def test_exactly_means_exactly(self) -> None:
        rules = mapping(fields={"stage": {**STAGE["stage"], "match": "exact"}})
        assert one(rules, "Initiated").draft.stage == "planning"
        assert one(rules, "initiated").draft.stage is None

    def test_the_head_is_what_stands_before_the_first_colon(self) -> None:
        rule = {"column": "word", "match": "head", "map": {"initiated": "planning"}}
        found = one(mapping(fields={"stage": rule}), "Initiated: since May: or so")
        assert found.draft.stage == "planning"

    def test_blank_is_unstated_and_nothing_is_said_about_it(self) -> None:
        found = one(mapping(fields=STAGE), "")
        assert found.draft.stage is None
        assert not found.warnings
        assert "stage" not in found.payload

    def test_a_word_that_means_nothing_is_no_reason_to_warn(self) -> None:
        found = one(mapping(fields=STAGE), "retired")
        assert found.draft.stage is None
        assert not found.warnings

    def test_other_words_are_warned_of(self) -> None:
        found = one(mapping(fields=STAGE), "Whatever")
        assert found.draft.stage is None
        assert found.warnings == (RecordWarning(record=1, kind="unmapped_value", field="stage", value="Whatever"),)

    def test_other_words_may_be_ignored_kept_or_rejected(self) -> None:
        rule: dict[str, Any] = {"column": "word", "map": {"yes": True}}
        ignored = one(mapping(attributes={"fact": {**rule, "other": "ignore"}}), "perhaps")
        assert not ignored.warnings
        assert not ignored.draft.attributes
        kept = one(mapping(attributes={"fact": {**rule, "other": "keep"}}), "perhaps")
        assert kept.draft.attributes == {"fact": "perhaps"}
        raw = one(mapping(attributes={"fact": {**rule, "keep_raw": True}}), "perhaps")
        assert raw.draft.attributes == {"fact.raw": "perhaps"}
        assert [warning.field for warning in raw.warnings] == ["fact"]
        reason, detail = rejection(mapping(fields={"stage": {**STAGE["stage"], "other": "reject"}}), "Alpha", "x")
        assert reason == "invalid_value"
        assert detail == "stage: 'x' is not among its words (Initiated, Retired)"

    def test_a_word_may_ask_for_a_look(self) -> None:
        rule = {"column": "word", "map": {"odd": {"value": None, "warn": "needs_review"}}}
        found = one(mapping(fields={"archetype": rule}), "Odd")
        assert found.draft.archetype is None
        assert [(warning.kind, warning.field) for warning in found.warnings] == [("needs_review", "archetype")]

    def test_null_words_are_nothing_only_where_the_rule_says_so(self) -> None:
        cells = {"nulls": ["N/A"]}
        assert one(mapping(cells=cells, fields={"summary": "word"}), "n/a").draft.summary == "n/a"
        rule = {"column": "word", "nulls": True}
        assert one(mapping(cells=cells, fields={"summary": rule}), " n/a. ").draft.summary is None

    def test_the_kinds_of_values(self) -> None:
        header = ("Name", "Tags", "Effort", "GPU", "Links", "PII")
        names = {"name": "Name", "tags": "Tags", "effort": "Effort", "gpu": "GPU", "links": "Links", "pii": "PII"}
        rules = mapping(
            columns=names,
            fields={"tags": "tags", "effort": "effort", "links": "links"},
            needs={"gpu_hours": "gpu"},
            attributes={"contains_pii": {"column": "pii", "map": {"yes": True, "no": False}}},
        )
        row = ["A", "x, y,x,,", "12.5", "4e2", "Board https://example.org/b\nhttps://example.org/c", "No"]
        [outcome] = run(rules, row, header=header)
        draft = project(outcome).draft
        assert draft.tags == ("x", "y")
        assert draft.effort == 12.5
        assert draft.needs == {"gpu_hours": 400.0}
        assert [(link.title, link.url) for link in draft.links] == [
            ("Board", "https://example.org/b"),
            ("", "https://example.org/c"),
        ]
        assert draft.attributes == {"contains_pii": False}

    def test_tags_may_stand_between_semicolons(self) -> None:
        assert one(mapping(fields={"tags": "word"}), "x; y z").draft.tags == ("x", "y z")

    def test_dates_keep_their_precision_and_what_cannot_be_read(self) -> None:
        rules = mapping(
            dates=[{"format": "%m/%d/%Y"}, {"format": "%y-%b", "precision": "month", "warn": "two_digits"}],
            attributes={"dates.begun": {"column": "word", "date": True, "keep_raw": True}},
        )
        assert one(rules, "5/4/2026").draft.attributes == {"dates.begun": "2026-05-04"}
        month = one(rules, "22-Jul")
        assert month.draft.attributes == {"dates.begun": "2022-07"}
        assert [(warning.kind, warning.value) for warning in month.warnings] == [("two_digits", "22-Jul")]
        unread = one(rules, "soon")
        assert unread.draft.attributes == {"dates.begun.raw": "soon"}
        assert [warning.kind for warning in unread.warnings] == ["date_unparsed"]

    def test_kept_columns_stand_under_their_own_ids(self) -> None:
        rules = mapping(cells={"nulls": ["n/a"]}, keep=["word"])
        assert one(rules, "as it was").draft.attributes == {"word": "as it was"}
        assert one(rules, "N/A").draft.attributes == {}

    def test_a_checklist_statement_says_what_it_rests_on(self) -> None:
        rule = {"column": "word", "map": {"yes": "in_place"}, "note": "An intake form exists."}
        found = one(mapping(checklist={"training.compute": rule}), "Yes")
        [statement] = found.checklist.values()
        assert (statement.status, statement.note) == ("in_place", "An intake form exists.")
        assert found.payload["checklist.training.compute"] == "in_place"

    def test_a_name_with_line_breaks_becomes_one_line(self) -> None:
        rules = mapping(fields={"name": {"column": "name", "collapse_whitespace": True}})
        [outcome] = run(rules, ["Two\r\n lines\n", ""])
        assert project(outcome).draft.name == "Two lines"

    def test_flaws_of_the_file_are_passed_on(self) -> None:
        [outcome] = run(mapping(), ["Alpha", ""], flaws={1: [(1, "cell_error", "B2 #N/A")]})
        assert project(outcome).warnings == (RecordWarning(record=1, kind="cell_error", field="Word", value="B2 #N/A"),)


class TestWhatIsNotTaken:
    def test_records_are_counted_from_one_and_none_stops_the_others(self) -> None:
        outcomes = run(
            mapping(fields=STAGE), ["A", ""], ["A"], ["", " \u00a0"], ["", "x"], ["A", ""], ["x" * 501, ""], ["B", ""]
        )
        lines = [(line.record, line.reason) for line in outcomes if isinstance(line, NotTaken)]
        assert lines == [
            (2, "wrong_field_count"),
            (3, "blank_record"),
            (4, "missing_name"),
            (5, "duplicate_record"),
            (6, "invalid_value"),
        ]
        assert [project(outcome).record for outcome in (outcomes[0], outcomes[6])] == [1, 7]

    def test_a_duplicate_names_the_record_it_repeats(self) -> None:
        _, second, third = run(mapping(), ["A", "x"], ["A ", "x"], ["A", "X"])
        assert second == Skipped(record=2, reason="duplicate_record", detail="of record 1")
        project(third)

    def test_cells_are_not_run_together_when_records_are_compared(self) -> None:
        assert len([project(outcome) for outcome in run(mapping(), ["A", "bc"], ["Ab", "c"])]) == 2

    def test_duplicates_may_be_judged_by_some_columns_or_not_at_all(self) -> None:
        rows = (["A", "x"], ["A", "y"])
        _, second = run(mapping(records={"duplicates": ["name"]}), *rows)
        assert isinstance(second, Skipped)
        assert [project(o) for o in run(mapping(records={"duplicates": "none"}), rows[0], rows[0])]

    @pytest.mark.parametrize(
        ("fields", "word", "detail"),
        [
            ({"owner": "word"}, "x" * 301, "owner: at most 300 characters fit, 301 given; shorten it"),
            ({"owner": "word"}, "two\nlines", "owner: one line is needed; set collapse_whitespace"),
            ({"summary": "word"}, "x" * 20_001, "at most 20,000 characters fit, 20,001 given"),
            ({"archetype": "word"}, "robot", "archetype: 'robot' is not in the playbook; one of: software_2_0"),
            ({"stage": "word"}, "later", "stage: 'later' is not in the playbook; one of: planning"),
            ({"status": "word"}, "done", "status: one of: candidate, "),
            ({"effort": "word"}, "two weeks", "effort: 'two weeks' is not a plain number such as 12.5"),
            ({"effort": "word"}, "-1", "effort: must be at least 0"),
            ({"cost": "word"}, "1,200", "cost: '1,200' is not a plain number"),
            ({"cost": "word"}, "inf", "cost: 'inf' is not a plain number"),
            ({"tags": "word"}, ",".join(map(str, range(51))), "tags: at most 50 entries fit"),
            ({"links": "word"}, "javascript:alert(1)", "links: 'javascript:alert(1)' is not a link"),
        ],
    )
    def test_a_wrong_value_is_named_with_its_cure(self, fields: dict[str, str], word: str, detail: str) -> None:
        reason, found = rejection(mapping(fields=fields), "Alpha", word)
        assert reason == "invalid_value"
        assert detail in found

    def test_an_attribute_beyond_the_limit(self) -> None:
        reason, detail = rejection(mapping(keep=["word"]), "Alpha", "x" * 20_001)
        assert (reason, detail.partition(":")[0]) == ("invalid_value", "attributes.word")

    def test_other_fields_may_be_required(self) -> None:
        rules = mapping(fields={"owner": {"column": "word", "required": True}})
        assert rejection(rules, "Alpha", "") == ("missing_owner", "owner: column 'Word' is blank and must be filled")

    def test_a_rule_may_reject(self) -> None:
        rules = mapping(records={"reject": [{"column": "word", "values": ["Withdrawn"], "reason": "withdrawn"}]})
        assert rejection(rules, "Alpha", "withdrawn.") == ("withdrawn", "column 'Word' reads 'withdrawn.'")
        assert one(rules, "fine").draft.name == "Alpha"


class TestHowARecordIsRecognised:
    def test_by_its_identity_and_the_ordinal_of_repeats(self) -> None:
        rules = mapping(records={"identity": ["name", "word"]})
        ids = [project(o).external_id for o in run(rules, ["A", "x"], ["B", "x"], ["a", "X."], ["A", "y"])]
        assert ids == ["test | a | x", "test | b | x", "test | a | x | 2", "test | a | y"]

    def test_in_a_scope_that_mappings_may_share(self) -> None:
        found = one(mapping(records={"scope": "inventory"}), "")
        assert (found.scope, found.external_id) == ("inventory", "inventory | alpha")

    def test_by_its_key_alone_when_it_has_one(self) -> None:
        outcomes = run(mapping(fields={"key": "word"}), ["A", "DEMO-1"], ["B", ""])
        assert [project(o).external_id for o in outcomes] == ["test | demo-1", "test | b"]
        assert [project(o).key for o in outcomes] == ["DEMO-1", None]

    def test_a_rejected_record_keeps_its_ordinal_for_when_it_is_corrected(self) -> None:
        rules = mapping(fields={"effort": "word"})
        before = run(rules, ["A", "many"], ["A", "2"])
        after = run(rules, ["A", "1"], ["A", "2"])
        assert project(before[1]).external_id == project(after[1]).external_id

    def test_long_identities_are_cut_and_stay_apart(self) -> None:
        rules = mapping(records={"identity": ["word"]})
        first, second = run(rules, ["A", "x" * 3000 + "1"], ["B", "x" * 3000 + "2"])
        assert project(first).external_id != project(second).external_id
        assert len(project(first).external_id) <= MAX_ID

    @given(st.lists(st.lists(st.text("ab |2", max_size=4), min_size=2, max_size=2), max_size=8))
    def test_no_two_records_are_taken_for_one(self, rows: list[list[str]]) -> None:
        rules = mapping(records={"identity": ["name", "word"], "duplicates": "none"})
        ids = [outcome.external_id for outcome in run(rules, *rows) if isinstance(outcome, ImportedProject)]
        assert len(ids) == len(set(ids))

    def test_names_that_collide_are_taken_with_a_warning(self) -> None:
        rules = mapping(fields={"organisation": "word"})
        outcomes = run(rules, ["A", "x"], ["a", "X"], ["A", "y"])
        assert [len(project(outcome).warnings) for outcome in outcomes] == [0, 1, 0]
        [warning] = project(outcomes[1]).warnings
        assert (warning.kind, warning.value) == ("name_collision", "a (same organisation and name as record 1)")


class TestWhetherTheMappingFits:
    def refused(self, rules: ImportMapping, header: tuple[str, ...] = ("Name", "Word")) -> dict[str, str]:
        with pytest.raises(Invalid) as caught:
            run(rules, header=header)
        return {error.field: error.message for error in caught.value.errors}

    def test_every_column_that_is_not_there_is_named(self) -> None:
        rules = mapping(columns={"name": "Title", "word": {"index": 5}}, file={"columns": 3})
        found = self.refused(rules)
        assert found == {
            "file.columns": "3 columns are expected, the file has 2: check its delimiter and version",
            "columns.name": "no header reads 'Title'; there are: Name, Word",
            "columns.word": "there is no column with index 5; the file has 2, counted from 0",
        }

    def test_an_index_is_checked_by_its_header(self) -> None:
        rules = mapping(columns={"name": {"index": 1, "header": "Name"}})
        assert self.refused(rules) == {"columns.name": "the header at index 1 is 'Word', not 'Name'"}

    def test_a_header_that_repeats_needs_an_index(self) -> None:
        header = ("Name", "If Other, explain.", "If Other,\n explain. ")
        rules = mapping(columns={"name": "name", "word": "if other, explain"})
        assert self.refused(rules, header) == {
            "columns.word": "'if other, explain' stands at the indexes 1, 2; add the one meant"
        }
        bound = mapping(columns={"name": "Name", "word": {"index": 2, "header": "If Other, explain."}}, keep=["word"])
        [outcome] = run(bound, ["A", "one", "two"], header=header)
        assert project(outcome).draft.attributes == {"word": "two"}

    def test_words_must_be_those_of_the_playbook(self) -> None:
        rules = mapping(
            fields={"stage": {"column": "word", "map": {"a": "planing", "A.": "planning"}}},
            checklist={"data.magic": {"column": "word", "map": {"yes": "in_place"}}},
        )
        found = self.refused(rules)
        assert "not one of planning" in found["fields.stage.map.a"]
        assert found["fields.stage.map.A."] == "is the same word as 'a' when folded"
        assert "not a component of the playbook" in found["checklist.data.magic"]

    def test_another_number_of_records_is_pointed_out(self) -> None:
        outcomes = run(mapping(file={"records": 3}), ["A", ""], ["B", ""])
        assert outcomes[2] == RecordWarning(
            record=None, kind="record_count_differs", field="file.records", value="2 read, 3 expected"
        )


@given(st.lists(st.lists(st.text(max_size=30), max_size=4), max_size=6))
def test_any_text_at_all_leaves_each_record_accounted_for(rows: list[list[str]]) -> None:
    rules = mapping(
        fields={**STAGE, "organisation": "word", "tags": "word"},
        keep=["word"],
        dates=[{"format": "%Y-%m-%d"}],
        attributes={"when": {"column": "word", "date": True, "keep_raw": True}},
    )
    outcomes = run(rules, *rows)
    assert [outcome.record for outcome in outcomes] == list(range(1, len(rows) + 1))
