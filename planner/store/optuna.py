"""Trials in the storage of Optuna, an SQLite file or a PostgreSQL, as runs. Nothing is written there.

Tables: optuna/storages/_rdb/models.py, schema 12, which Optuna has had since 3.0.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from math import inf, nan
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, TableClause, column, create_engine, make_url, select, table
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from planner.domain.errors import Invalid, NotFound, Unavailable, Unreadable
from planner.domain.metrics_imports import Found, RejectedRun, RunsFound, draft_run

SOURCE = "optuna"
PAGE = 2_000  # trials that are read at once
STATES = {
    "COMPLETE": "finished",
    "PRUNED": "failed",  # it was ended early and has no final value
    "FAIL": "failed",
    "RUNNING": "running",
    "WAITING": "running",
}
SPECIAL = {"INF_POS": inf, "INF_NEG": -inf, "NAN": nan}  # since not every database stores them


def _named(name: str, *columns: str) -> TableClause:
    return table(name, *map(column, columns))


studies = _named("studies", "study_id", "study_name")
attributes = _named("study_system_attributes", "study_id", "key", "value_json")
trials = _named("trials", "trial_id", "number", "study_id", "state", "datetime_start", "datetime_complete")
results = _named("trial_values", "trial_id", "objective", "value", "value_type")
params = _named("trial_params", "trial_id", "param_name", "param_value", "distribution_json")
user_attributes = _named("trial_user_attributes", "trial_id", "key", "value_json")


def find_trials(storage: str, study: str | None = None) -> RunsFound:
    """The trials of a study, batch by batch; without a name, of the only study there is.

    `storage` is the name of an SQLite file, or an address that begins with sqlite:/// or postgresql://. Raises NotFound
    for a study that is not there, Invalid, Unreadable and Unavailable.
    """
    url = _url(storage)
    with _reading(url) as connection:
        found = connection.execute(select(studies).order_by(studies.c.study_id)).all()
        chosen = _choose([str(row.study_name) for row in found], study)
        ident = next(row.study_id for row in found if row.study_name == chosen)
        objectives = _objectives(connection, ident)
    return RunsFound(_batches(url, ident, chosen, objectives))


def _choose(names: Sequence[str], study: str | None) -> str:
    shown = ", ".join(name[:60] for name in names[:20])
    if study is None and len(names) == 1:
        return names[0]
    if study is None and names:
        raise Invalid.one("--study", f"there are several studies, so say which: {shown}")
    if study not in names or study is None:
        raise NotFound(f"There is no study '{study or ''}' there" + (f"; there are: {shown}." if names else "."))
    return study


def _objectives(connection: Connection, study: int) -> Sequence[str] | None:
    """The names of the study's values, when it states any."""
    asked = select(attributes.c.value_json).where(
        attributes.c.study_id == study, attributes.c.key == "study:metric_names"
    )
    stated = _json(connection.execute(asked).scalar())
    return [str(name) for name in stated] if isinstance(stated, list) else None


def _batches(url: URL, study: int, name: str, objectives: Sequence[str] | None) -> Iterator[list[Found]]:
    last = -1
    while True:
        # A page is a transaction of its own, so that a long import holds nothing up where trials are being written.
        with _reading(url) as connection:
            asked = select(trials).where(trials.c.study_id == study, trials.c.trial_id > last)
            page = connection.execute(asked.order_by(trials.c.trial_id).limit(PAGE)).all()
            if not page:
                return
            of_page = (page[0].trial_id, page[-1].trial_id)
            values, stated, attached = (
                _by_trial(connection, one, of_page) for one in (results, params, user_attributes)
            )
        yield [
            _run(trial, name, objectives, values[trial.trial_id], stated[trial.trial_id], attached[trial.trial_id])
            for trial in page
        ]
        last = page[-1].trial_id


def _by_trial(connection: Connection, source: TableClause, page: tuple[int, int]) -> defaultdict[int, list[Row[Any]]]:
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(source).where(source.c.trial_id.between(*page))):
        found[row.trial_id].append(row)
    return found


def _run(
    trial: Row[Any],
    study: str,
    objectives: Sequence[str] | None,
    values: Sequence[Row[Any]],
    stated: Sequence[Row[Any]],
    attached: Sequence[Row[Any]],
) -> Found:
    name = f"{study}-{trial.number}"
    status = STATES.get(str(trial.state))
    if status is None:
        return RejectedRun(name, f"the state '{str(trial.state)[:30]}' is not known")
    metrics: dict[str, Any] = {}
    settings: dict[str, Any] = {row.param_name: _parameter(row) for row in stated}
    for row in attached:
        said = _json(row.value_json)
        if isinstance(said, (int, float)) and not isinstance(said, bool):
            metrics[row.key] = said
        elif isinstance(said, (str, bool)):
            settings.setdefault(row.key, said)
    single = not any(row.objective for row in values)
    for row in values:
        called = "value" if single else f"values_{row.objective}"
        if objectives is not None and 0 <= row.objective < len(objectives):
            called = objectives[row.objective]
        metrics[called] = SPECIAL.get(row.value_type, row.value)
    began, ended = _time(trial.datetime_start), _time(trial.datetime_complete)
    return draft_run(
        name,
        {
            "name": name,
            "metrics": metrics,
            "params": settings,
            "status": status,
            "source": SOURCE,
            # Studies of two storages may have one name, their trials hardly one moment.
            "source_id": f"{study[:200]}#{trial.number}" + (f"@{began.isoformat()}" if began else ""),
            "measured_at": ended or began,
        },
    )


def _parameter(row: Row[Any]) -> Any:
    """A parameter as it was suggested: of a categorical one the number is the place among its choices."""
    said = _json(row.distribution_json)
    kind, about = (said.get("name"), said.get("attributes")) if isinstance(said, dict) else (None, None)
    if not isinstance(about, dict):
        return row.param_value
    number = row.param_value
    whole = isinstance(number, (int, float)) and float(number).is_integer()
    if kind == "CategoricalDistribution" and isinstance(choices := about.get("choices"), list):
        chosen = choices[int(number)] if whole and 0 <= number < len(choices) else number
        return chosen if isinstance(chosen, (str, bool, int, float)) else json.dumps(chosen)
    return int(number) if whole and str(kind).startswith("Int") else number


def _time(value: object) -> datetime | None:
    """A time of Optuna, which writes those of its machine without a zone; they are read as those of this machine."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value.astimezone(UTC) if isinstance(value, datetime) and 1971 <= value.year < 9998 else None


def _json(text: object) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def _url(storage: str) -> URL:
    if "://" not in storage:
        return _file(Path(storage))
    try:
        url = make_url(storage)
    except ArgumentError:
        raise Invalid.one("STORAGE", "a file or an address is needed, such as postgresql://host/optuna") from None
    if url.get_backend_name() == "sqlite":
        return _file(Path(url.database or ""))
    if url.get_backend_name() != "postgresql":
        raise Invalid.one("STORAGE", "storages of Optuna are read from SQLite and PostgreSQL")
    return url.set(drivername="postgresql+psycopg")


def _file(path: Path) -> URL:
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    return URL.create(
        "sqlite", database=f"{path.resolve().as_uri()}", query={"mode": "ro", "uri": "true", "of": str(path)}
    )


@contextmanager
def _reading(url: URL) -> Iterator[Connection]:
    """A transaction that can only read."""
    is_file = url.get_backend_name() == "sqlite"
    shown = str(url.query["of"]) if is_file else url.render_as_string(hide_password=True)
    url = url.difference_update_query(["of"])
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        engine = create_engine(url, hide_parameters=True)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise Unavailable(
            "PostgreSQL needs the package psycopg: pip install 'ml-portfolio-planner[postgres]'"
        ) from None
    try:
        reader = engine if is_file else engine.execution_options(**options)
        with reader.connect() as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        if type(error.orig).__name__ in ("UndefinedTable", "UndefinedColumn") or _not_optuna(str(error.orig)):
            raise Unreadable(
                f"{shown} is no storage of Optuna 3 or later: {str(error.orig).splitlines()[0]}. An older one is "
                "brought up to date by optuna storage upgrade."
            ) from None
        raise Unavailable(f"{shown} cannot be read: {str(error.orig).splitlines()[0]}") from None
    finally:
        engine.dispose()


def _not_optuna(said: str) -> bool:
    return any(part in said for part in ("no such table", "no such column", "not a database", "malformed"))
