from __future__ import annotations

from math import hypot

from hypothesis import given
from hypothesis import strategies as st

from planner.domain.labels import Box
from planner.render.hexagons import hexagon_bins

PLOT = Box(50, 10, 950, 590)
POINTS = st.lists(st.tuples(st.floats(50, 950), st.floats(10, 590)), max_size=200)


@given(POINTS)
def test_every_point_is_counted_once(points: list[tuple[float, float]]) -> None:
    assert sum(found.count for found in hexagon_bins(points, PLOT, 20)) == len(points)


@given(st.tuples(st.floats(50, 950), st.floats(10, 590)))
def test_a_point_lies_in_its_hexagon(point: tuple[float, float]) -> None:
    (found,) = hexagon_bins([point], PLOT, 20)

    assert hypot(found.x - point[0], found.y - point[1]) <= 20 + 1e-9


def test_more_points_are_darker() -> None:
    points = [(100.0, 100.0)] * 50 + [(500.0, 300.0)] * 5 + [(800.0, 500.0)]
    shades = {found.count: found.shade for found in hexagon_bins(points, PLOT, 20)}

    assert shades[50] > shades[5] > shades[1] == 1
