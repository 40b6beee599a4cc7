"""planner runs: the measured values of candidate models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from planner.cli.options import JsonFlag, ProjectArgument
from planner.cli.output import note, on_terminal, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import load_settings, open_workspace

if TYPE_CHECKING:
    from planner.domain.metrics_imports import RunImportReport, RunsFound
    from planner.readers.mlflow_server import MlflowServer

Source = Literal["csv", "json", "mlflow", "tensorboard", "optuna", "wandb", "neptune"]

SHOWN_REASONS = 20
SHOWN_METRICS = 4  # as many columns as a terminal takes; a pipe takes all


def add(
    project: ProjectArgument,
    where: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="A file or folder, or the storage of Optuna; - reads standard input."),
    ] = None,
    kind: Annotated[Source | None, typer.Option("--from", help="What it comes from; else its name says it.")] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="WHAT=COLUMN", help="recall=val_recall, or name, id, status, url, measured_at."),
    ] = None,
    decimal: Annotated[
        Literal[".", ","] | None, typer.Option(help="How decimals begin where a column may be read in two ways.")
    ] = None,
    name: Annotated[str, typer.Option(help="The name of the run, of a file that holds one.")] = "",
    link: Annotated[
        str, typer.Option(metavar="URL", help="The page of a run, with columns in braces: https://…/{run_id}.")
    ] = "",
    uri: Annotated[str | None, typer.Option(metavar="URL", help="A live MLflow server.")] = None,
    experiment: Annotated[str | None, typer.Option(metavar="NAME", help="Its experiment.")] = None,
    condition: Annotated[
        str, typer.Option("--filter", metavar="TEXT", help="Only these, as MLflow writes it: metrics.loss < 1")
    ] = "",
    study: Annotated[str | None, typer.Option(metavar="NAME", help="The study of Optuna; else the only one.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would be done, and store nothing.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Add the runs of a file or of a tracker. What is here already is skipped, so it may be repeated.

    CSV: a column `name` (or `run`, or `run_id`), and a column for each metric; an empty cell is a missing value, and a
    column with words in it is kept as a parameter. JSON: one run or a list, as in the REST interface. Runs that have
    not ended are left for the next time. One that cannot be taken is told with the reason and does not keep the others
    out; the exit code is then 2.

        planner runs add EX-3 candidates.csv --map name=model --map recall=val_recall
        planner runs add EX-3 --from mlflow --uri http://127.0.0.1:5000 --experiment churn
        planner runs add EX-3 --from tensorboard logs/
        planner runs add EX-3 --from optuna study.db --study churn
        echo '{"name": "a", "metrics": {"recall": 0.83}}' | planner runs add EX-3 - --from json
    """
    from contextlib import closing

    from planner.services.metrics_imports import import_runs

    only = {"--uri": uri, "--experiment": experiment, "--filter": condition, "--study": study}
    of_files = {"--map": columns, "--decimal": decimal, "--name": name, "--link": link}
    if uri is not None or (kind == "mlflow" and where is None):
        _refuse_others("--uri", {"FILE": where, "--study": study, **of_files})
        with closing(_server(uri)) as server:
            found = server.find_runs(_needed("--experiment", experiment), condition)
            report = import_runs(open_workspace(), project, found, dry_run=dry_run)
    else:
        place = _needed("FILE", where)
        if kind == "optuna":
            from planner.store.optuna import find_trials

            _refuse_others("--from optuna", {**only, "--study": None, **of_files})
            report = import_runs(open_workspace(), project, find_trials(place, study), dry_run=dry_run)
        elif Path(place).is_dir():
            _refuse_others("a folder", {**only, **of_files})
            report = import_runs(open_workspace(), project, _find_in_folder(Path(place), kind), dry_run=dry_run)
        else:
            _refuse_others("a file", only)
            from planner.cli.inputs import split_pairs

            said = {"columns": split_pairs(columns or (), "--map"), "decimal": decimal, "name": name, "link": link}
            report = _add_file(project, Path(place), kind, said, dry_run=dry_run)
    _print_report(report, project, as_json=as_json)


def _add_file(project: str, file: Path, kind: Source | None, said: dict[str, Any], *, dry_run: bool) -> RunImportReport:
    from pydantic import ValidationError

    from planner.cli.inputs import called, read_bytes
    from planner.domain.errors import Invalid
    from planner.readers.limits import Limits
    from planner.readers.run_files import source_of
    from planner.readers.run_tables import RunMapping
    from planner.services.metrics_imports import import_run_file

    most = load_settings().import_max_bytes
    chosen = source_of(str(file)) if kind is None else kind
    assert chosen != "optuna"
    try:
        mapping = RunMapping.model_validate(said)
    except ValidationError as error:
        raise Invalid.from_pydantic(error) from None
    content = read_bytes(file, most)
    guessed = None if kind is None and chosen == "csv" else chosen  # a table tells more by its headers
    return import_run_file(
        open_workspace(),
        project,
        content,
        called(file),
        guessed,
        mapping,
        dry_run=dry_run,
        limits=Limits(max_bytes=most),
    )


def _find_in_folder(folder: Path, kind: Source | None) -> RunsFound:
    from planner.domain.errors import Invalid
    from planner.readers import mlflow_folder, tensorboard

    match kind:
        case "mlflow":
            return mlflow_folder.find_folder(folder)
        case "tensorboard":
            return tensorboard.find_folder(folder)
    raise Invalid.one("FILE", "of a folder, say what it is: --from tensorboard, or --from mlflow for its mlruns")


def _server(uri: str | None) -> MlflowServer:
    from planner.readers.mlflow_server import MlflowServer

    return MlflowServer(_needed("--uri", uri))


def _needed(option: str, value: str | None) -> str:
    from planner.domain.errors import Invalid

    if not value:
        raise Invalid.one(option, "say where the runs are: a FILE, or --uri and --experiment of an MLflow server")
    return value


def _refuse_others(beside: str, options: Mapping[str, object]) -> None:
    from planner.domain.errors import FieldError, Invalid

    wrong = [
        FieldError(field=name, message=f"means nothing beside {beside}") for name, value in options.items() if value
    ]
    if wrong:
        raise Invalid(wrong)


def _print_report(report: RunImportReport, project: str, *, as_json: bool) -> None:
    for said in report.notes:
        note(said)
    if as_json:
        print_json(report)
    else:
        verb = "Would add" if report.dry_run else "Added"
        say(f"{verb} {report.added:,} {'run' if report.added == 1 else 'runs'} to {project}: planner gate {project}")
    for count, what in (
        (report.skipped, "here already"),
        (report.left, "not ended yet, so left for the next time"),
        (report.rejected, "not taken"),
    ):
        if count:
            note(f"{count:,} {what}.")
    for one in report.reasons[:SHOWN_REASONS]:
        note(f"{one.run}: {one.reason}.")
    if report.rejected > SHOWN_REASONS:
        note(f"{report.rejected - SHOWN_REASONS:,} more; --json has the first {len(report.reasons)}.")
    if report.rejected:
        raise typer.Exit(2)


def tag(
    project: ProjectArgument,
    uri: Annotated[str, typer.Option(metavar="URL", help="The MLflow server that the runs come from.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Write the verdict of each run back to MLflow, as tags of the run there.

    The tags are planner.verdict (winner, qualified, disqualified, not_evaluable), planner.contract_version and
    planner.project. Only runs that were imported from MLflow are tagged, and nothing else is written.

        planner runs tag EX-3 --uri http://127.0.0.1:5000
    """
    from contextlib import closing

    from planner.services.metrics_imports import list_verdict_tags

    tags = list_verdict_tags(open_workspace(), project, "mlflow")
    if not dry_run:
        with closing(_server(uri)) as server:
            for run_id, told in tags:
                server.set_tags(run_id, told)
    if as_json:
        print_json({"items": [{"run_id": run_id, "tags": told} for run_id, told in tags]})
        return
    say(f"{'Would tag' if dry_run else 'Tagged'} {len(tags):,} {'run' if len(tags) == 1 else 'runs'} of {uri}.")


def list_runs(project: ProjectArgument, as_json: JsonFlag = False) -> None:
    """List the runs of a project with their values."""
    from planner.services import metrics_runs

    runs = metrics_runs.list_runs(open_workspace(), project)
    if as_json:
        print_json({"items": runs})
        return
    names = list(dict.fromkeys(name for run in runs for name in run.metrics))
    shown = names[:SHOWN_METRICS] if on_terminal() else names
    rows = [[run.name, *(_value(run.metrics.get(name)) for name in shown)] for run in runs]
    print_table(("Run", *shown), rows, wide=("Run",))
    if not runs:
        note(f"No run is recorded yet: planner runs add {project} FILE.")
    elif len(shown) < len(names):
        note(f"{len(names) - len(shown)} more metrics; --json has all.")


def promote(
    project: ProjectArgument,
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="The name of the run; none with --none.")] = None,
    none: Annotated[bool, typer.Option("--none", help="Nothing is in production any more.")] = False,
    why: Annotated[str, typer.Option("--note", help="Kept with it.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """State which run is in production; thresholds "no worse than production" compare with it.

    planner runs promote EX-3 resnet50-a --note "rolled out to all sites"
    """
    from planner.domain.errors import Invalid
    from planner.services.metrics_runs import record_promotion

    if (run is None) != none:
        raise Invalid.one("RUN", "name the run that is in production, or say --none")
    promotion = record_promotion(open_workspace(), project, run, why)
    if as_json:
        print_json(promotion)
    else:
        say(f"In production of {project}: {run or 'no run'}.")


def _value(value: float | None) -> str | None:
    return None if value is None else f"{value:.6g}"
