"""Where the gate takes its contract and its runs from: files, the database, or a running planner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from planner.cli.contracts import contract_of_file, ends_whole
from planner.cli.inputs import STANDARD_INPUT, called, kind_of, read_bytes
from planner.domain.errors import Invalid, NotFound, Unreadable
from planner.domain.metrics_gate import Gate, asks_for_production, check_confidence, gate_of_drafts
from planner.domain.metrics_runs import RunDraft
from planner.readers.runs import KINDS, read_runs

Kind = Literal["csv", "json"]


@dataclass(frozen=True)
class Asked:
    """The options of the command."""

    project: str | None
    run: str | None
    runs: Path | None
    contract: Path | None
    kind: Kind | None
    production: str | None
    production_runs: Path | None
    confidence: float | None
    server: str | None
    timeout: float


@dataclass(frozen=True)
class Candidates:
    """The runs of a file, and the one that they are compared with."""

    drafts: Sequence[RunDraft]
    production: RunDraft | None
    origin: str
    cut: bool  # whether the last line may be cut off


def judge(asked: Asked) -> Gate:
    """What the gate says. Raises whatever keeps it from judging."""
    check_confidence(asked.confidence)
    _check_use(asked)
    if asked.runs is None:
        return _recorded(asked)
    candidates = _candidates(asked, asked.runs)
    if asked.run is not None and asked.run not in {draft.name for draft in candidates.drafts}:
        raise NotFound(f"{candidates.origin} has no run '{asked.run[:60]}'.")
    gate = _of_candidates(asked, candidates, candidates.drafts)
    _check_end(asked, candidates, gate)
    return gate


def _check_use(asked: Asked) -> None:
    if (asked.project is None) == (asked.contract is None):
        raise Invalid.one("", "name the PROJECT whose contract is asked for, or give it with --contract FILE")
    if asked.contract is not None and asked.runs is None:
        raise Invalid.one("--runs", "the file with the runs is needed beside --contract")
    if asked.contract is not None and asked.server is not None:
        raise Invalid.one("--server", "the contract comes from a file here, and the server would not be asked")
    if asked.runs is None and (asked.production is not None or asked.production_runs is not None or asked.kind):
        raise Invalid.one(
            "--runs",
            "only runs of a file need --production, --production-runs and --from; of a project, planner runs promote "
            "states which run is in production",
        )
    files = (asked.contract, asked.runs, asked.production_runs)
    if sum(str(file) == STANDARD_INPUT for file in files if file is not None) > 1:
        raise Invalid.one("-", "standard input can be read once only")


def _recorded(asked: Asked) -> Gate:
    project = asked.project or ""
    if asked.server is not None:
        from planner.readers.planner_server import PlannerServer

        return PlannerServer(asked.server, project, asked.timeout).gate(asked.run, asked.confidence)
    from planner.cli.workspace import open_workspace
    from planner.services.metrics_gate import judge_project

    return judge_project(open_workspace(), project, asked.run, asked.confidence)


def _candidates(asked: Asked, file: Path) -> Candidates:
    drafts, cut = _read(file, asked.kind)
    origin = called(file)
    if not drafts:
        raise Unreadable(f"{origin} holds no run.")
    twice = sorted(name for name, count in Counter(draft.name for draft in drafts).items() if count > 1)
    if twice:
        raise Unreadable(f"{origin}: the run '{twice[0][:60]}' stands more than once; a name means one run.")
    if asked.production_runs is None:
        return Candidates(drafts, _named(drafts, asked.production, origin), origin, cut)
    there, there_cut = _read(asked.production_runs, None)
    where = called(asked.production_runs)
    if there_cut:
        raise Unreadable(f"{where} has no line break at its end, so it may be cut off.")
    if asked.production is None and len(there) != 1:
        raise Unreadable(f"{where} holds {len(there):,} runs; say with --production NAME which is in production.")
    return Candidates(
        drafts, there[0] if asked.production is None else _named(there, asked.production, where), origin, cut
    )


def _read(file: Path, kind: Kind | None) -> tuple[list[RunDraft], bool]:
    content = read_bytes(file)
    chosen = kind or kind_of(file, KINDS)
    # A number that is cut off is still a number, so the last line counts only when it is whole.
    return read_runs(content, chosen, called(file)), chosen == "csv" and not ends_whole(content)


def _named(drafts: Sequence[RunDraft], name: str | None, origin: str) -> RunDraft | None:
    if name is None:
        return None
    found = [draft for draft in drafts if draft.name == name]
    if len(found) != 1:
        raise NotFound(f"{origin} has {'no' if not found else 'more than one'} run '{name[:60]}'.")
    return found[0]


def _of_candidates(asked: Asked, candidates: Candidates, drafts: Sequence[RunDraft]) -> Gate:
    if asked.contract is not None:
        contract, version = contract_of_file(asked.contract)
        named = f"contract {called(asked.contract)}" + (f", version {version}" if version else "")
        if candidates.production is None and asks_for_production(contract):
            raise Invalid.one(
                "--production",
                "the contract compares with the run in production; say which it is, by its NAME or with "
                "--production-runs FILE",
            )
        return gate_of_drafts(
            contract,
            named,
            drafts,
            asked=asked.run,
            production=candidates.production,
            confidence=asked.confidence,
            version=version,
        )
    project = asked.project or ""
    if asked.server is not None:
        from planner.readers.planner_server import PlannerServer

        server = PlannerServer(asked.server, project, asked.timeout)
        there = server.contract()
        return gate_of_drafts(
            there,
            f"contract version {there.version}",
            drafts,
            asked=asked.run,
            production=candidates.production or server.production(there),
            confidence=asked.confidence,
            version=there.version,
        )
    from planner.cli.workspace import open_workspace
    from planner.services.metrics_gate import judge_drafts

    return judge_drafts(open_workspace(), project, drafts, asked.run, candidates.production, asked.confidence)


def _check_end(asked: Asked, candidates: Candidates, gate: Gate) -> None:
    """Raises Unreadable when only a run on a line that may be cut off opens the gate."""
    if not candidates.cut or not gate.open:
        return
    last = candidates.drafts[-1]
    alone = asked.run == last.name if asked.run is not None else _qualifies_alone(gate, last.name)
    if alone or candidates.production is last:
        raise Unreadable(
            f"{candidates.origin} has no line break at its end, so its last run, '{last.name[:60]}', may be cut off "
            "and is not trusted. If the file is whole, end its last line."
        )


def _qualifies_alone(gate: Gate, name: str) -> bool:
    found = gate.run(name)
    return gate.verdict.qualified == 1 and found is not None and found.status == "qualified"
