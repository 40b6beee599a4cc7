"""planner gate on files, without a server and a database: it opens for a run that qualifies, and in no doubt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from planner.render.templates import MARKDOWN

Write = Callable[[str, str | bytes], Path]

ROOT = Path(__file__).parents[2]
CONTRACT: dict[str, Any] = {
    "optimised": {"name": "recall", "direction": "maximise", "baseline": 0.7},
    "thresholded": [{"name": "latency", "direction": "minimise", "threshold": 100, "unit": "ms"}],
}
FLOOR = {"name": "recall", "direction": "maximise", "threshold": 0.01, "against": "production"}
GOOD = "name,recall,latency\na,0.8,90\nb,0.9,120\n"


class GateFiles:
    """A contract file, a file of runs, and the gate on them in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def __call__(
        self, contract: Any, runs: str | bytes, *more: str | Path, name: str = "runs.csv", code: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        text = contract if isinstance(contract, (str, bytes)) else json.dumps(contract)
        agreed = self.write("contract.json" if not isinstance(contract, str) else "contract.yaml", text)
        return self.plain("--contract", agreed, "--runs", self.write(name, runs), *more, code=code)

    def plain(self, *arguments: str | Path, code: str | None = None) -> subprocess.CompletedProcess[str]:
        start = ["-c", code] if code else ["-m", "planner"]
        # No database can be opened there, so that none is.
        environment = {**os.environ, "PLANNER_DATABASE_URL": "sqlite:////nowhere/planner.db", "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, *start, "gate", *map(str, arguments)],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )


@pytest.fixture
def gate(tmp_path: Path) -> GateFiles:
    return GateFiles(tmp_path)


def with_thresholds(*thresholded: dict[str, Any]) -> dict[str, Any]:
    return {**CONTRACT, "thresholded": list(thresholded)}


def js(*runs: dict[str, Any]) -> str:
    return json.dumps(list(runs))


# ── it opens ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ngs_table_picks_b(gate: GateFiles) -> None:
    # Ng, Machine Learning Yearning, ch. 9: accuracy optimised, latency at most 100 ms; A, B and C.
    contract = "optimised: {name: accuracy, direction: maximise, unit: '%'}\nthresholded:\n  - LATENCY\n".replace(
        "LATENCY", "{name: latency, direction: minimise, threshold: 100, unit: ms}"
    )
    runs = "name,accuracy,latency\nA,90,80\nB,92,95\nC,95,1500\n"
    found = gate(contract, runs)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.splitlines() == [
        f"Qualified: 2 of 3 (contract {gate.folder / 'contract.yaml'}).",
        "Best accuracy: 92 %.",
        "Winner: B.",
    ]
    assert gate(contract, runs, "--run", "C").returncode == 1
    assert gate(contract, runs.rstrip()).returncode == 0  # C alone may be cut off, and B does not depend on it


def test_precision_at_a_recall_and_map_choose_differently(gate: GateFiles) -> None:
    # Full Stack Deep Learning 2021, lecture 5: three models with precision and recall 0.9/0.5, 0.8/0.7 and 0.7/0.9.
    runs = "name,precision,recall,mean\n1,0.9,0.5,0.7\n2,0.8,0.7,0.75\n3,0.7,0.9,0.8\n"
    rule = {"name": "recall", "direction": "maximise", "threshold": 0.6}
    best = {"optimised": {"name": "precision", "direction": "maximise"}, "thresholded": [rule]}
    assert json.loads(gate(best, runs, "--json").stdout)["winners"] == ["2"]
    mean = {"optimised": {"name": "mean", "direction": "maximise"}}
    assert json.loads(gate(mean, runs, "--json").stdout)["winners"] == ["3"]


def test_pose_estimation_with_a_threshold_that_is_off_for_now(gate: GateFiles) -> None:
    # The same lecture: the angle is optimised, the position bounded by 1 cm, the run time ignored until it matters.
    late = {"name": "time", "direction": "minimise", "threshold": 100, "unit": "ms", "reason": "revisit when it works"}
    near = {"name": "position", "direction": "minimise", "threshold": 1, "unit": "cm"}
    angle = {"name": "angle", "direction": "minimise", "unit": "°", "baseline": 60}
    runs = "name,angle,position,time\nfar,40,1.25,300\nnear,55,0.75,300\n"
    off = {"optimised": angle, "thresholded": [near, {**late, "enabled": False}]}
    found = gate(off, runs)
    assert found.returncode == 0
    assert "Best angle: 55 °, 5 ° better than the baseline.\nWinner: near." in found.stdout
    found = gate({"optimised": angle, "thresholded": [near, late]}, runs)
    assert found.returncode == 1
    assert "Nearest: near; time missed by 200 ms." in found.stdout


def test_wake_word_a_rate_per_day_is_a_threshold(gate: GateFiles) -> None:
    # Ng, ch. 9: false negatives minimised subject to at most one false positive in 24 hours.
    contract = {
        "optimised": {"name": "false_negatives", "direction": "minimise"},
        "thresholded": [{"name": "false_positives", "direction": "minimise", "threshold": 1, "unit": "per day"}],
    }
    runs = "name,false_negatives,false_positives\na,0.02,3\nb,0.05,1\nc,0.07,0.2\n"
    assert "Winner: b." in gate(contract, runs).stdout


def test_a_printed_contract_is_a_contract_file_and_names_its_version(gate: GateFiles) -> None:
    printed = {**CONTRACT, "version": 3, "recorded_at": "2026-05-01T12:00:00Z", "recorded_by": "Mara", "reason": ""}
    found = gate(printed, GOOD, "--json")
    assert (found.returncode, json.loads(found.stdout)["contract_version"]) == (0, 3)
    assert ", version 3)" in gate(printed, GOOD).stdout


def test_runs_that_cannot_be_told_apart_from_the_winner_are_named(gate: GateFiles) -> None:
    def run(name: str, recall: float, n: int) -> dict[str, Any]:
        return {"name": name, "metrics": {"recall": recall, "latency": 90}, "uncertainty": {"recall": {"n": n}}}

    found = gate(CONTRACT, js(run("a", 0.83, 200), run("b", 0.82, 200), run("c", 0.5, 200)), name="runs.json")
    assert found.returncode == 0
    assert found.stdout.splitlines()[2:] == ["Winner: a.", "Not told apart from it with 95 % probability: b."]


# ── slices, confidence, production ───────────────────────────────────────────────────────────────────────────────


def test_the_worst_slice_counts_and_is_named(gate: GateFiles) -> None:
    floor = {"name": "f1", "direction": "maximise", "threshold": 0.7, "slices": ["de", "fr", "it"]}
    contract = with_thresholds(floor)
    head = "name,recall,f1/de,f1/fr,f1/it\n"
    assert gate(contract, head + "a,0.8,0.9,0.7,0.8\n").returncode == 0
    found = gate(contract, head + "a,0.8,0.9,0.65,0.8\n", "--run", "a")
    assert found.returncode == 1
    assert "f1\t0.65\tmissed\tat least 0.7, worst of de, fr, it\tfr" in found.stdout
    assert "f1 missed by 0.05 in fr" in found.stdout
    assert gate(contract, "name,recall,f1/de,f1/fr\na,0.8,0.9,0.7\n").returncode == 1


def test_a_confidence_is_asked_of_every_threshold(gate: GateFiles) -> None:
    contract = with_thresholds({"name": "precision", "direction": "maximise", "threshold": 0.9})
    sure = {"name": "sure", "metrics": {"recall": 0.5, "precision": 0.93}, "uncertainty": {"precision": {"n": 400}}}
    few = {"name": "few", "metrics": {"recall": 0.8, "precision": 0.93}, "uncertainty": {"precision": {"n": 30}}}
    silent = {"name": "silent", "metrics": {"recall": 0.9, "precision": 0.99}}
    assert "Winner: silent." in gate(contract, js(sure, few, silent), name="runs.json").stdout
    found = gate(contract, js(sure, few, silent), "--confidence", "0.95", name="runs.json")
    assert found.returncode == 0
    assert "Winner: sure." in found.stdout
    assert "Asked of every threshold: 95 % probability." in found.stdout
    found = gate(contract, js(few), "--confidence", "0.95", name="runs.json")
    assert found.returncode == 1
    assert "Not proven: few; precision not proven, " in found.stdout
    found = gate(contract, js(silent), "--confidence", "0.95", name="runs.json")
    assert found.returncode == 1
    assert "Nothing says how sure the values of precision are." in found.stdout


def test_no_worse_than_the_run_in_production(gate: GateFiles) -> None:
    contract = with_thresholds(FLOOR)
    runs = "name,recall\nold,0.83\nsame,0.82\nworse,0.81\n"
    for name, code in (("old", 0), ("same", 0), ("worse", 1)):
        found = gate(contract, runs, "--production", "old", "--run", name)
        assert found.returncode == code, found.stdout + found.stderr
    assert "recall missed by 0.01" in found.stdout
    assert "0.02 worse than production (old)" in found.stdout


def test_a_run_of_another_file_only_compares(gate: GateFiles) -> None:
    contract = with_thresholds(FLOOR)
    there = gate.write("there.csv", "name,recall\nold,0.83\n")
    found = gate(contract, "name,recall\nnew,0.9\n", "--production-runs", there, "--json")
    verdict = json.loads(found.stdout)
    assert (found.returncode, verdict["winners"], verdict["production"], verdict["total"]) == (0, ["new"], "old", 1)
    found = gate(contract, "name,recall\nnew,0.7\n", "--production-runs", there, "--json")
    verdict = json.loads(found.stdout)
    assert (found.returncode, verdict["qualified"], verdict["evaluable"], verdict["nearest"]) == (1, 0, 1, ["new"])
    two = gate.write("two.csv", "name,recall\nold,0.83\nolder,0.7\n")
    assert "say with --production NAME" in gate(contract, GOOD, "--production-runs", two).stderr
    assert gate(contract, "name,recall\nn,0.7\n", "--production-runs", two, "--production", "older").returncode == 0


# ── it stays shut ────────────────────────────────────────────────────────────────────────────────────────────────

ONE = {"name": "a", "metrics": {"recall": 0.8, "latency": 90}}
SHUT: dict[str, tuple[Any, str, str]] = {
    "a breached threshold": (CONTRACT, "runs.csv", "name,recall,latency\na,0.8,101\n"),
    "a missing metric": (CONTRACT, "runs.csv", "name,recall\na,0.8\n"),
    "an empty cell": (CONTRACT, "runs.csv", "name,recall,latency\na,0.8,\n"),
    "a missing optimised metric": (CONTRACT, "runs.csv", "name,latency\na,80\n"),
    "not a number": (CONTRACT, "runs.csv", "name,recall,latency\na,0.8,fast\n"),
    "a comma that may part thousands": (CONTRACT, "runs.csv", 'name,recall,latency\na,0.8,"110,5"\n'),
    "NaN": (CONTRACT, "runs.csv", "name,recall,latency\na,0.8,NaN\n"),
    "NaN of the optimised metric": (CONTRACT, "runs.csv", "name,recall,latency\na,nan,90\n"),
    "minus infinity, which is at most 100": (CONTRACT, "runs.csv", "name,recall,latency\na,0.8,-inf\n"),
    "infinity, which is the best": (CONTRACT, "runs.csv", "name,recall,latency\na,inf,90\n"),
    "a number too large to be one": (CONTRACT, "runs.csv", "name,recall,latency\na,1e999,90\n"),
    "null in JSON": (CONTRACT, "runs.json", js({"name": "a", "metrics": {"recall": 0.8, "latency": None}})),
    "NaN in JSON": (CONTRACT, "runs.json", '[{"name": "a", "metrics": {"recall": 0.8, "latency": NaN}}]'),
    "a failed run": (CONTRACT, "runs.csv", "name,status,recall,latency\na,FAILED,0.8,90\n"),
    "a run that goes on": (CONTRACT, "runs.csv", "name,status,recall,latency\na,RUNNING,0.8,90\n"),
    "a killed run": (CONTRACT, "runs.csv", "name,Status,recall,latency\na,KILLED,0.8,90\n"),
    "a failed run in JSON": (CONTRACT, "runs.json", js({**ONE, "status": "FAILED"})),
    "a run that goes on in JSON": (CONTRACT, "runs.json", js({**ONE, "status": "running"})),
}


@pytest.mark.parametrize("case", SHUT)
def test_the_gate_stays_shut(gate: GateFiles, case: str) -> None:
    contract, name, runs = SHUT[case]
    found = gate(contract, runs, name=name)
    assert found.returncode == 1, found.stdout + found.stderr
    assert "Traceback" not in found.stderr
    assert found.stdout.startswith("Qualified: 0 of ")


def test_production_that_failed_compares_with_nothing(gate: GateFiles) -> None:
    runs = "name,status,recall\nold,FAILED,0.1\nnew,FINISHED,0.9\n"
    found = gate(with_thresholds(FLOOR), runs, "--production", "old", "--run", "new")
    assert found.returncode == 1
    assert "recall production unknown" in found.stdout


NAN = yaml.safe_dump(with_thresholds({**CONTRACT["thresholded"][0], "threshold": float("nan")}))
CUT = yaml.safe_dump(CONTRACT, sort_keys=False).replace("  unit: ms\n", "").rstrip()[:-1]  # at most 10, not 100

BAD: dict[str, tuple[Any, str, str, tuple[str, ...], str]] = {
    "an empty file": (CONTRACT, "runs.csv", "", (), "is empty"),
    "a header alone": (CONTRACT, "runs.csv", "name,recall,latency\n", (), "holds no run"),
    "an empty list": (CONTRACT, "runs.json", "[]", (), "holds no run"),
    "a cut number": (CONTRACT, "runs.csv", "name,recall,latency\nb,0.9,120\na,0.8,9", (), "may be cut off"),
    "a cut number of the run asked": (CONTRACT, "runs.csv", GOOD + "c,0.9,9", ("--run", "c"), "may be cut off"),
    "cut JSON": (CONTRACT, "runs.json", js(ONE)[:-3], (), "not JSON"),
    "a quote that is cut off": (CONTRACT, "runs.csv", 'name,recall,latency\na,0.8,90\n"b,0.9', (), "quotes do not"),
    "a name twice": (CONTRACT, "runs.csv", "name,recall,latency\na,0.8,90\na,0.8,990\n", (), "stands more than once"),
    "a column twice": (CONTRACT, "runs.csv", "name,recall,latency,latency\na,0.8,90,990\n", (), "stands twice"),
    "a key twice": (CONTRACT, "runs.json", '{"name": "a", "metrics": {"latency": 1, "latency": 9}}', (), "twice"),
    "more values than columns": (CONTRACT, "runs.csv", "name,recall,latency\na,0.8,1,556\n", (), "more values than"),
    "no column of names": (CONTRACT, "runs.csv", "recall,latency\n0.8,90\n", (), "no column names the runs"),
    "a status nobody knows": (CONTRACT, "runs.csv", "name,status,recall\na,FINISHED,1\nb,ODD,1\n", (), "how runs"),
    "a number that is a word": (CONTRACT, "runs.json", js({"name": "a", "metrics": {"recall": "ok"}}), (), "a number"),
    "true for one": (CONTRACT, "runs.json", js({"name": "a", "metrics": {"recall": True}}), (), "a number is needed"),
    "a web page": (CONTRACT, "runs.csv", "<!doctype html><p>Sign in</p>", (), "web page"),
    "no such run": (CONTRACT, "runs.csv", GOOD, ("--run", "zz"), "has no run 'zz'"),
    "production unknown": (with_thresholds(FLOOR), "runs.csv", GOOD, (), "say which it is"),
    "production not there": (with_thresholds(FLOOR), "runs.csv", GOOD, ("--production", "zz"), "has no run 'zz'"),
    "a confidence that is none": (CONTRACT, "runs.csv", GOOD, ("--confidence", "95"), "between 0.5 and 1"),
    "a confidence that is not a number": (CONTRACT, "runs.csv", GOOD, ("--confidence", "nan"), "between 0.5 and 1"),
    "a project too": (CONTRACT, "runs.csv", GOOD, ("EX-1",), "name the PROJECT"),
    "a server too": (CONTRACT, "runs.csv", GOOD, ("--server", "http://127.0.0.1:9"), "--server"),
    "a folder that is not there": (CONTRACT, "runs.csv", GOOD, ("-o", "no/where.xml"), "no such folder"),
    "a kind nobody reads": (CONTRACT, "runs.txt", GOOD, (), "the name must end in"),
    "JSON beside JUnit": (CONTRACT, "runs.csv", GOOD, ("--json", "--format", "junit"), "--json"),
    "no optimised metric": ({"thresholded": []}, "runs.csv", GOOD, (), "optimised: is missing"),
    "a contract that is a list": ([CONTRACT], "runs.csv", GOOD, (), "a contract is expected"),
    "a contract with a slip": ({**CONTRACT, "threshold": []}, "runs.csv", GOOD, (), "threshold: is not a field here"),
    "no threshold in a threshold": (
        with_thresholds({"name": "latency", "direction": "minimise"}), "runs.csv", GOOD, (),
        "thresholded.0.threshold: is missing",
    ),
    "a threshold of NaN": (NAN, "runs.csv", GOOD, (), "a finite number is needed"),
    "a contract that is cut off": (CUT, "runs.csv", GOOD, (), "may be cut off"),
    "an empty contract": ("\n", "runs.csv", GOOD, (), "contract.yaml"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_judged_is_exit_code_2(gate: GateFiles, case: str) -> None:
    contract, name, runs, more, said = BAD[case]
    found = gate(contract, runs, *more, name=name)
    assert (found.returncode, found.stdout) == (2, ""), found.stdout + found.stderr
    assert said in found.stderr
    assert found.stderr.startswith("planner")
    assert "Traceback" not in found.stderr


def test_files_that_are_not_there(gate: GateFiles) -> None:
    assert gate.plain("--contract", "none.json", "--runs", "none.csv").returncode == 2
    assert "--runs" in gate.plain("--contract", gate.write("c.json", json.dumps(CONTRACT))).stderr
    assert gate.plain().returncode == 2
    assert gate.plain("--nonsense").returncode == 2


@pytest.mark.parametrize("error", ["ValueError('odd')", "MemoryError()", "RecursionError()", "OSError(5, 'odd')"])
def test_a_crash_is_exit_code_2(gate: GateFiles, error: str) -> None:
    code = (
        f"import planner.domain.metrics_gate as gate\ndef broken(*a, **b): raise {error}\n"
        "gate.judge_table = broken\nfrom planner.cli import main\nmain()"
    )
    found = gate(CONTRACT, GOOD, code=code)
    assert (found.returncode, found.stdout) == (2, "")
    assert "something unexpected went wrong" in found.stderr
    assert "Traceback" not in found.stderr


def test_an_answer_that_cannot_be_written_is_none(gate: GateFiles) -> None:
    agreed, runs = gate.write("c.json", json.dumps(CONTRACT)), gate.write("r.csv", GOOD)
    command = [sys.executable, "-m", "planner", "gate", "--contract", str(agreed), "--runs", str(runs)]
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False, timeout=100)
    assert found.returncode != 0


def test_the_file_mode_needs_neither_a_database_nor_the_web(gate: GateFiles) -> None:
    code = (
        "import sys, atexit\nheavy = {'sqlalchemy', 'fastapi', 'starlette', 'httpx', 'httpx2', 'sqlmodel', 'jinja2', "
        "'rich', 'openpyxl', 'python_calamine', 'uvicorn'}\n"
        "atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr))\n"
        "from planner.cli import main\nmain()"
    )
    for form in ("text", "json", "junit", "markdown"):
        found = gate(CONTRACT, GOOD, "--format", form, code=code)
        assert (found.returncode, found.stderr.strip()) == (0, "[]")


# ── what it prints ───────────────────────────────────────────────────────────────────────────────────────────────

HOSTILE = "</failure><script>|`@all` [x](javascript:1) #1 ![i](http://x/y) ]]> & \u202e"
RUNS = js(
    {"name": HOSTILE, "metrics": {"recall": 0.9, "latency": 120}},
    {"name": "ok", "metrics": {"recall": 0.8, "latency": 90}},
    {"name": "gone", "metrics": {"recall": 0.8}},
)


def cases(xml: str) -> dict[str, ET.Element]:
    return {case.attrib["name"]: case for case in ET.fromstring(xml).iter("testcase")}


def test_junit_of_all_runs(gate: GateFiles) -> None:
    found = gate(CONTRACT, RUNS, "--format", "junit", "-o", "gate.xml", name="runs.json")
    assert found.returncode == 0
    assert "Winner: ok." in found.stdout
    text = (gate.folder / "gate.xml").read_text(encoding="utf-8")
    told = cases(text)
    assert list(told)[:2] == ["a run qualifies", "ok"]
    assert all(not case.findall("failure") and not case.findall("error") for case in told.values())
    assert [len(case.findall("skipped")) for case in told.values()] == [0, 0, 1, 1]
    shut = ET.fromstring(gate(with_thresholds({**CONTRACT["thresholded"][0], "threshold": 50}), RUNS,
                              "--format", "junit", name="runs.json").stdout)  # fmt: skip
    valid(shut)
    assert (shut.attrib["failures"], shut.attrib["errors"]) == ("3", "1")


def test_junit_of_one_run_has_a_case_for_each_metric(gate: GateFiles) -> None:
    found = gate(CONTRACT, RUNS, "--format", "junit", "--run", HOSTILE, name="runs.json")
    assert found.returncode == 1
    valid(ET.fromstring(found.stdout))
    told = cases(found.stdout)
    assert list(told) == ["the run qualifies", "recall: maximise", "latency: at most 100 ms"]
    failure = told["latency: at most 100 ms"].find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "latency is 120 ms: missed by 20 ms"
    found = gate(CONTRACT, RUNS, "--format", "junit", "--run", "gone", name="runs.json")
    error = cases(found.stdout)["latency: at most 100 ms"].find("error")
    assert error is not None
    assert error.attrib["message"] == "latency missing"


def valid(root: ET.Element) -> None:
    """What the JUnit schema of Ant and Jenkins asks for: elements, their order, and attributes that must be there."""
    assert root.tag == "testsuites"
    for suite in root:
        assert suite.tag == "testsuite"
        assert {"name", "timestamp", "hostname", "tests", "failures", "errors", "time", "id", "package"} <= set(
            suite.keys()
        )
        tags = [part.tag for part in suite]
        assert tags[0] == "properties"
        assert tags[-2:] == ["system-out", "system-err"]
        assert set(tags[1:-2]) == {"testcase"}
        found = list(suite.iter("testcase"))
        assert suite.attrib["tests"] == str(len(found))
        for kind in ("failure", "error", "skipped"):
            count = suite.attrib[{"failure": "failures", "error": "errors", "skipped": "skipped"}[kind]]
            assert int(count) == sum(case.find(kind) is not None for case in found)
        for case in found:
            assert set(case.keys()) == {"classname", "name", "time"}
            assert [part.tag for part in case] in ([], ["failure"], ["error"], ["skipped"])
            assert all(part.tag == "skipped" or "type" in part.attrib for part in case)


def test_markdown_makes_nothing_of_a_name(gate: GateFiles) -> None:
    found = gate(CONTRACT, RUNS, "--format", "markdown", name="runs.json")
    assert found.returncode == 0
    assert found.stdout.startswith("### Release gate: ✅ open\n")
    assert "Winner: `ok`." in found.stdout
    html = MARKDOWN.render(found.stdout)
    assert "href" not in html
    assert "<img" not in html
    assert "<script" not in found.stdout
    assert all(line.count("|") == 5 for line in found.stdout.splitlines() if line.startswith("| ") and "disq" in line)
    shut = gate(with_thresholds({**CONTRACT["thresholded"][0], "threshold": 50}), RUNS, "--format", "markdown",
                name="runs.json")  # fmt: skip
    assert shut.returncode == 1
    assert "### Release gate: ❌ shut" in shut.stdout


def test_the_yaml_of_a_contract_is_its_json(gate: GateFiles) -> None:
    written = yaml.safe_dump(CONTRACT)
    assert gate(written, GOOD, "--json").stdout == gate(CONTRACT, GOOD, "--json").stdout
