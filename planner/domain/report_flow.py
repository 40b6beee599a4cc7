"""The section of a portfolio's report on its flow: what projects go back for, and which are stuck."""

from __future__ import annotations

from planner.domain.flow_portfolio import PortfolioFlow
from planner.domain.flow_words import stuck_words
from planner.domain.report_models import Section
from planner.domain.wording import num, plural

EDGES, ROWS = 3, 10  # the commonest loops that are told, and the projects


def flow_section(flow: PortfolioFlow) -> Section | None:
    """The section; None while no project has been in a stage."""
    points = flow.cumulative.points
    if not points and not flow.loops.total:
        return None
    sentences = [edge.words for edge in flow.loops.edges[:EDGES]] or ["No project has gone back to an earlier stage."]
    sentences.append(stuck_words(flow.stuck))
    if flow.doubts_open:
        sentences.append(
            f"{plural(flow.doubts_open, 'favourable answer')} that a loop speaks against "
            f"{'has' if flow.doubts_open == 1 else 'have'} not been given again since."
        )
    listed = (flow.stuck.projects or tuple(one for stage in flow.stuck.unsure for one in stage.longest))[:ROWS]
    total = flow.stuck.total or len(listed)
    return Section(
        title="What goes back, and what is stuck",
        sentences=tuple(sentences),
        columns=("Project", "Stage", "Days there", "Days expected", "Open at the gate", "Owner"),
        numbers=(False, False, True, True, True, False),
        rows=tuple(
            (
                f"{one.key} {one.name}",
                one.stage_name,
                num(one.days, 0),
                num(one.expected, 0),
                f"{len(one.open_points):,}",
                one.owner or "–",
            )
            for one in listed
        ),
        not_listed=total - len(listed),
        kind="stuck projects are",
    )
