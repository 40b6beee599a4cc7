"""Runs every measurement and prints the ratios."""

from __future__ import annotations

import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from os import cpu_count
from pathlib import Path
from urllib.request import urlopen

import orjson

from planner.domain.portfolios import PortfolioDraft
from planner.domain.projects import Filters
from planner.domain.selection_solver import Search
from planner.services import agenda, imports, portfolios
from planner.services.solver_process import PlanJob, find_plan
from planner.store.database import Database
from tests.bench import gate, ranking, roadmaps, runs
from tests.bench.inventory import answer_everything, write_inventory
from tests.bench.load import Measured, load, request
from tests.bench.servers import serving
from tests.support.database import migrated_file, workspace_of

PROJECTS = 2_130
ROUNDS = 5
LIST = "/api/v1/portfolios/bench/projects"


def main() -> None:
    """Prints what each thing takes beside its limit."""
    print(f"planner bench: {cpu_count()} cores, Python {platform.python_version()}, {PROJECTS} projects\n")
    with tempfile.TemporaryDirectory(prefix="planner-bench-") as name:
        folder = Path(name)
        _gate(folder)
        database = _filled(folder)
        _lists(database)
        _pages(database)
        _agenda(database)
        _ranking()
        _roadmaps()
        _runs(folder)
        _writes(database, folder)
        _imports(folder)


def _gate(folder: Path) -> None:
    print(f"{'starting':<46} {'planner':>16} {'numpy, pydantic':>16}    ratio")
    ours, floor = gate.measure(folder)
    _say("gate on two files (s)", f"{ours:.2f}", f"{floor:.2f}", ours / floor, "< 0.5 s")
    print()


def _filled(folder: Path) -> Path:
    template = migrated_file(folder)
    database = Database(f"sqlite:///{template}")
    ws = workspace_of(database)
    portfolios.create_portfolio(ws, PortfolioDraft(slug="bench", name="Bench"))
    source = folder / "inventory.csv"
    write_inventory(source, PROJECTS)
    imports.import_file(ws, "bench", source, source.name)
    database.close()
    return template


def _say(what: str, figure: str, limit: str, ratio: float, goal: str) -> None:
    print(f"{what:<46} {figure:>16} {limit:>16}   {ratio:6.2f}   goal {goal}")


def _rates(port: int, requests: list[bytes], connections: int = 4) -> list[Measured]:
    load(port, requests[:200], connections)
    return [load(port, requests, connections) for _ in range(ROUNDS)]


def _lists(database: Path) -> None:
    print(f"{'reading':<46} {'planner':>16} {'limit':>16}    ratio")
    with serving("tests.bench.limits:bare_list", database) as bare, serving("planner.app:create_app", database) as ours:
        etag = _etag(ours, LIST)
        limit = [m.rate for m in _rates(bare, [request("/")] * 1000)]
        listed = [m.rate for m in _rates(ours, [request(LIST)] * 600)]
        unchanged = _rates(ours, [request(LIST, etag=etag)] * 3000)
    assert all(measured.statuses == {304} for measured in unchanged)
    top = statistics.median(limit)
    rate = statistics.median(listed)
    _say("list 50 of 2,130 as JSON (requests/s)", f"{rate:,.0f}", f"{top:,.0f}", rate / top, "≥ 0.35")
    rate = statistics.median(measured.rate for measured in unchanged)
    _say("conditional GET, unchanged: 304 (requests/s)", f"{rate:,.0f}", f"{top:,.0f}", rate / top, "≥ 3,000 a second")


def _etag(port: int, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return str(answer.headers["ETag"])


def _writes(database: Path, folder: Path) -> None:
    body = orjson.dumps({"name": "Churn early warning", "summary": "Tells who is about to leave. " * 8})
    print(f"\n{'writing':<46} {'planner':>16} {'limit':>16}    ratio")
    with serving("tests.bench.limits:core_write", folder / "notes.db") as core:
        limit = _rates(core, [request("/", body=body)] * 600, 8)
    with serving("planner.app:create_app", database) as ours:
        written = _rates(ours, [request(LIST, body=body)] * 600, 8)
    assert all(measured.statuses == {201} for measured in written)
    top, rate = (statistics.median(m.rate for m in measured) for measured in (limit, written))
    _say("one durable write, 8 clients (requests/s)", f"{rate:,.0f}", f"{top:,.0f}", rate / top, "≥ 0.50")
    top, worst = (statistics.median(m.p99 for m in measured) * 1000 for measured in (limit, written))
    _say("  slowest in a hundred (ms)", f"{worst:.1f}", f"{top:.1f}", worst / top, "≤ 20 ms")


def _pages(database: Path) -> None:
    print(f"\n{'pages of 2,130 projects, warm (ms, kB)':<46} {'time':>16} {'size':>16}")
    paths = [
        *("/portfolios/bench", "/portfolios/bench/projects", "/portfolios/bench/matrix", "/portfolios/bench/board"),
        *("/portfolios/bench/flow", "/portfolios/bench/infrastructure", "/portfolios/bench/infrastructure/needs"),
        *("/portfolios/bench/infrastructure/next", "/projects/1", "/projects/1/score", "/projects/1/checklist"),
        *("/projects/1/advice", "/projects/1/what-if", "/projects/1/sizing?preset=lora_7b", "/projects/1/readiness"),
        *("/projects/1/contract", "/projects/1/lifecycle", "/projects/1/report", "/portfolios/bench/report"),
    ]
    with serving("planner.app:create_app", database) as ours:
        for path in paths:
            took, size = _page(ours, path)
            print(f"{path:<46} {took * 1000:>13.0f} ms {size / 1000:>13.0f} kB   goal < 200 ms, < 1,000 kB")


def _agenda(database: Path) -> None:
    """Before anything is answered, and after everything is: then no two projects are alike."""
    print(f"\n{'agenda of 2,130 projects (ms)':<46} {'cold':>16} {'kept':>16}")
    for what in ("nothing answered", "all answered"):
        cold: list[float] = []
        again: list[float] = []
        for _ in range(ROUNDS):
            opened = Database(f"sqlite:///{database}")  # what is kept, is kept for each database that is open
            ws = workspace_of(opened)
            portfolios.get_revision(ws, "bench")  # connects
            for times in (cold, again):
                times.append(_timed(lambda ws=ws: agenda.get_agenda(ws, "bench", Filters())) * 1000)  # type: ignore[misc]
            opened.close()
        first, kept = statistics.median(cold), statistics.median(again)
        print(f"{what:<46} {first:>13.0f} ms {kept:>13.1f} ms   goal < 300 ms, < 100 ms")
        if what == "nothing answered":
            answer_everything(database)


def _ranking() -> None:
    print(f"\n{'ranking, 10,000 samples':<46} {'all ranks':>16} {'P(top k) alone':>16}   times such a sort")
    for projects in ranking.SIZES:
        full, top, sort, peak = ranking.measure(projects)
        print(
            f"{projects:>6,} projects, sort {sort:.2f} s, peak {peak:,.0f} MB {full:>22.2f} {top:>16.2f}   "
            "goal ≤ 4, ≤ 2, < 300 MB"
        )


def _roadmaps() -> None:
    """The plan that the relaxation guides, then branch and cut in a process of its own as the service runs it."""
    size = f"{roadmaps.PROJECTS:,} x {roadmaps.PERIODS} x {roadmaps.RESOURCES}"
    print(f"\n{f'roadmap of {size}: wall, proven gap':<46} {'guided':>16} {'searched':>16}")
    for seed in (1, 2, 3):
        problem = roadmaps.large_problem(seed)
        start = time.perf_counter()
        first = Search(problem).guided(15)
        guided = time.perf_counter() - start
        start = time.perf_counter()
        best = find_plan(PlanJob(problem, 10, 0.0, None))
        searched = time.perf_counter() - start
        print(
            f"{f'  seed {seed}':<46} {guided:>7.2f} s {first.gap:>6.2%} {searched:>7.2f} s {best.gap:>6.2%}"
            "   goal < 2 s, < 2 %; < 15 s, < 1 %"
        )


def _runs(folder: Path) -> None:
    """Verdict and front of values that say nothing of each other (the hardest case) and of related ones; the pages."""
    print(f"\n{f'{runs.RUNS:,} runs of {runs.METRICS} metrics':<46} {'time':>16}")
    for correlated in (False, True):
        took, qualified, front = runs.judged(correlated)
        what = f"verdict, front of {front:,} in {qualified:,} {'related' if correlated else 'random'}"
        print(f"{what:<46} {took:>14.2f} s   goal < 1 s")
    database, took = runs.filled(folder / "runs")
    print(f"{'import of a CSV file':<46} {took:>14.1f} s   goal < 20 s")
    with serving("planner.app:create_app", database) as ours:
        start = time.perf_counter()
        with urlopen(f"http://127.0.0.1:{ours}/projects/1/runs", timeout=60) as answer:
            answer.read()
        print(f"{'page of runs, first time':<46} {time.perf_counter() - start:>14.2f} s")
        for path in (
            "/projects/1/runs",
            "/projects/1/runs?pos=900&metric=metric_5",
            "/projects/1",
            "/projects/1/report",
        ):
            took, size = _page(ours, path)
            print(f"{path:<46} {took * 1000:>13.0f} ms {size / 1000:>13.0f} kB   goal < 200 ms, < 1,000 kB")


def _page(port: int, path: str) -> tuple[float, int]:
    times, size = [], 0
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            size = len(answer.read())
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:]), size


def _imports(folder: Path) -> None:
    source = folder / "inventory.csv"
    print(f"\n{'importing 2,130 records (s)':<46} {'planner':>16} {'limit':>16}    ratio")
    took, limits = [], []
    for number in range(ROUNDS):
        place = folder / str(number)
        place.mkdir()
        template = migrated_file(place)
        database = Database(f"sqlite:///{template}")
        ws = workspace_of(database)
        portfolios.create_portfolio(ws, PortfolioDraft(slug="bench", name="Bench"))
        took.append(_timed(lambda ws=ws: imports.import_file(ws, "bench", source, source.name)))  # type: ignore[misc]
        database.close()
        limits.append(_insert_same_rows(template, place / "again.db"))
    top, ours = statistics.median(limits), statistics.median(took)
    _say("file to durable rows", f"{ours:.2f}", f"{top:.2f}", ours / top, "≤ 5 (executemany of the same rows)")


def _insert_same_rows(filled: Path, target: Path) -> float:
    """The time that sqlite3 takes to insert, into the same empty tables, the very rows that the import left."""
    with tempfile.TemporaryDirectory() as name:
        migrated_file(Path(name)).rename(target)
    source, copy = sqlite3.connect(filled), sqlite3.connect(target)
    copy.execute("PRAGMA synchronous=FULL")
    names = ("portfolio", "project", "imported", "checklist_item", "transition", "event")
    rows = {table: source.execute(f'SELECT * FROM "{table}"').fetchall() for table in names}

    def insert() -> None:
        for table, found in rows.items():
            if found:
                marks = ", ".join("?" * len(found[0]))
                copy.executemany(f'INSERT INTO "{table}" VALUES ({marks})', found)
        copy.commit()

    seconds = _timed(insert)
    source.close()
    copy.close()
    return seconds


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
