from __future__ import annotations

import random
import re
import time
from xml.etree import ElementTree as ET

import pytest
from jinja2 import Environment

from planner.domain.matrix import Matrix, ProjectPoint
from planner.paths import templates_dir
from planner.render.charts import AS_POINTS, ChartOptions, lay_out, matrix_svg
from planner.render.matrix_marks import WITH_INTERVALS
from planner.render.templates import environment
from tests.support.reports import matrix_of, point, random_points, standing_of

SVG = "{http://www.w3.org/2000/svg}"
LINKS = ChartOptions(project_link="/projects/", stack_link="#stack-", unscored_link="/p/demo/projects?answered=0")


@pytest.fixture(scope="module")
def env() -> Environment:
    return environment(templates_dir())


def drawn(env: Environment, matrix: Matrix, options: ChartOptions = LINKS) -> ET.Element:
    return ET.fromstring(matrix_svg(env, matrix, options))


def texts(root: ET.Element) -> list[str]:
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("size", ["wide", "narrow", "little"])
@pytest.mark.parametrize("count", [0, 1, 5, 24, 150, 2130])
def test_every_size_is_sound_xml_without_script_style_or_foreign_address(
    env: Environment, size: str, count: int
) -> None:
    options = LINKS.model_copy(update={"size": size, "marked": "P-1"})
    svg = matrix_svg(env, matrix_of(random_points(count)), options)
    root = ET.fromstring(svg)

    assert len(svg) < 250_000
    assert root.get("aria-label")
    for node in root.iter():
        assert node.tag.removeprefix(SVG) in {"svg", "g", "a", "title", "rect", "path", "circle", "text"}
        assert not {name for name in node.attrib if name in {"style", "id"} or name.startswith("on")}
        assert node.get("href", "/").startswith(("/", "#"))


def test_each_project_is_a_link_that_says_its_values(env: Environment) -> None:
    root = drawn(env, matrix_of([point(1, 4, 4, 4, 4, 4, 4, 4, name="Churn"), point(2, 2, name="Fleet")]))
    links = {link.get("href"): link for link in root.iter(f"{SVG}a")}
    churn = links["/projects/P-1"]

    assert root.get("role") == "group"
    assert set(links) == {"/projects/P-1", "/projects/P-2"}
    assert re.fullmatch(
        r"Churn: impact 4\.4 \(\d\.\d–\d\.\d\), feasibility 4\.0 \(\d\.\d–\d\.\d\), priority 4\.2, Do first",
        churn.findtext(f"{SVG}title", ""),
    )
    assert churn.get("aria-label") is None  # the title names the link; a label besides would disagree with what is seen
    assert any(float(circle.get("r", 0)) >= 12 for circle in churn.iter(f"{SVG}circle"))


def test_without_links_the_chart_is_a_picture(env: Environment) -> None:
    root = drawn(env, matrix_of(random_points(10)), ChartOptions())

    assert root.get("role") == "img"
    assert not list(root.iter(f"{SVG}a"))


def test_quadrants_show_their_names_and_counts(env: Environment) -> None:
    shown = texts(drawn(env, matrix_of([point(1, 5, 5, 5, 5, 5, 5, 5), point(2, 5, 5, 5, 5, 1, 1, 1)])))

    assert {"Do first", "Strategic bet", "Quick win", "Not now", "1 project", "0 projects"} <= set(shown)


def test_tied_projects_are_one_mark_with_their_count_and_names(env: Environment) -> None:
    levels = (4,) * 7
    root = drawn(env, matrix_of([point(number, *levels, name=f"Project {number}") for number in range(1, 10)]))
    (stack,) = root.iter(f"{SVG}a")

    assert stack.get("href") == "#stack-1"
    assert "9" in texts(stack)
    name = stack.findtext(f"{SVG}title", "")
    assert name.startswith("9 projects at impact 4.4, feasibility 4.0 (Do first): P-1 Project 1,")
    assert name.endswith("and 3 more")
    assert "Project 1 + 8 more" in texts(stack)


def test_unscored_projects_are_one_dashed_ring_with_their_count(env: Environment) -> None:
    root = drawn(env, matrix_of([point(number) for number in range(1, 2131)]))
    (ring,) = (link for link in root.iter(f"{SVG}a") if link.get("class") == "unscored")

    assert texts(ring) == ["2,130", "not scored yet"]
    assert ring.get("href") == "/p/demo/projects?answered=0"
    assert ring.findtext(f"{SVG}title", "").startswith("2,130 projects not scored yet: nobody has answered a question")
    assert texts(root).count("0 projects") == 4


def test_a_scored_project_never_hides_the_count_of_the_unscored(env: Environment) -> None:
    centre = standing_of(()).model_copy(update={"answered": 1, "quadrant": "not_now"})
    at_centre = point(1, 3).model_copy(update={"standing": centre})
    shown = texts(drawn(env, matrix_of([at_centre, *(point(number) for number in range(2, 40))])))

    assert "38 not scored yet" in shown


def test_few_places_show_intervals_and_many_are_counted_in_hexagons() -> None:
    few = lay_out(matrix_of(random_points(WITH_INTERVALS // 2, scored=1)), LINKS)
    some = lay_out(matrix_of(random_points(200, scored=1)), LINKS)
    many = lay_out(matrix_of(random_points(1500, scored=1)), LINKS)

    assert len(few.crosses) == len(few.marks) > 0
    assert not few.bins
    assert not some.crosses
    assert WITH_INTERVALS < len(some.marks) <= AS_POINTS
    assert sum(found.count for found, _ in many.bins) == 1500
    assert len(many.marks) == many.frame.first_ones


def test_the_first_by_priority_are_drawn_last_so_that_nothing_hides_them() -> None:
    matrix = matrix_of(random_points(100, scored=1))

    assert lay_out(matrix, LINKS).marks[-1].text.startswith(f"{matrix.points[0].name}:")


def test_labels_overlap_neither_each_other_nor_a_mark() -> None:
    for seed in range(5):
        marks = lay_out(matrix_of(random_points(60, seed)), LINKS).marks
        boxes = [mark.label.box for mark in marks if mark.label]
        assert len(boxes) > 10
        for number, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:number])
            assert not any(box.left < mark.x < box.right and box.top < mark.y < box.bottom for mark in marks)


def test_the_little_matrix_shows_one_project_with_its_interval_and_the_others_as_dots(env: Environment) -> None:
    matrix = matrix_of(random_points(24, scored=1))
    options = ChartOptions(size="little", marked=matrix.points[3].key, project_link="/projects/")
    chart = lay_out(matrix, options)

    assert [mark.marked for mark in chart.marks] == [True]
    assert chart.marks[0].cross
    assert chart.dots.count("M") == 24 - 1
    assert not chart.keys
    assert drawn(env, matrix, options).get("role") == "img"


def test_the_little_matrix_of_an_unscored_project_says_so(env: Environment) -> None:
    root = drawn(env, matrix_of([point(1)]), ChartOptions(size="little", marked="P-1"))

    assert "not scored yet" in texts(root)
    assert root.get("aria-label", "").startswith("Not scored yet")
    assert any("dasharray" in " ".join(node.attrib) for node in root.iter(f"{SVG}path"))


def test_shapes_go_by_the_position_of_the_archetype_and_the_diamond_says_not_stated() -> None:
    kinds = ("software_2_0", "human_in_the_loop", "autonomous", None)
    levels = ((5, 5), (4, 4), (2, 2), (1, 1))
    matrix = matrix_of(
        [point(n, *level, archetype=kind) for n, (kind, level) in enumerate(zip(kinds, levels, strict=True), 1)]
    )
    marks = {mark.ink: mark.path for mark in lay_out(matrix, LINKS).marks}

    assert "a" in marks[0]  # arcs
    assert [marks[ink].count("L") + 1 for ink in (1, 2, 3)] == [4, 3, 4]


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '" onload="alert(1)',
        "]]><b>",
        "x" * 300,
        "عميل متوقع",
        "🦊🚀 plan",
        "a\u202eb\x0bc\uffff",
    ],
)
def test_hostile_names_are_text(env: Environment, name: str) -> None:
    matrix = matrix_of([point(1, 5, 5, name=name), point(2, 5, 5, name=name), point(3, 1, name=name)])
    root = drawn(env, matrix)

    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {
        "svg", "g", "a", "title", "rect", "path", "circle", "text",
    }  # fmt: skip


def test_a_cut_off_at_the_end_of_the_scale_leaves_no_room_for_a_quadrant(env: Environment) -> None:
    matrix = matrix_of(random_points(20))
    all_high = matrix.model_copy(update={"cut_offs": matrix.cut_offs.model_copy(update={"impact": 1.0})})

    assert {area.quadrant.impact for area in lay_out(all_high, LINKS).areas} == {"high"}
    assert drawn(env, all_high) is not None


def test_a_cut_off_between_the_levels_is_marked_on_its_axis() -> None:
    matrix = matrix_of(random_points(20))
    moved = matrix.model_copy(update={"cut_offs": matrix.cut_offs.model_copy(update={"feasibility": 3.5})})

    assert "3.5" in [text for _, text in lay_out(moved, LINKS).ticks_x]


def test_thousands_of_scored_projects_are_drawn_within_the_time_of_a_page(env: Environment) -> None:
    matrix = matrix_of(random_points(2130, scored=1))
    matrix_svg(env, matrix, LINKS)  # compiles the template
    best = min(_seconds(env, matrix) for _ in range(5))

    assert best < 0.06


def _seconds(env: Environment, matrix: Matrix) -> float:
    start = time.process_time()
    matrix_svg(env, matrix, LINKS)
    return time.process_time() - start


def test_the_same_matrix_gives_the_same_bytes(env: Environment) -> None:
    points: list[ProjectPoint] = random_points(300)
    shuffled = random.Random(3).sample(points, len(points))

    assert matrix_svg(env, matrix_of(points), LINKS) == matrix_svg(env, matrix_of(shuffled), LINKS)
