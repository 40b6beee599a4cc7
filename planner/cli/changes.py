"""planner changes: what moved between two moments, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import JsonFlag, PortfolioOption
from planner.cli.output import note, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.domain.attribution import Cause
    from planner.domain.changes import Changes
    from planner.domain.history import FieldChange

MOMENT = "a date (the end of that day in UTC), a time such as 2026-05-01T12:00:00Z, or a snapshot's number or name"


def changes(
    portfolio: PortfolioOption = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="MOMENT", help=f"The earlier moment: {MOMENT}. Else the latest snapshot, or 30 days."),
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="MOMENT", help="The later moment; else now.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many projects at most.")] = 30,
    as_json: JsonFlag = False,
) -> None:
    """Show which projects moved between two moments, and what is behind each move.

    planner changes --since 2026-05-01
    planner changes --since "Spring board" --until 2026-06-30
    """
    from planner.domain.change_words import headline
    from planner.services.changes import get_changes
    from planner.services.portfolios import get_playbook

    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    found = get_changes(ws, slug, since, until)
    shown = found.model_copy(update={"items": found.items[:limit]})
    if as_json:
        print_json(shown)
        return
    note(f"{headline(found)}.")
    _print_updates(found)
    _print_projects(shown, {criterion.id: criterion.name for criterion in get_playbook(ws, slug).criteria})
    if found.total > limit:
        note(f"The first {limit} of {found.total:,}; --limit shows more.")


def _print_updates(found: Changes) -> None:
    from planner.domain.wording import plural

    for update in found.updates:
        for change in update.settings:
            note(f"{_setting(change)}, by {update.by}.")
    for file in found.imports:
        note(f"A file was imported by {file.by}: {plural(file.created, 'project')} added, {file.updated:,} updated.")


def _print_projects(found: Changes, names: Mapping[str, str]) -> None:
    from planner.domain.change_words import others_words, rank_words, top_words

    rows = []
    for change in found.items:
        why = [_cause(cause, names) for cause in change.causes]
        others = [words for words in (others_words(change), top_words(change, found)) if words]
        before, after = (s.priority.expected if s and s.answered else None for s in (change.then, change.now))
        rows.append(
            (
                change.key,
                change.name,
                change.rank_then,
                change.rank_now,
                None if before is None else round(before, 2),
                None if after is None else round(after, 2),
                change.top,
                ";\n".join([*([] if change.by_others else [rank_words(change)]), *why, *others]),
            )
        )
    columns = ("Key", "Name", "Rank then", "Rank now", "Priority then", "Priority now", "Top", "Why")
    print_table(columns, rows, wide=("Name", "Why"), spare=("Top", "Priority then"))


def _cause(cause: Cause, names: Mapping[str, str]) -> str:
    effect = "" if cause.effect is None else f"{cause.effect:+.2f} "
    if cause.answer is None:
        return effect + ", ".join(_setting(change) for change in cause.settings)
    answer = cause.answer
    name = names.get(answer.criterion, answer.criterion)
    return f"{effect}{name}: {answer.old or '–'} → {answer.new or '–'} ({answer.assessor})"


def _setting(change: FieldChange) -> str:
    from planner.domain.change_words import SETTING_NAMES, setting_words

    old, new = (setting_words(change.field, value) for value in (change.old, change.new))
    return f"{SETTING_NAMES[change.field]}: {old} → {new}"


def list_snapshots(portfolio: PortfolioOption = None, as_json: JsonFlag = False) -> None:
    """List the moments that were marked, the latest first."""
    from planner.services import snapshots

    ws = open_workspace()
    found = snapshots.list_snapshots(ws, choose_portfolio(ws, portfolio))
    if as_json:
        print_json({"items": found})
        return
    rows = [(s.number, s.name, s.at, s.recorded_by, s.note) for s in found]
    print_table(("Number", "Name", "Moment", "By", "Note"), rows, wide=("Name", "Note"))
    if not found:
        note("No moment is marked yet: planner snapshot create NAME.")


def create_snapshot(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the moment is called.")],
    portfolio: PortfolioOption = None,
    remark: Annotated[str | None, typer.Option("--note", help="Why it is worth remembering.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="A moment that has passed, such as 2026-05-01T12:00:00Z.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Mark this moment, or one that has passed, by a name to compare with."""
    from planner.domain.snapshots import SnapshotDraft
    from planner.domain.wording import moment
    from planner.services import snapshots

    draft = SnapshotDraft.model_validate({"name": name, "note": remark or "", "at": at})
    ws = open_workspace()
    found = snapshots.create_snapshot(ws, choose_portfolio(ws, portfolio), draft)
    if as_json:
        print_json(found)
    else:
        say(f"Snapshot {found.number}, {found.name}, marks {moment(found.at)}.")


def delete_snapshot(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Number of the snapshot.")],
    portfolio: PortfolioOption = None,
) -> None:
    """Take a snapshot's name away; what was recorded stays."""
    from planner.services import snapshots

    ws = open_workspace()
    found = snapshots.delete_snapshot(ws, choose_portfolio(ws, portfolio), number)
    say(f"{found.name} is no snapshot any more.")
