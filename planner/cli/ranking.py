"""planner rank: what to do first, how sure that is, and what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import NONE_GIVEN, JsonFlag, PortfolioOption, takes_filters
from planner.cli.output import heading, note, on_terminal, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.comparison import Comparison
    from planner.domain.ranking import Ranking, RankingQuery
    from planner.domain.sensitivity import Sensitivity

SHOWN = 50  # projects on a terminal, unless more are asked for
COLUMNS = ("Place", "Key", "Name", "Band", "Priority", "Rank", "From", "To", "Top", "Scored")


@takes_filters
def rank(
    portfolio: PortfolioOption = None,
    filters: Mapping[str, str] = NONE_GIVEN,
    top: Annotated[
        int | None, typer.Option(help="How many can be done; the portfolio's capacity when left out, else 10.")
    ] = None,
    samples: Annotated[int, typer.Option(help="How many orders are drawn, from 100 to 100,000.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same figures.")] = 1,
    impact_share: Annotated[float | None, typer.Option(help="What if λ were this? Nothing is stored.")] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="CRITERION=NUMBER", help="What if it weighed this? Give all of them; nothing is stored."),
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="As it was at a date, a time or a snapshot.")] = None,
    compare: Annotated[
        tuple[str, str] | None, typer.Option(metavar="A B", help="Say why one of two projects is before the other.")
    ] = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Say which weights and answers the best hang on.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", "-n", min=1, help="How many projects to show; on a terminal 50, in a pipe all when left out."
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Rank the projects under uncertainty.

    Place is the order by expected priority, = marks a tie. Rank is the mean over many orders in which what the answers
    leave open is drawn; in nine of ten it lies from From to To. Top is the chance to be among those that can be done.

        planner rank --status open
        planner rank --top 5 --impact-share 0.7
        planner rank --compare EX-10 EX-2
        planner rank --sensitivity
    """
    from planner.domain.errors import Invalid
    from planner.domain.projects import Filters
    from planner.services import ranking

    if as_of is not None and (compare or sensitivity):
        raise Invalid.one("as_of", "goes with the ranking alone")
    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    query = _query(top, samples, seed, impact_share, weight)
    chosen = Filters.model_validate(filters)
    if compare:
        pair = ranking.compare_projects(ws, slug, *compare, query)
        print_json(pair) if as_json else _print_pair(pair)
    elif sensitivity:
        hangs = ranking.get_sensitivity(ws, slug, chosen, query)
        print_json(hangs) if as_json else _print_sensitivity(hangs)
    else:
        found = ranking.get_ranking(ws, slug, chosen, query, as_of)
        print_json(found) if as_json else _print_ranking(found, limit)


def _query(
    top: int | None, samples: int, seed: int, impact_share: float | None, weight: list[str] | None
) -> RankingQuery:
    from pydantic import ValidationError

    from planner.cli.inputs import split_pairs
    from planner.domain.errors import Invalid
    from planner.domain.ranking import RankingQuery

    given = {"top": top, "samples": samples, "seed": seed, "impact_share": impact_share}
    try:
        return RankingQuery.model_validate({**given, "weights": split_pairs(weight, "--weight") if weight else None})
    except ValidationError as error:
        raise Invalid.from_pydantic(error) from None


def _print_ranking(found: Ranking, limit: int | None) -> None:
    from planner.domain.wording import num, pct, plural

    most = limit or (SHOWN if on_terminal() else len(found.items))
    items = found.items[:most]
    rows = [
        (
            f"{'=' if p.tie else ''}{p.place}",
            p.key,
            p.name,
            p.band,
            round(p.priority.expected, 2),
            round(p.expected_rank, 1),
            p.rank_low,
            p.rank_high,
            pct(p.p_top),
            p.answered,
        )
        for p in items
    ]
    print_table(COLUMNS, rows, spare=("Scored", "Rank"))
    if len(items) < found.total:
        note(f"The first {len(items)} of {found.total:,}; --limit shows more.")
    if found.total and not found.answered:
        note("Nothing is answered yet, so nothing distinguishes these projects; planner agenda says what to ask first.")
    if found.what_if:
        note("What if; nothing is stored.")
    note(
        f"The best {found.top}; {found.samples:,} samples, seed {found.seed}: a chance may be wrong by "
        f"{num(found.error * 100, 1)} points at most. {plural(found.bands, 'band')}."
    )


def _print_pair(pair: Comparison) -> None:
    from planner.domain.wording import num, pct

    first, second, chance = pair.a.key, pair.b.key, pair.p_before
    if chance < 0.5:  # the likelier way round is the easier to read
        first, second, chance = second, first, 1 - chance
    say(f"{first} is before {second} with a probability of {pct(chance)}.")
    rows = [
        (share.criterion, share.a, share.b, round(share.share, 2))
        for share in sorted(pair.shares, key=lambda share: -abs(share.share))
    ]
    print_table(("Criterion", pair.a.key, pair.b.key, "Part"), rows, wide=())
    note(f"The parts sum to the difference of the expected priorities, {num(pair.difference)}.")


def _print_sensitivity(found: Sensitivity) -> None:
    from planner.domain.wording import plural

    if found.last_in is None:
        note(f"Nothing to choose: all of {plural(found.total, 'project')} are among the best.")
        return
    rows = [(i.weight, round(i.value, 3), round(i.low, 3), round(i.high, 3)) for i in found.intervals]
    print_table(("Weight", "Now", "From", "To"), rows, wide=())
    if on_terminal():
        heading("Answers that turn it, moved by one level")
    flips = [(f.project, f.criterion, f.assessor, f.level, f.to, f.enters, f.leaves) for f in found.flips]
    if flips:
        print_table(
            ("Project", "Criterion", "Assessor", "Level", "Then", "Enters", "Leaves"), flips, wide=("Assessor",)
        )
    else:
        note("No single answer turns it.")
    note(f"The best {found.top} stay the same while a weight is within From and To.")
