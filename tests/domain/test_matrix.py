from __future__ import annotations

import json

import pytest

from planner.domain.matrix import Matrix, ProjectPoint
from tests.support.reports import matrix_of, point, random_points


def test_an_unscored_project_lies_in_no_quadrant_and_is_counted_apart() -> None:
    matrix = matrix_of([point(1, 5, 5, 5, 5, 5, 5, 5), point(2), point(3)])

    assert [quadrant.count for quadrant in matrix.quadrants] == [1, 0, 0, 0]
    assert [p.key for p in matrix.points] == ["P-1"]
    assert matrix.unscored.count == 2
    assert matrix.unscored.impact is not None
    assert matrix.unscored.impact.expected == pytest.approx(2.96, abs=0.01)
    assert matrix.unscored.feasibility is not None
    assert matrix.unscored.feasibility.expected == pytest.approx(3.0)
    assert (matrix.scored, matrix.total) == (1, 3)


def test_one_answer_is_enough_to_be_scored() -> None:
    assert matrix_of([point(1, 4)]).unscored.count == 0


def test_without_unscored_projects_there_is_no_place_for_them() -> None:
    unscored = matrix_of([point(1, 4)]).unscored

    assert (unscored.count, unscored.impact, unscored.feasibility) == (0, None, None)


def test_projects_at_exactly_the_same_place_are_a_stack_with_its_members() -> None:
    levels = (4, 4, 4, 4, 4, 4, 4)
    matrix = matrix_of([point(3, *levels), point(1, *levels), point(2, *levels), point(4, 2, 2, 2, 2, 2, 2, 2)])

    assert [(stack.impact, stack.feasibility, stack.keys) for stack in matrix.stacks] == [
        (matrix.points[0].standing.impact.expected, 4.0, ("P-1", "P-2", "P-3"))
    ]


def test_points_stand_by_falling_priority() -> None:
    matrix = matrix_of(random_points(50))
    priorities = [p.standing.priority.expected for p in matrix.points]

    assert priorities == sorted(priorities, reverse=True)


def test_the_quadrants_count_every_scored_project_once() -> None:
    matrix = matrix_of(random_points(200, scored=0.7))

    assert sum(quadrant.count for quadrant in matrix.quadrants) == matrix.scored
    assert matrix.total == 200


def test_archetypes_are_counted_in_the_playbooks_order_and_those_not_stated_last() -> None:
    kinds = matrix_of(
        [point(1, 4, archetype="autonomous"), point(2, archetype="software_2_0"), point(3), point(4, archetype="x")]
    ).archetypes

    assert [(kind.id, kind.count) for kind in kinds] == [
        ("software_2_0", 1),
        ("human_in_the_loop", 0),
        ("autonomous", 1),
        (None, 2),
    ]


def test_a_portfolio_without_projects_has_a_matrix() -> None:
    matrix = matrix_of([])

    assert matrix.total == 0
    assert matrix.stacks == ()


def test_the_order_in_which_projects_are_given_makes_no_difference() -> None:
    points: list[ProjectPoint] = random_points(60)

    assert matrix_of(points) == matrix_of(points[::-1])


def test_a_matrix_survives_json() -> None:
    matrix = matrix_of(random_points(20))

    assert Matrix.model_validate(json.loads(matrix.model_dump_json())) == matrix
