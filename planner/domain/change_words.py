"""A difference between two moments in words: the same on a page, in the terminal and in a report."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.changes import Changes, Passed, ProjectChange
from planner.domain.history import FieldChange, in_words
from planner.domain.playbook import Playbook
from planner.domain.portfolios import weights_in
from planner.domain.wording import listed, plural

SETTING_NAMES = {
    "priority_impact_share": "Share of impact in the priority (λ)",
    "weights": "Weights of the criteria",
    "capacity": "Capacity",
    "playbook": "Playbook",
    "playbook_version": "Version of the playbook",
}
_UNSET = {"capacity": "not stated"}


def setting_words(setting: str, value: str | None) -> str:
    """The value of a setting; what the portfolio does not set itself, the playbook does."""
    return value if value is not None else _UNSET.get(setting, "as the playbook says")


def named(change: FieldChange, playbook: Playbook) -> FieldChange:
    """A change of a setting as people read it: weights by the names of the criteria, not by their ids."""
    if change.field != "weights":
        return change
    names = {criterion.id: criterion.name for criterion in playbook.criteria}

    def told(words: str | None) -> str | None:
        return words and in_words({names.get(id_, id_): weight for id_, weight in weights_in(words).items()})

    return FieldChange(field=change.field, old=told(change.old), new=told(change.new))


def period_words(changes: Changes) -> str:
    """The two moments: Since 1 May 2026; From 1 May 2026 to “Board” (3 June 2026)."""
    if changes.until.at is None:
        return f"Since {changes.since.words}"
    return f"From {changes.since.words} to {changes.until.words}"


def headline(changes: Changes) -> str:
    """The difference in a sentence: Since 1 Oct 2025: 6 projects moved, 2 entered the top 10 and 1 left it."""
    entered, left = changes.entered, changes.left
    parts = [f"{plural(changes.moved, 'project')} moved"] if changes.moved else []
    if changes.first_scored:
        subject = plural(changes.first_scored, "project") if not parts else f"{changes.first_scored:,}"
        parts.append(f"{subject} {'was' if changes.first_scored == 1 else 'were'} scored for the first time")
    if entered:
        parts.append(f"{entered:,} entered the top {changes.top_now:,}")
    if left:
        parts.append(f"{left:,} left {'it' if entered else f'the top {changes.top_now:,}'}")
    for count, what in (
        (changes.created, "added"),
        (changes.restored, "taken out of the bin"),
        (changes.binned, "put into the bin"),
    ):
        if count:
            subject = plural(count, "project") if not parts else f"{count:,}"
            parts.append(f"{subject} {'was' if count == 1 else 'were'} {what}")
    if not parts:
        parts.append("no project moved" if changes.total or changes.updates else "nothing changed")
    return f"{period_words(changes)}: {listed(parts)}"


def rank_words(change: ProjectChange) -> str:
    """What happened to the rank of a project, in a few words: Up 2, from rank 5 to 3."""
    now, then = change.rank_now, change.rank_then
    if change.presence == "created":
        return f"Added and scored: rank {now:,}" if now else "Added, not scored yet"
    if change.presence == "restored":
        return f"Back from the bin: rank {now:,}" if now else "Back from the bin, not scored yet"
    if change.presence == "binned":
        return f"In the bin now; it was rank {then:,}" if then else "In the bin now"
    if then is None:
        return f"Scored for the first time: rank {now:,}" if now else "Not scored yet"
    if now is None:
        return f"None of its answers is left; it was rank {then:,}"
    if now == then:
        return f"Still rank {now:,}"
    return f"{'Up' if now < then else 'Down'} {abs(now - then):,}, from rank {then:,} to {now:,}"


def top_words(change: ProjectChange, changes: Changes) -> str:
    """That it entered or left the top k, as a sentence; empty when it did neither."""
    if change.top not in ("entered", "left"):
        return ""
    done = f"It {change.top} the top {changes.top_now:,}"
    if change.rank_then == change.rank_now and changes.top_then != changes.top_now:
        return f"{done}, which was the top {changes.top_then:,} then."
    return f"{done}."


def others_words(change: ProjectChange) -> str:
    """Why the rank moved beyond the project's own priority, as a sentence; empty when no other project is involved."""
    climb = change.climb
    above, below = change.overtaken_by, change.overtook
    if not above.count and not below.count:
        return ""
    if change.by_others:
        rose = listed([*_named(above, "rose", "rose"), *_named(above, "came", "came in above it")])
        fell = listed([*_named(below, "fell", "fell"), *_named(below, "went", "went")])
        if climb:
            main, other = (fell, rose) if climb > 0 else (rose, fell)
            moved = f"Moved {'up' if climb > 0 else 'down'} {abs(climb):,} because {main}"
            return f"{moved}, although {other}." if other else f"{moved}."
        return f"Keeps its rank: {listed([part for part in (rose, fell) if part])}."
    parts = []
    if above.count:
        parts.append(f"now below {_keys(above)}")
    if below.count:
        parts.append(f"now above {_keys(below)}")
    return f"{listed(parts).replace('now', 'Now', 1)}."


def _keys(passed: Passed) -> str:
    keys = [passing.key for passing in passed.first]
    return _and_more(keys, passed.count)


def _and_more(keys: Sequence[str], count: int) -> str:
    more = count - len(keys)
    return f"{', '.join(keys)} and {more:,} more" if more else listed(keys)


def _named(passed: Passed, why: str, verb: str) -> list[str]:
    """EX-4, EX-9 and 3 more rose; nothing when none did. Those that are only counted go with the commonest reason."""
    reasons = [passing.why for passing in passed.first]
    keys = [passing.key for passing in passed.first if passing.why == why]
    if not keys:
        return []
    unnamed = passed.count - len(reasons) if max(reasons, key=reasons.count) == why else 0
    return [f"{_and_more(keys, len(keys) + unnamed)} {verb}"]
