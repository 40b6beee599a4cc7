"""The gate on the runs of a project, or on runs of a file under the contract of a project."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from planner.domain.errors import NotFound
from planner.domain.metrics_gate import Gate, asks_for_production, gate_of_drafts, least_to_relax, production_value
from planner.domain.metrics_runs import RunDraft
from planner.services.metrics import MAX_RUNS, load_judgement
from planner.services.workspace import Workspace, reading_project
from planner.store import metrics


def judge_project(ws: Workspace, ref: str, run: str | None = None, confidence: float | None = None) -> Gate:
    """What the gate says of all runs of a project, or of the one of this name. NotFound without contract or run.

    Of many runs, the first ones recorded are told, and those that win, come nearest or are in production.
    """
    with reading_project(ws, ref) as (found, project):
        judged = load_judgement(found, project, confidence=confidence)
        if judged is None:
            raise NotFound(_no_contract(ref))
        contract, judgement = judged
        table = judgement.table
        rows = [row for row, name in enumerate(table.names) if name == run]
        if run is not None and not rows:
            raise NotFound(f"{ref} has no run '{run[:60]}'; planner runs list {ref} shows them.")
        if run is None:
            leading = {*judgement.winners.tolist(), *judgement.nearest.tolist()}
            rows = sorted({*range(min(MAX_RUNS, len(table))), *leading})
        asked = [int(table.ids[row]) for row in rows] if run is not None else []
        measured = metrics.load_runs_by_id(found.connection, asked).values()
        return Gate(
            contract=contract,
            named=f"contract version {contract.version}",
            verdict=judgement.verdict(contract.version, rows),
            asked=run,
            confidence=confidence,
            production_value=production_value(judgement),
            not_finite=frozenset((r.name, name) for r in measured for name, v in r.metrics.items() if not isfinite(v)),
            relaxing=least_to_relax(judgement),
        )


def judge_drafts(
    ws: Workspace,
    ref: str,
    drafts: Sequence[RunDraft],
    run: str | None = None,
    production: RunDraft | None = None,
    confidence: float | None = None,
) -> Gate:
    """What the gate says of runs that are recorded nowhere, under the contract of a project.

    They are compared with `production` or, without it, with the run that is in production of the project.
    """
    with reading_project(ws, ref) as (found, project):
        contracts = metrics.load_contracts(found.connection, project.id)
        if not contracts:
            raise NotFound(_no_contract(ref))
        contract = contracts[-1]
        if production is None and asks_for_production(contract):
            promotions = metrics.load_promotions(found.connection, project.id)
            there = promotions[-1].run if promotions else None
            if there is not None:
                production = metrics.load_runs_by_id(found.connection, [there])[there]
        return gate_of_drafts(
            contract,
            f"contract version {contract.version}",
            drafts,
            asked=run,
            production=production,
            confidence=confidence,
            version=contract.version,
        )


def _no_contract(ref: str) -> str:
    return f"{ref} has no metric contract to judge runs by; agree one with planner metrics set {ref}."
