"""planner agenda: what to ask next, and whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from planner.cli.options import NONE_GIVEN, JsonFlag, PortfolioOption, takes_filters
from planner.cli.output import heading, note, on_terminal, print_json
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.agenda import AgendaPage, Question

COLUMNS = ("Project", "Name", "Criterion", "Gain", "Flips", "Answered", "Ask")
ANYBODY = "anybody"


@takes_filters
def agenda(
    portfolio: PortfolioOption = None,
    filters: Mapping[str, str] = NONE_GIVEN,
    top: Annotated[
        int | None, typer.Option(help="How many projects the best are; the portfolio's capacity, else 10.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many questions to show, at most 200.")] = 20,
    assessor: Annotated[
        str | None, typer.Option(help="Only questions for this person, and those that anybody may answer.")
    ] = None,
    project: Annotated[str | None, typer.Option(help="Only questions about this project.")] = None,
    by: Annotated[
        Literal["project", "assessor"] | None, typer.Option(help="Put them together by project or by assessor.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show which questions to ask next, and whom.

    Those come first whose answers matter most for the choice of the best projects. Gain: by how many points of
    priority, summed over the best, the choice is expected to be better for the answer. Flips: the chance that the
    answer changes which projects are the best.

        planner agenda
        planner agenda --portfolio fed --top 25 --limit 30
        planner agenda --by assessor
    """
    from planner.domain.projects import Filters
    from planner.services.agenda import get_agenda

    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    found = get_agenda(ws, slug, Filters.model_validate(filters), top, limit, assessor, project)
    if as_json:
        print_json(found)
        return
    groups = _grouped(found, by)
    if by and on_terminal():
        for name, questions in groups.items():
            heading(name)
            print_table(COLUMNS, [_row(q, name, by) for q in questions], wide=("Name", "Ask"), spare=("Answered",))
    else:
        rows = [_row(question, name, by) for name, questions in groups.items() for question in questions]
        print_table(COLUMNS, rows, wide=("Name", "Ask"), spare=("Answered", "Ask"))
    _say_how_far(found)


def _grouped(found: AgendaPage, by: str | None) -> dict[str, list[Question]]:
    """The questions by project or by assessor; one for several people stands with each of them."""
    groups: dict[str, list[Question]] = {}
    for question in found.items:
        names = {"project": (question.project,), "assessor": question.assessors or (ANYBODY,)}.get(by or "", ("",))
        for name in names:
            groups.setdefault(name, []).append(question)
    return groups


def _row(question: Question, group: str, by: str | None) -> tuple[str | float, ...]:
    from planner.domain.wording import listed, pct

    whom = group if by == "assessor" else ", ".join(question.assessors) or ANYBODY
    said = f"by {listed(question.answered_by, 2)}, not for sure" if question.known else "no"
    # Three digits tell more than the beliefs bear; what is merely near nothing is not shown as it.
    gain = max(round(question.gain, 3), 0.001) if question.gain else 0.0
    return question.project, question.name, question.criterion, gain, pct(question.flips), said, whom


def _say_how_far(found: AgendaPage) -> None:
    """How far the questions carry, as a remark beside the table."""
    from planner.domain.agenda_words import how_far, quiet
    from planner.domain.wording import listed, pct, plural

    if not found.total:
        note("No question is open here.")
        return
    note("Nothing to choose: w" + how_far(found)[1:] if found.top >= found.projects else how_far(found))
    if found.telling:
        note(f"{found.telling:,} of {plural(found.total, 'open question')} can change it. {quiet(found)}".strip())
    if found.several_total:
        named = listed([f"{one.project} ({pct(one.flips)})" for one in found.several], 5)
        note(f"These need several answers at once, with the chance that all of them change the best: {named}.")
