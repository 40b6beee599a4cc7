"""Files of runs: what is taken from each kind, and what is refused with which cure."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from planner.domain.errors import Invalid, PlannerError, Unreadable
from planner.domain.metrics_imports import RejectedRun
from planner.domain.metrics_runs import RunDraft
from planner.readers.run_files import FileSource, find_runs
from planner.readers.run_tables import RunMapping


def found(
    text: str, source: FileSource = "csv", name: str = "runs.csv", needed: tuple[str, ...] = (), **mapping: Any
) -> list[RunDraft | RejectedRun]:
    batches = find_runs(text.encode(), name, source, RunMapping(**mapping), needed).batches
    return [one for batch in batches for one in batch]


def taken(text: str, source: FileSource = "csv", **said: Any) -> list[RunDraft]:
    every = found(text, source, **said)
    assert all(isinstance(one, RunDraft) for one in every), every
    return [one for one in every if isinstance(one, RunDraft)]


def test_columns_are_mapped_as_one_says() -> None:
    text = "model,state,val_recall,page,day,seed,run\nvit,FAILED,0.5,https://x.example/1,2026-05-01T12:00:00Z,7,r1\n"
    columns = {"name": "model", "status": "state", "recall": "val_recall", "url": "page", "measured_at": "day"}
    [run] = taken(text, columns={**columns, "params.seed": "seed", "id": "run"})
    assert (run.name, run.status, run.metrics, run.params) == ("vit", "failed", {"recall": 0.5}, {"seed": "7"})
    assert (run.source, run.source_id, run.url) == ("csv", "r1", "https://x.example/1")
    assert run.measured_at is not None
    with pytest.raises(Invalid) as caught:
        found(text, columns={"name": "model", "recall": "recal"})
    assert caught.value.errors[0].field == "map recall"
    assert "there is no column 'recal'; there are: model, state" in caught.value.errors[0].message


def test_a_mapped_metric_must_be_a_number_and_each_cell_that_is_none_is_told() -> None:
    first, second = found("name,r\na,0.5\nb,high\n", columns={"recall": "r"})
    assert isinstance(first, RunDraft)
    assert second == RejectedRun("record 2 ('b')", "column 'r': 'high' is not a number")
    assert isinstance(found("name,recall\na,high\n", needed=("recall",))[0], RejectedRun)


def test_a_status_is_taken_where_all_its_words_are_known() -> None:
    text = "name,status,recall\na,FINISHED,1\nb,killed,1\nc,running,1\n"
    assert [run.status for run in taken(text)] == ["finished", "failed", "running"]
    [run] = taken("name,status,recall\na,promising,1\n")
    assert (run.status, run.params) == ("finished", {"status": "promising"})
    [wrong] = found("name,s,recall\na,promising,1\n", columns={"status": "s"})
    assert wrong == RejectedRun("record 1 ('a')", "column 's': 'promising' is none of finished, running or failed")


def test_columns_beside_a_metric_say_how_sure_it_is() -> None:
    text = "name,recall,recall.n,loss,loss.se,speed.n\na,0.5,400,0.1,0.01,7\nb,0.5,,0.1,,\nc,0.5,1.5,0.1,,\n"
    first, second, third = found(text)
    assert isinstance(first, RunDraft)
    assert (first.metrics, first.uncertainty["recall"].n) == ({"recall": 0.5, "loss": 0.1, "speed.n": 7}, 400)
    assert first.uncertainty["loss"].standard_error == 0.01
    assert isinstance(second, RunDraft)
    assert second.uncertainty == {}
    assert isinstance(third, RejectedRun)
    assert third.reason == "uncertainty.recall.n: a whole number is needed"


def test_how_a_column_was_read_is_told() -> None:
    result = find_runs(b"name;cost\na;1.234,5\n", "runs.csv")
    assert result.notes == ["Column 'cost' was read with a decimal comma and thousands set apart."]
    with pytest.raises(Invalid) as caught:
        find_runs(b"name;cost;gain\na;1,234;2,345\n", "runs.csv")
    assert [error.field for error in caught.value.errors] == ["column cost", "column gain"]
    [run] = taken("name;cost;gain\na;1,234;2,345\n", decimal=",")
    assert run.metrics == {"cost": 1.234, "gain": 2.345}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",0.5,,", "name: must not be empty"),
        ("a,0.5,yesterday,", "column 'measured_at': 'yesterday' is not a time with a zone"),
        ("a,0.5,2026-05-01,", "column 'measured_at': '2026-05-01' is not a time with a zone"),
        ("a,0.5,,javascript:x", "url: a web address that begins with http"),
        ("x" * 501 + ",0.5,,", "name: at most 500 characters"),
        ("a,0.5,,,".rstrip(",") + ",,," + "y" * 20_001, "params.note: "),
    ],
)
def test_a_row_that_cannot_be_taken_is_told_with_its_number(row: str, reason: str) -> None:
    text = f"name,recall,measured_at,url,note\nfine,1,,,n\n{row}\n"
    if row.count(",") > 4:
        text = text.replace("\na,0.5,,,", "\na,0.5,,")
    first, second = found(text)
    assert isinstance(first, RunDraft)
    assert isinstance(second, RejectedRun)
    assert second.where.startswith("record 2")
    assert second.reason.startswith(reason)


def test_a_link_is_made_from_columns() -> None:
    link = "https://mlflow.example/#/experiments/{experiment_id}/runs/{run_id}"
    [run] = taken("run_id,experiment_id,metrics.recall\na b/c,1,0.5\n", "mlflow", link=link)
    assert run.url == "https://mlflow.example/#/experiments/1/runs/a%20b%2Fc"


def test_the_real_export_of_mlflow(shared_dir: Path) -> None:
    content = (shared_dir / "data" / "runs" / "mlflow_export_fake_job_postings.csv").read_bytes()
    every = [one for batch in find_runs(content, "export.csv", "mlflow").batches for one in batch]
    runs = {one.source_id: one for one in every if isinstance(one, RunDraft)}
    best = runs["d9cdc559545e4dfea9f5db7c99204123"]
    assert (best.name, best.status) == ("victorious-ram-318", "finished")
    assert best.metrics["val_recall_fraud"] == 0.8776978417266187
    assert best.params["mlflow.source.git.commit"] == "c53036ef423541cff6f8383778017f2e9871036c"
    assert runs["724ef04e8f8c43d5b9a0b7a75529e67e"].status == "failed"
    by_table = [one for batch in find_runs(content, "export.csv").batches for one in batch]  # ids are names there
    assert {one.name for one in by_table if isinstance(one, RunDraft)} == runs.keys()


def test_a_table_of_wandb() -> None:
    text = (
        "Name,ID,State,Created,User,lr,val_loss,_timestamp,epoch\n"
        "bright-sun-1,abc1,finished,2026-05-01T12:00:00.000Z,mara,0.1,0.25,1777636800.5,3\n"
        "dull-sea-2,abc2,crashed,2026-05-01T12:00:00.000Z,mara,0.2,NaN,,\n"
        "new-hill-3,abc3,running,,mara,0.2,Infinity,,\n"
    )
    first, second, third = taken(text, "wandb", link="https://wandb.example/team/p/runs/{ID}")
    assert (first.name, first.source, first.source_id) == ("bright-sun-1", "wandb", "abc1")
    assert first.metrics == {"lr": 0.1, "val_loss": 0.25, "epoch": 3}
    assert first.url == "https://wandb.example/team/p/runs/abc1"
    assert (second.status, third.status) == ("failed", "running")
    assert math.isnan(second.metrics["val_loss"])
    assert third.metrics["val_loss"] == math.inf


def test_the_table_that_wandbs_own_export_script_writes() -> None:
    summary = "{'loss': 0.25, '_step': 9, 'best': {'acc': nan}, 'worst': -inf, 'note': 'x'}"
    config = "{'lr': 0.1, 'net': {'depth': 3}, 'opt': 'adam', 'none': None, 'list': [1]}"
    [run] = taken(f'summary,config,name\n"{summary}","{config}",r1\n', "wandb")
    assert math.isnan(run.metrics["best.acc"])
    assert (run.metrics["loss"], run.metrics["worst"]) == (0.25, -math.inf)
    assert run.params == {"note": "x", "lr": 0.1, "net.depth": 3, "opt": "adam"}
    for hostile in ("__import__('os').system('x')", "[1]", "{" * 500, "{'a': 1 + 1}"):
        [wrong] = found(f'summary,name\n"{hostile}",r1\n', "wandb")
        assert isinstance(wrong, RejectedRun)


def test_a_summary_of_wandb() -> None:
    data = {"loss": 0.25, "_timestamp": 1777636800.5, "_runtime": 3, "acc": "NaN", "pic": {"_type": "image-file"}}
    name = "wandb/run-20260501_120000-abc1/files/wandb-summary.json"
    [run] = taken(json.dumps(data), "wandb", name=name)
    assert (run.name, run.source_id, run.metrics["loss"]) == ("abc1", "abc1", 0.25)
    assert math.isnan(run.metrics["acc"])
    assert run.measured_at is not None
    assert set(run.metrics) == {"loss", "acc"}
    [unnamed] = found(json.dumps(data), "wandb", name="wandb-summary.json")
    assert isinstance(unnamed, RejectedRun)
    assert "--name" in unnamed.reason


def test_exports_of_neptune() -> None:
    text = (
        "sys/id,sys/name,sys/state,sys/failed,sys/creation_time,sys/owner,metrics/recall,parameters/lr,monitoring/cpu\n"
        "P-1,first,Inactive,False,2026-05-01 12:00:00,mara,0.5,0.1,3\n"
        "P-2,second,Inactive,True,,mara,-inf,0.2,3\n"
    )
    first, second = taken(text, "neptune")
    assert (first.name, first.source_id, first.metrics) == ("first", "P-1", {"recall": 0.5})
    assert first.params == {"lr": "0.1", "sys/owner": "mara"}
    assert (second.status, second.metrics["recall"]) == ("failed", -math.inf)
    listed = [{"sys/id": "P-3", "sys/state": "running", "recall": 0.5, "net": "vit"}]
    [run] = taken(json.dumps(listed), "neptune", name="n.json")
    assert (run.name, run.status, run.metrics, run.params) == ("P-3", "running", {"recall": 0.5}, {"net": "vit"})


@pytest.mark.parametrize(
    ("text", "source", "said"),
    [
        ("a,b\n1,2\n", "csv", "--map name=COLUMN"),
        ("a,b\n1,2\n", "mlflow", "no column names the runs"),
        ("name,a,a\n1,2,3\n", "csv", "stands twice"),
        ("name," + "m" * 121 + "\na,1\n", "csv", "cannot be a metric or parameter"),
        ("{", "wandb", "not JSON"),
        ("[1]", "neptune", "a run is expected"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(text: str, source: FileSource, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        found(text, source)


def test_a_mapping_is_for_tables_and_a_name_must_say_what_a_file_is() -> None:
    with pytest.raises(Invalid):
        found("[]", "json", decimal=",")
    with pytest.raises(PlannerError):
        find_runs(b"x", "runs.txt")
