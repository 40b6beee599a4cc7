"""A longer search for a roadmap, told on the page that waits for it, line by line as it goes on.

The page is one answer that is not ended until the search is: so it needs no script, nothing is remembered between
requests, and it is right with several workers. A search that is soon over is answered as any form is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

import structlog

from planner.domain.errors import Invalid, PlannerError

log = structlog.get_logger()
SOON = 2.0  # seconds after which a search is told about
APART, QUIET = 1.0, 3.0  # seconds between two lines at least; and at most, though nothing better was found
Watch = Callable[[float, float, float], None]


@dataclass(frozen=True)
class Step:
    """How far a search is: after so many seconds, the worth of the best plan, and what a better one adds at most.

    Both are None before the first plan.
    """

    seconds: float
    worth: float | None = None
    more: float | None = None

    @property
    def gap(self) -> float | None:
        """The most that a better plan could add, as a share of the worth."""
        return None if self.worth is None or self.more is None else self.more / max(abs(self.worth), 1e-9)


class LongSearch:
    """A search in a thread of its own. It goes on to its end also when nobody waits any more."""

    def __init__(self, search: Callable[[Watch], object]) -> None:
        self._told: SimpleQueue[Step | None] = SimpleQueue()  # None at the end
        self.failure: Exception | None = None
        self.over = False
        self._began = monotonic()  # what the search tells of its time begins later, in another process
        Thread(target=self._run, args=(search,), daemon=True).start()

    def _run(self, search: Callable[[Watch], object]) -> None:
        try:
            search(lambda _, worth, bound: self._told.put(Step(self._seconds(), worth, bound - worth)))
        except Exception as failure:  # noqa: BLE001 - it is raised, or told, where somebody waits for the search
            self.failure = failure
        finally:
            self._told.put(None)

    def is_soon_over(self) -> bool:
        """Waits a moment, and says whether the search has ended. Raises what it failed with."""
        ends = monotonic() + SOON
        while not self.over and (left := ends - monotonic()) > 0:
            try:
                self.over = self._told.get(timeout=left) is None
            except Empty:
                break
        if self.over and self.failure is not None:
            raise self.failure
        return self.over

    def steps(self) -> Iterator[Step]:
        """What the search has found, every second to every third, until it ends."""
        last, best = 0.0, Step(0)
        while not self.over:
            try:
                told = self._told.get(timeout=QUIET)
            except Empty:
                told = replace(best, seconds=self._seconds())
            else:
                best, self.over = told or best, told is None
            if told is not None and monotonic() - last >= APART:
                last = monotonic()
                yield told
        if self.failure is not None and not isinstance(self.failure, PlannerError):
            log.error("unexpected error in a search", exc_info=self.failure)

    def _seconds(self) -> float:
        return monotonic() - self._began

    @property
    def problem(self) -> str:
        """Why the search found nothing, once it is over; empty when it did not fail."""
        if self.failure is None:
            return ""
        if not isinstance(self.failure, PlannerError):
            return "The search failed; the log says why."
        wrong = self.failure.errors if isinstance(self.failure, Invalid) else ()
        return " ".join([str(self.failure), *(f"{error.message[:1].upper()}{error.message[1:]}." for error in wrong)])
