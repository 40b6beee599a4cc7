"""The loops of a portfolio: what its projects trip over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import Field

from planner.domain.flow_paths import Path, Step
from planner.domain.flow_words import loop_words
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_lifecycle import Reason

LOOPING = 20  # projects named of those that looped more than once


class ReasonCount(Model):
    """How often a reason was given for a loop."""

    reason: str = Field(description="Its code; one of another playbook version stays as it is.")
    name: str
    known: bool = Field(description="Whether the playbook has it for this loop.")
    loops: int = Field(description="Loops for the reason.")
    projects: int = Field(description="Projects that looped for it.")
    share: float = Field(description="Of the loops along this edge.")


class LoopEdge(Model):
    """The loops from one stage back to another."""

    start: str
    end: str
    start_name: str = Field(description="The name of the stage left.")
    end_name: str = Field(description="The name of the stage gone back to.")
    loops: int = Field(description="Moves back along this edge.")
    projects: int = Field(description="Projects that went back here.")
    repeated: int = Field(description="Projects that went back here more than once.")
    reasons: tuple[ReasonCount, ...] = Field(description="The commonest first.")
    words: str = Field(description="The commonest reason in a sentence.")


class LoopingProject(Model):
    """A project that looped more than once."""

    key: str
    name: str
    loops: int = Field(description="How often it went back, along any edge.")


class Loops(Model):
    """All moves back of a portfolio."""

    total: int
    projects: int = Field(description="Projects that looped at all.")
    edges: tuple[LoopEdge, ...] = Field(description="Those with loops, the most first.")
    repeated: tuple[LoopingProject, ...] = Field(description=f"Projects that looped more than once; {LOOPING} at most.")
    repeated_total: int = Field(description="How many there are of these.")


class LoopNames:
    """The names behind the ids of moves; an id that the playbook does not have stands for itself."""

    def __init__(self, playbook: Playbook) -> None:
        self.stages = {stage.id: stage.name for stage in playbook.stages}
        self.criteria = {criterion.id: criterion.name for criterion in playbook.criteria}
        self.reasons: dict[tuple[str, str, str], Reason] = {
            (edge.start, edge.end, reason.id): reason for edge in playbook.edges for reason in edge.reasons
        }

    def stage(self, stage: str) -> str:
        return self.stages.get(stage, stage)

    def reason(self, step: Step) -> Reason | None:
        return self.reasons.get((step.start or "", step.to, step.reason or ""))


def is_loop(step: Step) -> bool:
    """Whether the move goes back."""
    return step.kind == "back" and step.start is not None


def build_loops(paths: Iterable[Path], playbook: Playbook) -> Loops:
    """The loops by edge and reason; those of projects in the bin are left out."""
    words = LoopNames(playbook)
    taken: dict[tuple[str, str], list[tuple[int, Step]]] = {}
    looping = []
    for path in paths:
        back = [] if path.in_bin else [step for step in path.steps if is_loop(step)]
        for step in back:
            taken.setdefault((step.start or "", step.to), []).append((path.id, step))
        if back:
            looping.append((len(back), path))
    edges = [_edge(start, end, loops, words) for (start, end), loops in taken.items()]
    edges.sort(key=lambda edge: (-edge.loops, edge.start, edge.end))
    repeated = sorted((one for one in looping if one[0] > 1), key=lambda one: (-one[0], one[1].id))
    return Loops(
        total=sum(edge.loops for edge in edges),
        projects=len(looping),
        edges=tuple(edges),
        repeated=tuple(LoopingProject(key=path.key, name=path.name, loops=loops) for loops, path in repeated[:LOOPING]),
        repeated_total=len(repeated),
    )


def _edge(start: str, end: str, loops: Sequence[tuple[int, Step]], words: LoopNames) -> LoopEdge:
    by_project = Counter(project for project, _ in loops)
    by_reason: dict[str, list[tuple[int, Step]]] = {}
    for project, step in loops:
        by_reason.setdefault(step.reason or "", []).append((project, step))
    counts = []
    for code, given in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0])):
        reason = words.reason(given[0][1])
        counts.append(
            ReasonCount(
                reason=code,
                name=reason.name if reason else code,
                known=reason is not None,
                loops=len(given),
                projects=len({project for project, _ in given}),
                share=round(len(given) / len(loops), 4),
            )
        )
    return LoopEdge(
        start=start,
        end=end,
        start_name=words.stage(start),
        end_name=words.stage(end),
        loops=len(loops),
        projects=len(by_project),
        repeated=sum(count > 1 for count in by_project.values()),
        reasons=tuple(counts),
        words=loop_words(words.stage(start), words.stage(end), len(loops), counts),
    )
