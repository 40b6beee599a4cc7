"""planner list, show, add, edit, delete, restore, bin: the projects themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.options import (
    NONE_GIVEN,
    FileOption,
    JsonFlag,
    PortfolioOption,
    ProjectArgument,
    takes_fields,
    takes_filters,
)
from planner.cli.output import heading, note, on_terminal, print_json, say
from planner.cli.tables import print_fields, print_standing, print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.playbook import Playbook
    from planner.domain.projects import Project, ProjectSummary

PAGE = 200


@takes_filters
def list_projects(
    portfolio: PortfolioOption = None,
    filters: Mapping[str, str] = NONE_GIVEN,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many to show.")] = 50,
    everything: Annotated[bool, typer.Option("--all", help="Show all of them.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List the projects of a portfolio, the highest priority first.

    planner list --stage training --archetype autonomous
    planner list --search churn --sort -impact,name
    planner list --answered 0 --all --json
    """
    from planner.domain.projects import Filters
    from planner.services import projects
    from planner.services.portfolios import get_playbook

    ws = open_workspace()
    slug, chosen = choose_portfolio(ws, portfolio), Filters.model_validate(filters)
    page = projects.list_projects(ws, slug, chosen, min(PAGE, limit) if not everything else PAGE)
    items = list(page.items)
    while page.next and (everything or len(items) < limit):
        page = projects.list_projects(
            ws, slug, chosen, PAGE if everything else min(PAGE, limit - len(items)), page.next
        )
        items += page.items
    if as_json:
        print_json({"items": items, "next": page.next, "total": page.total})
        return
    columns = ("Key", "Name", "Stage", "Status", "Impact", "Feasibility", "Priority", "Quadrant", "Answered")
    print_table(columns, _rows(items, get_playbook(ws, slug)), spare=("Impact", "Feasibility", "Answered", "Status"))
    if len(items) < page.total:
        note(f"{len(items):,} of {page.total:,} projects; --all shows every one.")
    elif not items:
        note("No project is found by these filters." if filters else f"{slug} has no project yet: planner add NAME.")


def show(
    project: ProjectArgument,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="MOMENT", help="Its standing as it was on a date, at a time or at a snapshot."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a project: its facts and its standing."""
    from planner.services.portfolios import get_playbook
    from planner.services.projects import get_project
    from planner.services.scoring import get_standing

    ws = open_workspace()
    found = get_project(ws, project)
    if as_of is not None:
        found = found.model_copy(update={"standing": get_standing(ws, project, as_of)})
    if as_json:
        print_json(found)
    else:
        _print_project(found, get_playbook(ws, found.portfolio))


@takes_fields
def add(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="What the project is called.")] = None,
    portfolio: PortfolioOption = None,
    stage: Annotated[str | None, typer.Option(help="The stage it is in; left out, it is not stated.")] = None,
    fields: Mapping[str, Any] = NONE_GIVEN,
    source: FileOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Add a project. What is left out stays unstated.

    planner add "Churn early warning" --owner Mara --archetype human_in_the_loop
    planner add --from project.yaml
    """
    from planner.cli.project_fields import merge, read_fields
    from planner.domain.projects import ProjectDraft
    from planner.services.projects import create_project

    values = merge(read_fields(source, fields), fields)
    values |= {"name": name} if name is not None else {}
    values |= {"stage": stage} if stage is not None else {}
    draft = ProjectDraft.model_validate(values)
    ws = open_workspace()
    created = create_project(ws, choose_portfolio(ws, portfolio), draft)
    if as_json:
        print_json(created)
    else:
        say(f"Added {created.key} to {created.portfolio}: {created.name}")


@takes_fields
def edit(
    project: ProjectArgument,
    name: Annotated[str | None, typer.Option(help="What the project is called.")] = None,
    fields: Mapping[str, Any] = NONE_GIVEN,
    source: FileOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Change fields of a project; the others stay. An empty value ("") makes a field unstated.

    Tags and links given replace those there are; needs and attributes are changed one by one, and `NAME=` removes one.

        planner edit EX-3 --owner "Mara Lind" --tag vision --tag factory
        planner edit EX-3 --effort "" --attribute sponsor=COO
    """
    from planner.cli.project_fields import merge, read_fields
    from planner.domain.projects import ProjectPatch
    from planner.services.portfolios import get_playbook
    from planner.services.projects import get_project, update_project

    values = read_fields(source, fields)
    values |= {"name": name} if name is not None else {}
    ws = open_workspace()
    before = get_project(ws, project)
    patch = ProjectPatch.model_validate(merge(values, fields, before))
    changed = update_project(ws, project, patch, before.version)
    if as_json:
        print_json(changed)
    elif changed.version == before.version:
        say(f"{changed.key} is so already; nothing was changed.")
    else:
        _print_project(changed, get_playbook(ws, changed.portfolio))


def delete(project: ProjectArgument, as_json: JsonFlag = False) -> None:
    """Move a project to the bin. `planner restore` takes it back."""
    from planner.services.projects import delete_project

    gone = delete_project(open_workspace(), project)
    if as_json:
        print_json(gone)
    else:
        say(f"Moved {gone.key} to the bin; planner restore {gone.key} takes it back.")


def restore(project: ProjectArgument, as_json: JsonFlag = False) -> None:
    """Take a project out of the bin."""
    from planner.services.projects import restore_project

    back = restore_project(open_workspace(), project)
    if as_json:
        print_json(back)
    else:
        say(f"Restored {back.key}: {back.name}")


def list_bin(portfolio: PortfolioOption = None, as_json: JsonFlag = False) -> None:
    """List the deleted projects, which can be restored."""
    from planner.services import projects

    ws = open_workspace()
    items = projects.list_bin(ws, choose_portfolio(ws, portfolio))
    if as_json:
        print_json({"items": items, "next": None, "total": len(items)})
        return
    print_table(
        ("Key", "Name", "Stage", "Status", "Deleted"), [(p.key, p.name, p.stage, p.status, p.updated_at) for p in items]
    )


def _rows(items: list[ProjectSummary], playbook: Playbook) -> list[tuple[Any, ...]]:
    """The lines of a list. What nobody has answered a question about has no values of its own to show."""
    from planner.domain.known import not_known

    rows = []
    for item in items:
        standing = item.standing
        # Programs get the quadrant as it is stored; readers are told where it rests on no answer.
        quadrant = (not_known(standing, playbook) if on_terminal() else "") or standing.quadrant
        values = (standing.impact, standing.feasibility, standing.priority) if standing.answered else (None,) * 3
        numbers = (None if value is None else round(value.expected, 2) for value in values)
        answered = f"{standing.answered}/{standing.of}"
        rows.append((item.key, item.name, item.stage, item.status, *numbers, quadrant, answered))
    return rows


def _print_project(project: Project, playbook: Playbook) -> None:
    print_fields(
        {
            "Key": project.key,
            "Name": project.name,
            "Portfolio": project.portfolio,
            "Summary": project.summary,
            "Organisation": project.organisation,
            "Unit": project.unit,
            "Owner": project.owner,
            "Archetype": project.archetype,
            "Problem type": project.problem_type,
            "Stage": project.stage,
            "Status": project.status,
            "Tags": ", ".join(project.tags) or None,
            "Effort": None if project.effort is None else f"{project.effort:g} person-weeks",
            "Cost": project.cost,
            "Needs": ", ".join(f"{kind} {amount:g}" for kind, amount in project.needs.items()) or None,
            "Links": "\n".join(f"{link.title} {link.url}".strip() for link in project.links) or None,
            "Risks": project.risks,
            **{name: str(value) for name, value in project.attributes.items()},
            "Created": project.created_at,
            "Changed": project.updated_at,
            "Version": project.version,
        }
    )
    heading("Standing")
    print_standing(project.standing, playbook)
