"""How far the questions of an agenda carry, in words."""

from __future__ import annotations

from planner.domain.agenda import AgendaPage
from planner.domain.wording import pct, plural


def headline(found: AgendaPage) -> str:
    """The agenda in a few words; there is at least one project."""
    if found.top >= found.projects:
        return "Nothing to choose"
    settling = found.settling
    if settling is None:
        return "No single answer can change the choice" if found.several_total else "The choice is settled"
    if settling.enough is None:
        return "Much is open"
    return f"{plural(settling.enough, 'question')} {'settles' if settling.enough == 1 else 'settle'} most of it"


def how_far(found: AgendaPage, kind: str = "project") -> str:
    """What the first questions bring to the choice between projects of a kind, beside all that asking can bring."""
    choice = f"the choice of the best {found.top:,} of {plural(found.projects, kind)}"
    settling = found.settling
    if not found.projects:
        return "There is no project to choose."
    if found.top >= found.projects:
        return f"Whatever the answers, all of {plural(found.projects, kind)} are among the best {found.top:,}."
    if settling is None and not found.several_total:
        return f"No answer to a question about one project can change {choice}."
    if settling is None:
        return f"One answer alone cannot change {choice}; several about the same project can."
    if settling.enough is not None:
        first = "The first question brings" if settling.enough == 1 else f"The first {settling.enough} questions bring"
        return f"{first} {pct(settling.enough_share)} of what all open questions together can bring to {choice}."
    first = "The first question brings" if settling.of == 1 else f"The first {settling.of} questions bring"
    return f"{first} about {pct(settling.of_everything)} of what asking everything can bring to {choice}."


def quiet(found: AgendaPage) -> str:
    """What is to be said of the open questions that no single answer to which changes anything; empty without any."""
    more = found.total - found.telling
    if not more:
        return ""
    one = "that answer" if more == 1 else "one answer"
    return f"{more:,} more {'is' if more == 1 else 'are'} open; {one} alone cannot change the choice."
