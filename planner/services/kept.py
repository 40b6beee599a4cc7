"""Results that are derived from a portfolio, kept until it changes.

The key holds the portfolio's revision as the transaction read it, so a result is never shown for another state: also
with several processes, each of which keeps its own.

For reading transactions only. A write sees the revision that it has raised itself, and with it facts that may never be
committed: a result of them would be kept under that revision, and shown for the different facts of whichever write is
the next to reach it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from planner.domain.portfolios import PortfolioState
from planner.services.workspace import Workspace

KEPT = 32  # results for each database, the largest some MB

Result = TypeVar("Result")

_lock = Lock()
_kept: WeakKeyDictionary[object, OrderedDict[Hashable, _Place]] = WeakKeyDictionary()


class _Place:
    """A result or the promise of one: whoever asks for the same meanwhile waits, and nothing is computed twice."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.full = False
        self.result: object = None


def kept(ws: Workspace, portfolio: PortfolioState, what: Hashable, build: Callable[[], Result]) -> Result:
    """The result of `build` for this revision of the portfolio.

    `what` names the result with all that it depends on beside the portfolio's facts. The result is shared: it must be
    immutable. Never called inside a write, as the module says.
    """
    # A portfolio that was removed may leave its id to another, but not the time at which it began.
    key = (portfolio.id, portfolio.created_at, portfolio.revision, what)
    with _lock:
        places = _kept.setdefault(ws.database, OrderedDict())
        place = places.setdefault(key, _Place())
        places.move_to_end(key)
        while len(places) > KEPT:
            places.popitem(last=False)
    with place.lock:
        if not place.full:
            place.result = build()
            place.full = True
    return cast(Result, place.result)
