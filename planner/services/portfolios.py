"""Portfolios: create, list, change, count."""

from __future__ import annotations

from planner.domain.errors import Conflict, FieldError, Invalid, NotFound, Stale
from planner.domain.history import differences
from planner.domain.playbook import Playbook
from planner.domain.portfolios import (
    Count,
    Overview,
    Portfolio,
    PortfolioDraft,
    PortfolioPatch,
    free_key_prefix,
    weight_problems,
)
from planner.domain.projects import Filters
from planner.services import access
from planner.services.filters import check_words
from planner.services.standings import rewrite_standings
from planner.services.workspace import Workspace, Writing, reading, writing
from planner.store import history, portfolios, project_lists


def create_portfolio(ws: Workspace, draft: PortfolioDraft, *, is_example: bool = False) -> Portfolio:
    """Starts a portfolio. Conflict when the slug or the key prefix is taken, Invalid for an unknown playbook."""
    access.check(ws.actor, "write", draft.slug)
    playbook = _chosen_playbook(ws, draft)
    _check_weights(draft.weights, playbook)
    with ws.database.write() as connection:
        slugs, prefixes = portfolios.taken_names(connection)
        if draft.slug in slugs:
            raise Conflict(f"A portfolio '{draft.slug}' exists already, or did; choose another slug.")
        if draft.key_prefix in prefixes:
            raise Conflict(f"The key prefix '{draft.key_prefix}' is taken; choose another.")
        now = ws.clock()
        values = {
            "slug": draft.slug,
            "name": draft.name,
            "summary": draft.summary,
            "key_prefix": draft.key_prefix or free_key_prefix(draft.slug, prefixes),
            "priority_impact_share": draft.priority_impact_share,
            "capacity": draft.capacity,
            "weights": draft.weights,
            "playbook": playbook.id,
            "playbook_version": playbook.version,
            "revision": 1,
            "next_number": 1,
            "is_example": is_example,
            "created_at": now,
            "updated_at": now,
            "deleted_at": None,
        }
        portfolio_id = portfolios.insert_portfolio(connection, values)
        event = history.event_row(portfolio_id, None, now, ws.actor, "portfolio.created")
        history.append_events(connection, [event])
        return portfolios.get_portfolio(connection, draft.slug)


def _chosen_playbook(ws: Workspace, draft: PortfolioDraft) -> Playbook:
    if draft.playbook is None and draft.playbook_version is None:
        return ws.playbooks.usual
    name = draft.playbook or ws.playbooks.usual.id
    known = {playbook.id for playbook in ws.playbooks.list()}
    if name not in known:
        raise Invalid.one("playbook", f"not a playbook; one of: {', '.join(sorted(known))}")
    try:
        return ws.playbooks.get(name, draft.playbook_version)
    except NotFound as error:
        raise Invalid.one("playbook_version", str(error)) from None


def list_portfolios(ws: Workspace) -> tuple[Portfolio, ...]:
    """All portfolios by name."""
    access.check(ws.actor, "read")
    with ws.database.read() as connection:
        return portfolios.list_portfolios(connection)


def get_portfolio(ws: Workspace, slug: str) -> Portfolio:
    """The portfolio; NotFound."""
    access.check(ws.actor, "read", slug)
    with ws.database.read() as connection:
        return portfolios.get_portfolio(connection, slug)


def get_playbook(ws: Workspace, slug: str) -> Playbook:
    """The playbook that the portfolio follows; NotFound."""
    with reading(ws, slug) as found:
        return found.playbook


def get_revision(ws: Workspace, slug: str) -> int:
    """The revision, which rises with every write to the portfolio or anything in it; NotFound."""
    access.check(ws.actor, "read", slug)
    with ws.database.read() as connection:
        return portfolios.get_revision(connection, slug)


def update_portfolio(
    ws: Workspace, slug: str, patch: PortfolioPatch, expected_revision: int | None = None
) -> Portfolio:
    """Changes the fields that are named. Another λ or other weights move every priority, in the same transaction.

    Invalid for weights that do not fit the playbook, Stale when the portfolio is not at `expected_revision` any more.
    """
    if not patch.model_fields_set:
        raise Invalid([FieldError(field="", message="name at least one field to change")])
    with writing(ws, slug) as change:
        check_revision(change, expected_revision)
        _check_weights(patch.weights, change.playbook)
        values = {name: getattr(patch, name) for name in patch.model_fields_set}
        changes = differences(dict(change.portfolio), values)
        if changes:
            portfolios.update_portfolio(change.connection, change.portfolio.id, values)
            change.record(None, "portfolio.updated", changes)
        if any(item.field in ("priority_impact_share", "weights") for item in changes):
            portfolio = portfolios.get_state(change.connection, slug)
            rewrite_standings(change.connection, portfolio, ws.playbook_of(portfolio), raise_versions=True)
        return portfolios.get_portfolio(change.connection, slug)


def check_revision(change: Writing, expected: int | None) -> None:
    """Raises Stale when the portfolio had not this revision before the write."""
    before = change.portfolio.revision - 1  # this write has raised it
    if expected is not None and before != expected:
        raise Stale(
            f"{change.portfolio.slug} has changed since you read it (revision {expected}, now {before}); "
            "read it again and repeat your change."
        )


def _check_weights(weights: dict[str, float] | None, playbook: Playbook) -> None:
    if problems := weight_problems(weights, playbook):
        raise Invalid(problems)


def delete_portfolio(ws: Workspace, slug: str, expected_revision: int | None = None) -> None:
    """Takes the portfolio out of sight. What it holds is kept in the database; its slug and keys are never reused."""
    with writing(ws, slug) as change:
        check_revision(change, expected_revision)
        portfolios.update_portfolio(change.connection, change.portfolio.id, {"deleted_at": change.now})
        change.record(None, "portfolio.deleted")


def get_overview(ws: Workspace, slug: str, filters: Filters) -> Overview:
    """Counts over the projects that the filters find."""
    with reading(ws, slug) as found:
        check_words(found, filters)
        fields = ("stage", "status", "archetype", "quadrant", "answered")
        rows = project_lists.count_by(found.connection, found.portfolio.id, filters, *fields)
    sums: dict[str, dict[str | None, int]] = {field: {} for field in fields[:-1]}
    scored = 0
    for values, count in rows:
        for field, value in zip(fields[:-1], values, strict=False):
            sums[field][value] = sums[field].get(value, 0) + count
        scored += count if int(values[-1] or 0) > 0 else 0
    counts = {
        field: tuple(Count(value=value, count=n) for value, n in sorted(found.items(), key=lambda item: -item[1]))
        for field, found in sums.items()
    }
    return Overview(total=sum(count for _, count in rows), scored=scored, **counts)
