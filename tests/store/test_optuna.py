"""Real studies of Optuna, in SQLite and in PostgreSQL."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from planner.domain.errors import Invalid, NotFound, PlannerError, Unavailable, Unreadable
from planner.domain.metrics_runs import RunDraft
from planner.store.optuna import find_trials
from tests.support.trackers import run_there

pytestmark = pytest.mark.timeout(300)

STUDY = """
import math, sys
import optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
url, prefix = sys.argv[1:3]
one = optuna.create_study(storage=url, study_name=prefix + "one", direction="maximize")

def objective(trial):
    trial.suggest_float("rate", 1e-5, 1e-1, log=True)
    trial.suggest_int("depth", 3, 3)
    trial.suggest_categorical("optimiser", ["adam"])
    trial.set_user_attr("latency", 12.5)
    trial.set_user_attr("note", "a b")
    trial.report(0.25, 1)
    if trial.number == 1:
        raise optuna.TrialPruned
    if trial.number == 2:
        raise ValueError
    return (1 / 3, 0, 0, math.inf, -math.inf, math.nan, 5e-324)[trial.number]

one.optimize(objective, n_trials=7, catch=(ValueError,))
one.ask()
two = optuna.create_study(storage=url, study_name=prefix + "two", directions=["maximize", "minimize"])
two.set_metric_names(["recall", "latency"])
two.optimize(lambda trial: (0.1 + 0.2, 1 / 3), n_trials=2)
three = optuna.create_study(storage=url, study_name=prefix + "three", directions=["maximize", "minimize"])
three.optimize(lambda trial: (0.5, 7), n_trials=1)
"""


def trials(storage: str, study: str) -> list[RunDraft]:
    every = [one for batch in find_trials(storage, study).batches for one in batch]
    taken = [one for one in every if isinstance(one, RunDraft)]
    assert taken == every
    return taken


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("optuna") / "study.db"
    run_there(STUDY, f"sqlite:///{path}", "")
    return path


def agree(storage: str, prefix: str = "") -> None:
    one = trials(storage, f"{prefix}one")
    assert [run.name for run in one] == [f"{prefix}one-{number}" for number in range(8)]
    assert [run.status for run in one] == [
        *("finished", "failed", "failed", "finished", "finished", "failed", "finished", "running")
    ]
    assert [one[number].metrics["value"] for number in (0, 3, 4, 6)] == [1 / 3, math.inf, -math.inf, 5e-324]
    assert one[0].metrics == {"value": 1 / 3, "latency": 12.5}
    rate = one[0].params["rate"]
    assert isinstance(rate, float)
    assert one[0].params == {"rate": rate, "depth": 3, "optimiser": "adam", "note": "a b"}
    assert isinstance(one[0].params["depth"], int)
    assert all(run.source == "optuna" and run.measured_at is not None for run in one[:7])
    assert len({run.source_id for run in one}) == 8
    two = trials(storage, f"{prefix}two")
    assert [run.metrics for run in two] == [{"recall": 0.30000000000000004, "latency": 1 / 3}] * 2
    assert [run.metrics for run in trials(storage, f"{prefix}three")] == [{"values_0": 0.5, "values_1": 7.0}]


def test_a_study_in_sqlite_is_read_to_the_last_digit(file: Path) -> None:
    before = file.read_bytes()
    agree(str(file))
    agree(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_study_in_postgresql_is_read_to_the_last_digit(pg_url: str) -> None:
    run_there(STUDY, pg_url, "pg-")
    agree(pg_url, "pg-")


def test_the_study_is_named_where_there_are_several(file: Path) -> None:
    with pytest.raises(Invalid) as caught:
        find_trials(str(file))
    assert caught.value.errors[0].message == "there are several studies, so say which: one, two, three"
    with pytest.raises(NotFound, match="there are: one, two, three"):
        find_trials(str(file), "four")


def test_what_is_no_storage_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"no database at all, though it is long enough to be looked at" * 20)
    cases: list[tuple[str, type[PlannerError]]] = [
        (str(other), Unreadable),
        (str(tmp_path / "none.db"), NotFound),
        ("mysql://host/optuna", Invalid),
        ("://", Invalid),
        ("postgresql://127.0.0.1:9/none", Unavailable),
    ]
    for storage, error in cases:
        with pytest.raises(error):
            find_trials(storage)
