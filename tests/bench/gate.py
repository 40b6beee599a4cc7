"""How soon `planner gate` answers from two files, beside what its libraries alone take to be imported."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 9
FLOOR = "import numpy, pydantic"
CONTRACT = {
    "optimised": {"name": "recall", "direction": "maximise"},
    "thresholded": [{"name": "latency", "direction": "minimise", "threshold": 100}],
}


def measure(folder: Path) -> tuple[float, float]:
    """Seconds of the gate and of importing numpy and pydantic, each a process: medians of turns taken one by one."""
    contract, runs = folder / "gate.json", folder / "gate.csv"
    contract.write_text(json.dumps(CONTRACT), encoding="utf-8")
    runs.write_text("name,recall,latency\na,0.8,90\nb,0.9,120\n", encoding="utf-8")
    ours = [sys.executable, "-m", "planner", "gate", "--contract", str(contract), "--runs", str(runs)]
    floor = [sys.executable, "-c", FLOOR]
    # As it is where it is installed: with compiled modules, which the first round makes.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS + 1):
        for command, times in zip((ours, floor), taken, strict=True):
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
            times.append(time.perf_counter() - start)
    return statistics.median(taken[0][1:]), statistics.median(taken[1][1:])
