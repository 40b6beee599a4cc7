from __future__ import annotations

import math

import pytest

from planner.domain.errors import Invalid, PlannerError, TooLarge, Unreadable
from planner.readers.limits import DEFAULT_LIMITS
from planner.readers.runs import read_runs
from planner.readers.strict_json import parse_json


def test_columns_of_numbers_are_metrics_and_others_parameters() -> None:
    content = (
        b"Run,recall,seed,model,url,measured_at\na,0.5,1,vit,https://example.org/a,2026-05-01T12:00:00Z\nb,inf,2,,,\n"
    )
    first, second = read_runs(content, "csv", "runs.csv")
    assert (first.name, first.metrics, first.params) == ("a", {"recall": 0.5, "seed": 1.0}, {"model": "vit"})
    assert (first.url, first.measured_at is not None) == ("https://example.org/a", True)
    assert (second.metrics["recall"], second.params, second.url) == (math.inf, {}, "")


@pytest.mark.parametrize("cell", ["", " ", "-", "n/a", "NA", "null", "None"])
def test_a_missing_value_is_missing_and_never_zero(cell: str) -> None:
    runs = read_runs(f"name,recall,other\na,{cell},1\nb,0.5,1\n".encode(), "csv", "runs.csv")
    assert "recall" not in runs[0].metrics
    assert runs[1].metrics["recall"] == 0.5


@pytest.mark.parametrize("cell", ["1_000", "1,50,5", "0x10", "12 ms", "true"])
def test_what_is_not_plainly_a_number_makes_no_metric(cell: str) -> None:
    [run] = read_runs(f'name,recall\na,"{cell}"\n'.encode(), "csv", "runs.csv")
    assert (run.metrics, run.params) == ({}, {"recall": cell})


def test_the_first_column_of_names_names_them() -> None:
    [run] = read_runs(b"run_id,run,name,recall\n7,x,best,0.5\n", "csv", "runs.csv")
    assert run.name == "best"
    assert (run.metrics, run.params) == ({"run_id": 7.0, "recall": 0.5}, {"run": "x"})


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"recall\n0.5\n", "csv", "no column names the runs; one of name, run, run_id"),
        (b"name,recall,recall\na,1,2\n", "csv", "the column 'recall' stands twice"),
        (b"", "csv", "is empty"),
        (b"<html>", "csv", "is a web page"),
        (b"{", "json", "not JSON"),
        (b"\xff", "json", "not UTF-8"),
        (b'["a"]', "json", "a run is expected"),
        (b'{"name": "a", "name": "b"}', "json", "'name' stands twice"),
        (b"[" * 100_000, "json", "nested too deep"),
    ],
)
def test_a_file_of_another_kind_is_refused(content: bytes, kind: str, said: str) -> None:
    with pytest.raises(PlannerError, match=said):
        read_runs(content, "json" if kind == "json" else "csv", "runs")


def test_each_wrong_run_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        read_runs(b'[{"name": "", "metrics": {}}, {"name": "b", "metrics": {"x": true}}]', "json", "runs.json")
    assert [error.field for error in caught.value.errors] == ["run 1", "run 2"]
    assert [error.message.split(":")[0] for error in caught.value.errors] == ["name", "metrics.x"]
    with pytest.raises(Invalid) as caught:
        read_runs(b"name,recall\n,0.5\n", "csv", "runs.csv")
    assert (caught.value.errors[0].field, caught.value.errors[0].message) == ("record 1", "name: must not be empty")


@pytest.mark.parametrize("wrapped", ['{"runs": [%s]}', '{"items": [%s]}', "[%s]", "%s"])
def test_json_is_one_run_or_a_list_also_as_it_was_listed(wrapped: str) -> None:
    listed = (
        '{"id": 3, "name": "a", "metrics": {"recall": NaN}, "recorded_at": "2026-05-01T12:00:00Z", "recorded_by": "M"}'
    )
    [run] = read_runs((wrapped % listed).encode(), "json", "runs.json")
    assert run.name == "a"
    assert math.isnan(run.metrics["recall"])


def test_json_beyond_the_limit_is_refused() -> None:
    with pytest.raises(TooLarge):
        parse_json(b" " * (DEFAULT_LIMITS.max_bytes + 1), "big.json")
    with pytest.raises(Unreadable, match="line 2"):
        parse_json(b'{"a": 1,\n]', "bad.json")


def test_a_status_column_says_how_runs_ended() -> None:
    content = b"run_id,Status,recall\na,FINISHED,0.8\nb,KILLED,0.9\nc,SCHEDULED,0.9\n"
    assert [run.status for run in read_runs(content, "csv", "runs.csv")] == ["finished", "failed", "running"]
    listed = b'[{"name": "a", "metrics": {}, "status": "FAILED"}, {"name": "b", "metrics": {}}]'
    assert [run.status for run in read_runs(listed, "json", "runs.json")] == ["failed", "finished"]
    other = read_runs(b"name,status,recall\na,draft,0.8\n", "csv", "runs.csv")
    assert (other[0].status, other[0].params) == ("finished", {"status": "draft"})


@pytest.mark.parametrize("word", ["", "draft"])
def test_a_status_column_that_leaves_a_run_out_is_refused(word: str) -> None:
    with pytest.raises(Unreadable, match="how runs ended, but not of this one"):
        read_runs(f"name,status,recall\na,FINISHED,0.8\nb,{word},0.9\n".encode(), "csv", "runs.csv")


def test_a_row_with_more_values_than_columns_is_refused() -> None:
    with pytest.raises(Unreadable, match="record 2: more values than columns"):
        read_runs(b"name,recall,speed\na,0.8,90\nb,0.9,1,556\n", "csv", "runs.csv")
    assert len(read_runs(b"name,recall,\na,0.8,,\n", "csv", "runs.csv")) == 1
