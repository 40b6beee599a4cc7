"""What the flow of a portfolio says, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.domain.wording import listed, plural

if TYPE_CHECKING:
    from planner.domain.flow import Stuck
    from planner.domain.flow_loops import ReasonCount


def loop_words(start: str, end: str, loops: int, reasons: Sequence[ReasonCount]) -> str:
    """Which reason most loops between two stages have; `reasons` are the commonest first."""
    way = f"from {start} back to {end}"
    commonest = [reason for reason in reasons if reason.loops == reasons[0].loops]
    if len(commonest) > 1:
        names = "; ".join(reason.name for reason in commonest)
        return f"{plural(loops, 'loop')} {way}, {commonest[0].loops} each for: {names}."
    if loops == 1:
        return f"One loop {way}: {reasons[0].name}."
    if reasons[0].loops == loops:
        return f"{'Both' if loops == 2 else f'All {loops:,}'} loops {way}: {reasons[0].name}."
    return f"{reasons[0].loops:,} of {loops:,} loops {way}: {reasons[0].name}."


def stuck_words(stuck: Stuck) -> str:
    """How many are stuck, and of which stages nobody can tell."""
    nobody = "Where it can be told, no project has" if stuck.unsure else "No project has"
    words = plural(stuck.total, "project has", "projects have") if stuck.total else nobody
    told = f"{words} been in a stage for longer than 85 % of the visits completed there took."
    if not stuck.unsure:
        return told
    few = listed([f"{stage.name} ({stage.completed})" for stage in stuck.unsure])
    return f"{told} Too few visits are completed to tell for: {few}."
