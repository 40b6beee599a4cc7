from __future__ import annotations

from pathlib import Path

from planner.cli.plot import HEIGHT, WIDTH, plot
from planner.domain.matrix import ProjectPoint, build_matrix
from planner.domain.scoring import Interval, Standing
from tests.cli.conftest import Planner
from tests.support.factories import fsdl


def point(number: int, impact: float, feasibility: float) -> ProjectPoint:
    at = {
        name: Interval(expected=value, low=value, high=value)
        for name, value in {"impact": impact, "feasibility": feasibility, "priority": impact}.items()
    }
    standing = Standing(**at, quadrant="do_first", quadrant_probability=1, answered=7, of=7)
    return ProjectPoint(id=number, key=f"P-{number}", name="P", archetype=None, standing=standing)


def test_points_and_counts_are_drawn_at_their_places() -> None:
    places = [(1, 1), *[(5, 5)] * 3, *[(1, 5)] * 12]
    lines = plot(build_matrix([point(n, *place) for n, place in enumerate(places)], fsdl()))
    canvas = [line[4:] for line in lines[1 : HEIGHT + 1]]
    assert {len(line) for line in canvas} == {WIDTH}
    assert (canvas[-1][0], canvas[0][-1], canvas[-1][-1]) == ("•", "3", "#")
    assert canvas[HEIGHT // 2] == "·" * WIDTH
    assert lines[0] == "Impact"
    assert lines[-1].strip() == "Feasibility"
    assert lines[-2].split() == ["1", "2", "3", "4", "5"]


def test_a_matrix_without_points_has_its_quadrants() -> None:
    text = "\n".join(plot(build_matrix([], fsdl())))
    assert all(quadrant.name in text for quadrant in fsdl().quadrants)


def test_a_pipe_gets_the_table_of_all_points(example: Planner) -> None:
    result = example("matrix")
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert rows[0] == ["key", "name", "impact", "feasibility", "priority", "quadrant"]
    assert len(rows) == 24
    assert result.stderr == "1 project without any answer, and so without a place.\n"


def test_the_chart_is_written_as_svg(example: Planner, tmp_path: Path) -> None:
    target = tmp_path / "matrix.svg"
    assert example("matrix", "--stage", "data", "-o", target).stderr == f"Wrote {target}.\n"
    svg = target.read_text(encoding="utf-8")
    assert svg.lstrip().startswith("<svg")
    assert "must end in one of: .svg" in example.refused("matrix", "-o", tmp_path / "matrix.png")


def test_a_terminal_gets_a_plot(example: Planner) -> None:
    person = example.terminal("matrix")
    assert person.ended() == 0
    for text in ("Do first 14", "└──", "What to do", "The first 15 of 23 by priority"):
        assert text in person.seen
