"""Demand and the next set in sentences."""

from __future__ import annotations

from planner.domain.infrastructure_needs import Statement, Subject, build_demand, build_needs
from planner.domain.infrastructure_plan import BuildQuery, plan_building
from planner.domain.infrastructure_words import infrastructure_sentences
from tests.support.factories import fsdl

EXPLORATION, ENGINEERING = "data.exploration", "training.software_engineering"  # what planning requires


def told(*projects: tuple[float, tuple[str, ...]], most: int = 3) -> str:
    """Projects in planning by priority, 0 for no answer, and by what they have in place."""
    subjects = [
        Subject(n, f"P-{n}", "x", "planning", None, None, p or 3.0, int(p > 0)) for n, (p, _) in numbered(projects)
    ]
    stated: list[Statement] = [(n, one, "in_place", None) for n, (_, there) in numbered(projects) for one in there]
    needs = build_needs(subjects, stated, (), fsdl())
    plan = plan_building(needs, {}, BuildQuery(most=most))
    return " ".join(infrastructure_sentences(build_demand(needs, ()), plan))


def numbered(projects: tuple[tuple[float, tuple[str, ...]], ...]) -> list[tuple[int, tuple[float, tuple[str, ...]]]]:
    return list(enumerate(projects, 1))


def test_what_is_missed_most_and_what_to_build_next() -> None:
    text = told((4.0, (EXPLORATION,)), (3.5, ()), (0, ()))
    assert text == (
        "3 open projects wait for some component, of 3. Software engineering is missed most: it holds back 3 projects, "
        "with priorities of 7.5 together; 1 of them has no answer. Next comes Data exploration (2). "
        "To build next, of at most 3 components: Software engineering first, then Data exploration. "
        "With that 3 more projects have all that the stage requires, with priorities of 7.5 together."
    )


def test_where_there_is_nothing_to_weigh_or_to_wait_for_it_says_so() -> None:
    assert told() == ""
    assert told((4.0, (EXPLORATION, ENGINEERING))) == "None of the 1 open project waits for a component."
    assert told((0, ())).endswith("has an answer, so no priority tells what to build next.")
    assert told((4.0, ()), most=1).endswith(
        "No 1 component would complete a project; the first to be complete needs 2."
    )
