from __future__ import annotations

from threading import Event

import pytest
from starlette.testclient import TestClient

from planner.domain.errors import FieldError, Invalid, Unavailable
from planner.web import selection_search
from planner.web.selection_search import LongSearch, Watch
from tests.web.reading import headline, links, read, words

ROADMAP = "/portfolios/example/roadmap"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every search is told about, however short it is."""
    monkeypatch.setattr(selection_search, "SOON", 0.0)
    monkeypatch.setattr(selection_search, "APART", 0.0)
    monkeypatch.setattr(selection_search, "QUIET", 0.01)


def test_a_search_that_is_soon_over_raises_what_it_failed_with() -> None:
    def fail(_watch: Watch) -> None:
        raise Invalid.one("must", "cannot be")

    assert LongSearch(lambda _watch: None).is_soon_over()
    with pytest.raises(Invalid, match="correcting"):
        LongSearch(fail).is_soon_over()


@pytest.mark.usefixtures("at_once")
def test_a_long_one_is_told_step_by_step_with_what_is_proven() -> None:
    go_on = Event()

    def find(watch: Watch) -> None:
        watch(1.0, 80.0, 100.0)
        go_on.wait(10)
        watch(2.0, 96.0, 99.6)

    search = LongSearch(find)
    assert not search.is_soon_over()
    steps = search.steps()
    first = next(step for step in steps if step.worth)  # before the search has ended
    assert (first.worth, first.more, first.gap) == (80.0, 20.0, 0.25)
    assert next(steps).seconds > first.seconds  # nothing is new, and that is said too
    go_on.set()
    assert [step.gap for step in steps][-1] == pytest.approx(0.0375)
    assert (search.over, search.problem) == (True, "")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Invalid([FieldError(field="must", message="take EX-1 back")], "No plan."), "No plan. Take EX-1 back."),
        (Unavailable("Others are being solved."), "Others are being solved."),
        (KeyError("secret"), "The search failed"),
    ],
)
def test_what_goes_wrong_later_is_said_where_the_steps_stand(failure: Exception, said: str) -> None:
    go_on = Event()

    def fail(_watch: Watch) -> None:
        go_on.wait(10)
        raise failure

    search = LongSearch(fail)
    assert not search.is_soon_over()
    go_on.set()
    assert all(step.worth is step.gap is None for step in search.steps())
    assert search.problem.startswith(said)


@pytest.mark.usefixtures("at_once")
def test_the_page_of_a_long_search_ends_with_the_plan_kept(example_client: TestClient) -> None:
    root = read(example_client.post(ROADMAP))
    assert headline(root) == "Searching for a better plan"
    assert "The search has ended, and its plan is kept." in words(root.find(".//main"))
    assert ROADMAP in links(root)
    assert example_client.get("/api/v1/portfolios/example/selection").json()["kept_at"] is not None
