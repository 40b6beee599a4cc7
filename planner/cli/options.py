"""Options that several commands share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON, in the shapes of the REST interface.")]
ProjectArgument = Annotated[str, typer.Argument(metavar="PROJECT", help="Key or id of the project, such as EX-12.")]
PortfolioOption = Annotated[
    str | None,
    typer.Option(
        "--portfolio",
        "-p",
        metavar="SLUG",
        envvar="PLANNER_PORTFOLIO",
        help="The portfolio; may be left out when there is only one.",
    ),
]
FileOption = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", help="Take it from a YAML or JSON file; - reads standard input."),
]
YesFlag = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

NONE_GIVEN: Mapping[str, Any] = {}  # what a command that gathers options has when none is given

Word = str | None
Words = list[str] | None

# One option for each field of planner.domain.projects.Filters; a test holds the two together.
FILTERS: Mapping[str, Any] = {
    "q": Annotated[
        Word, typer.Option("--search", "-q", help="Words in name, key, summary, owner, organisation, tags.")
    ],
    "stage": Annotated[Word, typer.Option(help="Only projects in this stage; not_stated finds those in none.")],
    "status": Annotated[
        Word, typer.Option(help="Only projects of this status; open finds all but live, retired and stopped ones.")
    ],
    "archetype": Annotated[Word, typer.Option(help="Only projects of this archetype, or not_stated.")],
    "problem_type": Annotated[Word, typer.Option(help="Only projects of this problem type, or not_stated.")],
    "quadrant": Annotated[Word, typer.Option(help="Only projects in this quadrant of the matrix, or not_stated.")],
    "organisation": Annotated[Word, typer.Option(help="Only projects of this organisation, or not_stated.")],
    "unit": Annotated[Word, typer.Option(help="Only projects of this department or team, or not_stated.")],
    "owner": Annotated[Word, typer.Option(help="Only projects of this owner, or not_stated.")],
    "tag": Annotated[Word, typer.Option(help="Only projects with this tag.")],
    "answered": Annotated[int | None, typer.Option(help="Only projects with exactly so many criteria answered.")],
    "sort": Annotated[
        Word, typer.Option(help="Fields to order by, with commas; a minus turns one round: -priority,name.")
    ],
}

# The fields of a project but its name; a test holds them to planner.domain.projects.ProjectFields.
FIELDS: Mapping[str, Any] = {
    "summary": Annotated[Word, typer.Option(help="What it does and for whom, in Markdown.")],
    "organisation": Annotated[Word, typer.Option(help="The organisation it belongs to.")],
    "unit": Annotated[Word, typer.Option(help="The department or team in it.")],
    "owner": Annotated[Word, typer.Option(help="The person who answers for it.")],
    "archetype": Annotated[Word, typer.Option(help="Id of an archetype of the playbook.")],
    "problem_type": Annotated[Word, typer.Option(help="Id of a problem type of the playbook.")],
    "status": Annotated[Word, typer.Option(help="candidate, active, live, paused, retired or stopped.")],
    "tags": Annotated[Words, typer.Option("--tag", help="A tag; repeat it for several.")],
    "effort": Annotated[Word, typer.Option(metavar="WEEKS", help="Person-weeks.")],
    "cost": Annotated[Word, typer.Option(metavar="AMOUNT", help="Money beside the people.")],
    "needs": Annotated[Words, typer.Option("--need", metavar="KIND=AMOUNT", help="Another resource: gpu_hours=400.")],
    "links": Annotated[Words, typer.Option("--link", metavar="[TITLE=]URL", help="A page that bears on the project.")],
    "risks": Annotated[Word, typer.Option(help="What may go wrong, in Markdown.")],
    "attributes": Annotated[Words, typer.Option("--attribute", metavar="NAME=VALUE", help="Any other fact.")],
}


def gathers(into: str, options: Mapping[str, Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command these options, each None unless given, and hands it those that were given as one dict `into`."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)

        @wraps(command)
        def run(**given: Any) -> None:
            gathered = {name: value for name in options if (value := given.pop(name)) is not None}
            command(**given, **{into: gathered})

        extra = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
            for name, annotation in options.items()
        ]
        own = [p.replace(kind=p.KEYWORD_ONLY) for p in signature.parameters.values() if p.name != into]
        run.__signature__ = signature.replace(parameters=[*own, *extra])  # type: ignore[attr-defined]
        run.__annotations__ = {}  # Typer reads the signature; these would lead it back to the command's own
        return run

    return decorate


takes_filters = gathers("filters", FILTERS)
takes_fields = gathers("fields", FIELDS)
