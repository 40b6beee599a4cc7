"""planner gate: whether a run is good enough, as an exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from planner.cli.options import JsonFlag
from planner.cli.output import note, say
from planner.cli.tables import print_table

if TYPE_CHECKING:
    from planner.domain.metrics_gate import Gate
    from planner.domain.metrics_verdict import RunVerdict

OPEN, SHUT, NOT_JUDGED = 0, 1, 2
Form = Literal["text", "json", "junit", "markdown"]


def gate(
    project: Annotated[
        str | None, typer.Argument(metavar="[PROJECT]", help="Key or id of the project; none with --contract.")
    ] = None,
    run: Annotated[str | None, typer.Option(metavar="NAME", help="Ask about this run only.")] = None,
    runs: Annotated[
        Path | None, typer.Option("--runs", metavar="FILE", help="Judge the runs of a file; - reads standard input.")
    ] = None,
    contract: Annotated[
        Path | None,
        typer.Option("--contract", metavar="FILE", help="The contract, JSON or YAML; needs no server and no database."),
    ] = None,
    kind: Annotated[
        Literal["csv", "json"] | None, typer.Option("--from", help="What the file of runs is; else its name says it.")
    ] = None,
    production: Annotated[
        str | None, typer.Option(metavar="NAME", help="The run in production, by its name among the runs.")
    ] = None,
    production_runs: Annotated[
        Path | None,
        typer.Option("--production-runs", metavar="FILE", help="A file with the run in production; it only compares."),
    ] = None,
    confidence: Annotated[
        float | None, typer.Option(metavar="P", help="How probable each threshold must be met, such as 0.95.")
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(metavar="URL", envvar="PLANNER_SERVER", help="Ask a running planner, over REST."),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, max=600, help="Seconds to wait for an answer of the server.")] = 30,
    form: Annotated[Form, typer.Option("--format", help="What to print.")] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it into a file; the text is printed.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Judge runs by a metric contract, for scripts and pipelines.

    Exit code 0: a run qualifies (with --run: this one does). 1: none does, because a threshold is breached or not
    proven, a metric of the contract is missing or not a number, a run did not finish, or none is recorded. 2: it could
    not be judged, because something given cannot be read or is not there, or the command was used wrongly. Never 0 in
    doubt.

        planner gate EX-16                                     # the runs of a project
        planner gate --contract contract.yaml --runs runs.csv  # without a server and a database
        planner gate EX-16 --server https://planner.example --format junit -o gate.xml
    """
    from planner.cli import failures

    try:
        from planner.cli.gate_sources import Asked, judge

        asked = Asked(
            project=project,
            run=run,
            runs=runs,
            contract=contract,
            kind=kind,
            production=production,
            production_runs=production_runs,
            confidence=confidence,
            server=server,
            timeout=timeout,
        )
        found = judge(asked)
        _tell(found, project, _chosen(form, as_json), output)
        sys.stdout.flush()
        code = OPEN if found.open else SHUT
    except BrokenPipeError:  # whoever reads has gone, and nobody knows the answer
        code = NOT_JUDGED
    except Exception as error:  # noqa: BLE001 - whatever it is, the gate stays shut and says that it did not judge
        failures.explain(error, debug="--debug" in sys.argv)
        code = NOT_JUDGED
    raise typer.Exit(code)


def _chosen(form: Form, as_json: bool) -> Form:
    from planner.domain.errors import Invalid

    if as_json and form not in ("text", "json"):
        raise Invalid.one("--json", f"it cannot stand beside --format {form}")
    return "json" if as_json else form


def _tell(found: Gate, project: str | None, form: Form, output: Path | None) -> None:
    """Prints what the gate says, or writes it into a file, beside which the text is printed."""
    if form == "text" and output is None:
        _print_text(found, project)
        return
    content = _content(found, form)
    if output is None or str(output) == "-":
        typer.echo(content, nl=False)
        return
    from planner.cli.inputs import write_file

    write_file(output, content)
    _print_text(found, project)


def _content(found: Gate, form: Form) -> bytes:
    if form == "json":
        from pydantic_core import to_json

        return to_json(found.verdict if found.asked is None else found.judged, indent=2) + b"\n"
    if form == "text":
        from planner.domain.metrics_gate_words import gate_sentences

        return "".join(f"{line}\n" for line in gate_sentences(found)).encode()
    from datetime import UTC, datetime

    from planner.render.metrics_gate import gate_junit, gate_markdown

    return gate_junit(found, datetime.now(UTC)) if form == "junit" else gate_markdown(found).encode()


def _print_text(found: Gate, project: str | None) -> None:
    from planner.domain.metrics_gate_words import gate_sentences

    if found.asked is not None and found.judged is not None:
        _print_run(found, found.judged)
    for line in gate_sentences(found):
        say(line)
    if not found.verdict.total and project is not None:
        note(f"Add some: planner runs add {project} FILE.")


def _print_run(found: Gate, run: RunVerdict) -> None:
    from planner.domain.metrics import OptimisedMetric
    from planner.domain.metrics_words import goal, metric_words, requirement, share, status_word

    rows: list[tuple[str | None, ...]] = []
    for verdict, metric in zip(run.metrics, found.contract.metrics, strict=True):
        missing = metric_words(verdict, found.not_finite_of(run.name)) if verdict.status == "missing" else None
        rows.append(
            (
                verdict.name,
                _number(verdict.value),
                missing or status_word(verdict.status),
                goal(metric) if isinstance(metric, OptimisedMetric) else requirement(metric),
                verdict.slice,
                _number(verdict.margin),
                None if verdict.probability is None else share(verdict.probability),
                _number(verdict.over_baseline),
            )
        )
    columns = ("Metric", "Value", "Verdict", "Asked", "Slice", "Margin", "Probability", "Over baseline")
    used = [place for place, name in enumerate(columns) if name not in OPTIONAL or any(row[place] for row in rows)]
    print_table(
        [columns[place] for place in used], [[row[place] for place in used] for row in rows], wide=("Metric", "Asked")
    )


OPTIONAL = ("Slice", "Probability")  # columns that stand only where there is something in them


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.6g}"
