"""Lists of projects: filters, orders, pages and counts give what looking at every project gives, on both databases."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cmp_to_key
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.errors import Invalid
from planner.domain.projects import CLOSED, NOT_STATED, OPEN, SORTS, STATUSES, Filters, Page, ProjectSummary
from planner.domain.scoring import AnswerDraft
from planner.services import portfolios, projects, scoring
from planner.services.workspace import Workspace
from planner.store.project_filters import WORD_FILTERS
from tests.support.factories import SLUG, add_portfolio, add_project, fsdl

NAMES = [
    "Churn early warning",
    "churn EARLY warning",
    "Ärzte finden",
    "ärzte suchen",
    "Zeta",
    "alpha",
    "Ångström",
    "数学",
    "naïve Bayes for triage",
    "a",
    "Churn early warning",
    "100 % coverage_test",
    "x" * 500,
]
CRITERIA = [criterion.id for criterion in fsdl().criteria]


@pytest.fixture(scope="module")
def filled(shared_ws: Workspace) -> Workspace:
    """Forty projects with many ties and many gaps, some in the bin, beside a portfolio that must never be seen."""
    add_portfolio(shared_ws)
    add_portfolio(shared_ws, "other")
    playbook = fsdl()
    for number in range(40):
        project = add_project(
            shared_ws,
            NAMES[number % len(NAMES)],
            organisation=[None, "Alpha", "alpha", "Béta", "Gamma & Sons"][number % 5],
            unit=[None, "North"][number % 2],
            owner=[None, "Mara", "O'Brien", "not_stated"][number % 4],
            archetype=[None, *(entry.id for entry in playbook.archetypes)][number % 4],
            problem_type=[None, playbook.problem_types[0].id][number % 2],
            stage=[None, *(entry.id for entry in playbook.stages)][number % 5],
            status=[None, *STATUSES][number % 7],
            tags=(["a", "b c"], ["a"], [], ["é", "A"])[number % 4],
            effort=[None, 0.0, 4.5][number % 3],
        )
        answers: dict[str, AnswerDraft | None] = {
            criterion: AnswerDraft(level=1 + (number // 4) % 5, confidence="informed")
            for criterion in CRITERIA[: number % 8]
        }
        if answers:
            scoring.record_answers(shared_ws, project.key, "Mara", answers)
        if number % 10 == 9:
            projects.delete_project(shared_ws, project.key)
    for name in NAMES[:3]:
        add_project(shared_ws, name, slug="other", tags=["a"], owner="Mara")
    return shared_ws


def everything(ws: Workspace, filters: Filters | None = None) -> tuple[ProjectSummary, ...]:
    page = projects.list_projects(ws, SLUG, filters or Filters(sort="key"), limit=200)
    assert page.next is None
    assert page.total == len(page.items)
    return page.items


def pages(ws: Workspace, filters: Filters, limit: int) -> Iterator[Page[ProjectSummary]]:
    cursor = None
    while True:
        page = projects.list_projects(ws, SLUG, filters, limit=limit, cursor=cursor)
        yield page
        cursor = page.next
        if cursor is None:
            return


# ── orders and pages ─────────────────────────────────────────────────────────────────────────────────────────────

sorts = st.lists(
    st.tuples(st.sampled_from(["", "-"]), st.sampled_from(SORTS)).map("".join), min_size=1, max_size=3
).map(",".join)


@settings(max_examples=25)
@given(sort=sorts, limit=st.integers(1, 13))
def test_pages_put_together_are_the_whole_list(filled: Workspace, sort: str, limit: int) -> None:
    filters = Filters(sort=sort)
    whole = everything(filled, filters)
    found = list(pages(filled, filters, limit))
    assert [item for page in found for item in page.items] == list(whole)
    assert len({item.id for item in whole}) == 36
    assert all(len(page.items) == limit for page in found[:-1])
    assert {page.total for page in found} == {36}


@pytest.mark.parametrize("sort", [sign + name for name in SORTS for sign in ("", "-")])
def test_every_sort_pages_through_one_by_one(filled: Workspace, sort: str) -> None:
    filters = Filters(sort=sort)
    walked = [item.key for page in pages(filled, filters, 1) for item in page.items]
    assert walked == [item.key for item in everything(filled, filters)]


VALUE: dict[str, Callable[[ProjectSummary], Any]] = {
    "key": lambda item: int(item.key.rpartition("-")[2]),
    "name": lambda item: item.name.lower(),
    "organisation": lambda item: item.organisation and item.organisation.lower(),
    "priority": lambda item: item.standing.priority.expected,
    "impact": lambda item: item.standing.impact.expected,
    "feasibility": lambda item: item.standing.feasibility.expected,
    "answered": lambda item: item.standing.answered,
    "updated_at": lambda item: item.updated_at,
    "stage": lambda item: item.stage,
    "status": lambda item: item.status,
}


def in_order(filters: Filters) -> Callable[[ProjectSummary, ProjectSummary], int]:
    """The order that the documentation promises: as asked, what is not stated last either way."""

    def compare(a: ProjectSummary, b: ProjectSummary) -> int:
        for name, descending in filters.sort_fields:
            x, y = VALUE[name](a), VALUE[name](b)
            if x == y:
                continue
            if x is None or y is None:
                return 1 if x is None else -1
            return (-1 if x < y else 1) * (-1 if descending else 1)
        return 0

    return compare


@settings(max_examples=40)
@given(sort=sorts)
def test_a_list_stands_in_the_order_that_was_asked(filled: Workspace, sort: str) -> None:
    filters = Filters(sort=sort)
    # Databases order letters beyond ASCII in their own ways; the others they must all order alike.
    plain = [item for item in everything(filled, filters) if (item.name + (item.organisation or "")).isascii()]
    assert len(plain) > 10
    assert plain == sorted(plain, key=cmp_to_key(in_order(filters)))


def test_a_page_is_never_larger_than_the_limit_nor_empty_for_it(filled: Workspace) -> None:
    assert len(projects.list_projects(filled, SLUG, Filters(), limit=10_000).items) == 36
    for limit in (0, -5):
        assert len(projects.list_projects(filled, SLUG, Filters(), limit=limit).items) == 1


def test_a_page_goes_on_where_it_stopped_when_projects_come_and_go(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    keys = [add_project(any_ws, f"p{number}").key for number in range(6)]
    first = projects.list_projects(any_ws, SLUG, Filters(sort="key"), limit=3)
    projects.delete_project(any_ws, keys[2])
    projects.delete_project(any_ws, keys[3])
    late = add_project(any_ws, "late").key
    second = projects.list_projects(any_ws, SLUG, Filters(sort="key"), limit=3, cursor=first.next)
    assert [item.key for item in second.items] == [keys[4], keys[5], late]


def test_the_bytes_of_a_list_are_the_model_of_it(filled: Workspace) -> None:
    for filters in (Filters(), Filters(sort="-updated_at", tag="a"), Filters(q="nothing like this")):
        page = projects.list_projects(filled, SLUG, filters, limit=7)
        revision, raw = projects.list_projects_json(filled, SLUG, filters, limit=7)
        assert revision == portfolios.get_revision(filled, SLUG)
        assert Page[ProjectSummary].model_validate_json(raw) == page
        written = orjson.loads(raw)
        assert set(written) == set(Page.model_fields)
        for item in written["items"]:  # nothing more than the model says, and every time with its zone
            assert set(item) == set(ProjectSummary.model_fields)
            assert item["updated_at"].endswith("Z")


def cursor_of(*values: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


@pytest.mark.parametrize(
    ("sort", "cursor"),
    [
        ("-priority", "nonsense"),
        ("-priority", "é"),
        ("-priority", "\x00"),
        ("-priority", "AAAA" * 1000),
        ("-priority", cursor_of()),
        ("-priority", cursor_of("-priority")),
        ("-priority", cursor_of("-priority", 3.0)),
        ("-priority", cursor_of("-priority", 3.0, 1, 1)),
        ("-priority", cursor_of("name", 3.0, 1)),
        ("-priority", cursor_of("-priority", "3.0", 1)),
        ("-priority", cursor_of("-priority", True, 1)),
        ("-priority", cursor_of("-priority", None, 1)),
        ("-priority", cursor_of("-priority", 3.0, 1.5)),
        ("-priority", cursor_of("-priority", 3.0, True)),
        ("-priority", cursor_of("-priority", 3.0, 2**31)),
        ("-priority", cursor_of("-priority", 3.0, -(2**31) - 1)),
        ("-priority", cursor_of("-priority", 3.0, 2**63)),
        ("-priority", cursor_of("-priority", [3.0], 1)),
        ("name", cursor_of("name", "a\x00b", 1)),
        ("name", cursor_of("name", 7, 1)),
        ("updated_at", cursor_of("updated_at", "2026-01-01T00:00:00", 1)),
        ("updated_at", cursor_of("updated_at", "0001-01-01T00:00:00+14:00", 1)),
        ("updated_at", cursor_of("updated_at", "yesterday", 1)),
        ("updated_at", cursor_of("updated_at", 7, 1)),
    ],
)
def test_a_cursor_that_was_not_given_out_is_refused(filled: Workspace, sort: str, cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        projects.list_projects(filled, SLUG, Filters(sort=sort), cursor=cursor)
    assert [error.field for error in refused.value.errors] == ["cursor"]


@settings(max_examples=80)
@given(data=st.data())
def test_no_tampered_cursor_breaks_a_list(filled: Workspace, data: st.DataObject) -> None:
    filters = Filters(sort=data.draw(sorts))
    honest = projects.list_projects(filled, SLUG, filters, limit=3).next
    assert honest is not None
    position = data.draw(st.integers(0, len(honest) - 1))
    tampered = honest[:position] + data.draw(st.characters(max_codepoint=0x17F)) + honest[position + 1 :]
    try:
        page = projects.list_projects(filled, SLUG, filters, cursor=tampered)
    except Invalid:
        return
    assert {item.portfolio for item in page.items} <= {SLUG}


# ── filters ──────────────────────────────────────────────────────────────────────────────────────────────────────


def satisfies(item: ProjectSummary, filters: Filters) -> bool:
    """What the filters say, looked up in one project; the search apart."""
    for name in WORD_FILTERS:
        wanted = getattr(filters, name)
        value = item.standing.quadrant if name == "quadrant" else getattr(item, name)
        if name == "status" and wanted == OPEN:
            if value in CLOSED:
                return False
            continue
        # `not_stated` always asks for what is empty, even should a value be called so.
        if wanted is not None and value != (None if wanted == NOT_STATED else wanted):
            return False
    if filters.tag is not None and filters.tag not in item.tags:
        return False
    return filters.answered is None or item.standing.answered == filters.answered


@settings(max_examples=60)
@given(data=st.data())
def test_filters_find_what_looking_at_every_project_finds(filled: Workspace, data: st.DataObject) -> None:
    whole = everything(filled)
    drawn: dict[str, Any] = {}
    for name in data.draw(st.lists(st.sampled_from([*WORD_FILTERS, "tag", "answered"]), max_size=3, unique=True)):
        example = data.draw(st.sampled_from(whole))
        match name:
            case "tag":
                drawn[name] = data.draw(st.sampled_from(["a", "b c", "é", "A", "b", "%"]))
            case "answered":
                drawn[name] = example.standing.answered
            case "quadrant":
                drawn[name] = example.standing.quadrant or NOT_STATED
            case "organisation" | "unit" | "owner":
                drawn[name] = data.draw(st.sampled_from([getattr(example, name) or NOT_STATED, "none of these", "'"]))
            case "status":
                drawn[name] = data.draw(st.sampled_from([example.status or NOT_STATED, OPEN]))
            case _:  # words of the playbook: any other is refused
                drawn[name] = getattr(example, name) or NOT_STATED
    filters = Filters(**drawn, sort="key")
    assert list(everything(filled, filters)) == [item for item in whole if satisfies(item, filters)]


def test_counts_and_facets_are_those_of_the_list(filled: Workspace) -> None:
    whole = everything(filled)
    facets = projects.list_facets(filled, SLUG)
    for name in WORD_FILTERS:
        counted = {count.value: count.count for count in getattr(facets, name)}
        values = [item.standing.quadrant if name == "quadrant" else getattr(item, name) for item in whole]
        assert counted == {value: values.count(value) for value in set(values)}
    tags = [tag for item in whole for tag in item.tags]
    assert {count.value: count.count for count in facets.tag} == {tag: tags.count(tag) for tag in set(tags)}
    assert [count.count for count in facets.tag] == sorted((count.count for count in facets.tag), reverse=True)


@pytest.mark.parametrize("filters", [Filters(), Filters(owner="Mara"), Filters(tag="a", answered=3), Filters(q="zzz")])
def test_an_overview_counts_what_the_filters_find(filled: Workspace, filters: Filters) -> None:
    found = everything(filled, filters)
    overview = portfolios.get_overview(filled, SLUG, filters)
    assert overview.total == len(found)
    assert overview.scored == sum(item.standing.answered > 0 for item in found)
    for name in ("stage", "status", "archetype", "quadrant"):
        values = [item.standing.quadrant if name == "quadrant" else getattr(item, name) for item in found]
        counted = {count.value: count.count for count in getattr(overview, name)}
        assert counted == {value: values.count(value) for value in set(values)}


def test_the_bin_holds_what_was_deleted_and_nothing_else(filled: Workspace) -> None:
    binned = projects.list_bin(filled, SLUG)
    assert [item.key for item in binned] == ["LAB-40", "LAB-30", "LAB-20", "LAB-10"]
    assert not {item.key for item in binned} & {item.key for item in everything(filled)}


def test_times_come_back_in_utc(filled: Workspace) -> None:
    for item in everything(filled)[:5]:
        assert item.created_at.tzinfo is UTC
        assert item.created_at.year == datetime(2026, 1, 1, tzinfo=UTC).year
