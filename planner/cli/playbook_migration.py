"""planner playbook diff and planner portfolio migrate: what another playbook changes, and going over to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.failures import NOT_DONE
from planner.cli.options import JsonFlag, YesFlag
from planner.cli.output import heading, note, print_json, say
from planner.cli.portfolios import SlugArgument
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_playbooks, open_workspace

if TYPE_CHECKING:
    from planner.domain.playbook import Playbook
    from planner.domain.playbook_diff import PlaybookDifference
    from planner.domain.playbook_migration import Migration, MigrationDraft
    from planner.services.workspace import Workspace

Named = Annotated[str, typer.Argument(metavar="A", help="The earlier one: ID, ID@VERSION, or a file or folder.")]
Other = Annotated[str, typer.Argument(metavar="B", help="The later one.")]


def diff(playbook: Named, other: Other, as_json: JsonFlag = False) -> None:
    """Say what is different between two playbooks, and what becomes of answers given under the first.

    planner playbook diff fsdl playbooks/acme

    planner playbook diff acme@1 acme@2
    """
    from planner.domain.playbook_diff import playbook_difference

    (old, first), (new, second) = _found(playbook), _found(other)
    difference = playbook_difference(old, new, (first, second))
    if as_json:
        print_json(difference)
    else:
        _print_difference(difference)


def _found(name: str) -> tuple[Playbook, bool]:
    """The playbook of a name or at a path, and whether it is a shipped one."""
    from planner.playbooks import load_playbook

    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_dir() or "/" in name:
        return load_playbook(path), False
    shelf = open_playbooks()
    found = shelf.named(name)
    return found, shelf.place(found).shipped


def _print_difference(difference: PlaybookDifference) -> None:
    from planner.domain.playbook_diff import EFFECTS

    old, new = difference.old, difference.new
    say(f"From {old.id} version {old.version} to {new.id} version {new.version}.")
    if not difference.entries:
        say("They say the same.")
        return
    heading("Answers")
    rows = [(effect.criterion, effect.name, EFFECTS[effect.effect]) for effect in difference.answers]
    print_table(("Criterion", "Name", "Answers"), rows, wide=("Name", "Answers"))
    for topic in dict.fromkeys(entry.topic for entry in difference.entries):
        heading(topic.replace("_", " ").capitalize())
        lines: list[tuple[str | None, ...]] = []
        for entry in difference.entries:
            if entry.topic == topic:
                lines += [(entry.kind, entry.entry, c.field, c.old, c.new) for c in entry.changes]
                lines += [] if entry.changes else [(entry.kind, entry.entry, None, None, None)]
        print_table(("What", "Entry", "Field", "Before", "After"), lines, wide=("Before", "After"))


def migrate(
    slug: SlugArgument = None,
    to: Annotated[str, typer.Option("--to", metavar="ID[@VERSION]", help="The playbook to follow.")] = "",
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="OLD=NEW", help="A criterion or stage of now and the one that means the same; repeatable."
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, for the history.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    yes: YesFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Take a portfolio to another playbook or version, once you have seen what that changes.

    Answers stay recorded; going back is another migration.

    planner portfolio migrate shop --to acme@2 --map product_need=user_need --dry-run
    """
    from planner.services.playbook_migration import migrate_portfolio, preview_migration
    from planner.services.portfolios import get_revision

    ws = open_workspace()
    chosen = choose_portfolio(ws, slug)
    draft = _draft(ws, chosen, to, mapped or [], reason)
    revision = get_revision(ws, chosen)
    looked = preview_migration(ws, chosen, draft)
    if dry_run:
        done = looked
    else:
        if not yes:
            _print_migration(looked)
            if not typer.confirm(f"Take {chosen} there?", err=True):
                note("Nothing was changed.")
                raise typer.Exit(NOT_DONE)
        done = migrate_portfolio(ws, chosen, draft, revision)
    if as_json:
        print_json(done)
    elif dry_run:
        _print_migration(done)
        say("Nothing was changed.")
    else:
        say(f"{chosen} follows {done.difference.new.id} version {done.difference.new.version} now; {done.moved} moved.")


def _draft(ws: Workspace, slug: str, to: str, mapped: list[str], reason: str) -> MigrationDraft:
    from planner.cli.inputs import split_pairs
    from planner.domain.errors import Invalid
    from planner.domain.playbook_migration import MigrationDraft
    from planner.services.portfolios import get_playbook

    if not to:
        known = ", ".join(f"{playbook.id}@{playbook.version}" for playbook in ws.playbooks.list())
        raise Invalid.one("--to", f"name the playbook to follow; there are: {known}")
    target = ws.playbooks.named(to)
    stages = {stage.id for stage in get_playbook(ws, slug).stages}
    pairs = split_pairs(mapped, "--map")
    return MigrationDraft(
        playbook=target.id,
        playbook_version=target.version,
        criteria={old: new for old, new in pairs.items() if old not in stages},
        stages={old: new for old, new in pairs.items() if old in stages},
        reason=reason,
    )


def _print_migration(migration: Migration) -> None:
    _print_difference(migration.difference)
    counts = migration.answers
    heading("What it does")
    say(
        f"{counts.kept} answers count as before, {counts.reworded} to questions that read differently now, "
        f"{counts.mapped} are repeated under another criterion, {counts.lost} count no more."
    )
    if counts.unsure:
        say(f"{counts.unsure} state a confidence that the new playbook lacks; they are taken for ± 1 level.")
    if migration.weights_dropped:
        say(f"The portfolio's own weights go: {', '.join(f'{n} {w:g}' for n, w in migration.weights_dropped.items())}.")
    if migration.restaged:
        say(f"{migration.restaged} projects are put into another stage.")
    for field in dict.fromkeys(word.field for word in migration.stray):
        words = ", ".join(f"{word.value} ({word.count})" for word in migration.stray if word.field == field)
        say(f"Each {field.replace('_', ' ')} that the new playbook lacks stays as it is: {words}.")
    say(
        f"{migration.moved} of {migration.scored} scored projects move, {migration.quadrants_changed} of them to "
        f"another quadrant; {migration.unscored} have no answer left that counts."
    )
    rows = [
        (m.key, m.name, round(m.before.expected, 2), round(m.after.expected, 2), m.quadrant_before, m.quadrant_after)
        for m in migration.moves
    ]
    if rows:
        print_table(("Project", "Name", "Priority", "Then", "Quadrant", "Quadrant then"), rows)
