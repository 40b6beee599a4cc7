"""The matrix in characters: impact upwards, feasibility to the right, a mark or a count at each place."""

from __future__ import annotations

from collections import Counter

from planner.domain.matrix import Matrix, QuadrantCount
from planner.domain.scoring import Standing

WIDTH, HEIGHT = 61, 17  # of the plot; odd, so that the middle is a character
MARGIN = 4


def plot(matrix: Matrix) -> list[str]:
    """Lines of text. A place is `•` for one project, 2 to 9 for as many, `#` for more; the cut-offs are dotted."""
    canvas = [[" "] * WIDTH for _ in range(HEIGHT)]
    cut_row, cut_column = _row(matrix.cut_offs.impact), _column(matrix.cut_offs.feasibility)
    for column in range(WIDTH):
        canvas[cut_row][column] = "·"
    for row in range(HEIGHT):
        canvas[row][cut_column] = "·"
    for quadrant in matrix.quadrants:
        _write_name(canvas, quadrant, cut_column)
    for (row, column), count in Counter(_place(point.standing) for point in matrix.points).items():
        canvas[row][column] = "•" if count == 1 else str(count) if count < 10 else "#"
    lines = [f"{matrix.impact_name}"]
    for row, characters in enumerate(canvas):
        level = 5 - 4 * row / (HEIGHT - 1)
        lines.append(f"{f'{level:.0f}' if level.is_integer() else '':>{MARGIN - 2}} │{''.join(characters)}")
    lines.append(" " * (MARGIN - 1) + "└" + "─" * WIDTH)
    marks = [" "] * WIDTH
    for level in range(1, 6):
        marks[_column(level)] = str(level)
    lines.append(" " * MARGIN + "".join(marks))
    lines.append(f"{matrix.feasibility_name:>{MARGIN + WIDTH}}")
    return lines


def _row(impact: float) -> int:
    return round((5 - impact) / 4 * (HEIGHT - 1))


def _column(feasibility: float) -> int:
    return round((feasibility - 1) / 4 * (WIDTH - 1))


def _place(standing: Standing) -> tuple[int, int]:
    return _row(standing.impact.expected), _column(standing.feasibility.expected)


def _write_name(canvas: list[list[str]], quadrant: QuadrantCount, cut: int) -> None:
    """Writes the name of a quadrant and its count into its outer corner, cut where its room ends."""
    row = 0 if quadrant.impact == "high" else HEIGHT - 1
    room = cut - 1 if quadrant.feasibility == "low" else WIDTH - cut - 2
    text = f"{quadrant.name} {quadrant.count}"[: max(room, 0)]
    start = 0 if quadrant.feasibility == "low" else WIDTH - len(text)
    canvas[row][start : start + len(text)] = list(text)
