"""The walk through the agenda: one question at a time.

All that a walk remembers stands in its address: who answers, how many questions it is to have, what was put off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import FieldError, Invalid, NotFound
from planner.domain.projects import Filters
from planner.domain.scoring import Answer, AnswerDraft
from planner.services import agenda as service
from planner.services import portfolios, scoring
from planner.services.workspace import Workspace
from planner.web.forms import Posted, small_number
from planner.web.lists import asked
from planner.web.pages import Here, page, query, see_other
from planner.web.scoring import draft_of, labels_of, messages_of, values_of

router = APIRouter()

SITTING = 12  # questions of a walk that does not say how many
REMEMBERED = 100  # questions that a walk can put off: its address must not grow without end
OWN = ("assessor", "top", "goal", "done", "mine", "later", "pass", "last", "at")


@dataclass(frozen=True)
class Walk:
    """The state of a walk. A question is named by the key of its project, a point and the id of its criterion."""

    slug: str
    assessor: str
    filters: Filters
    top: int | None = None
    goal: int = SITTING  # how many questions are to be answered in this sitting
    done: int = 0  # how many of them are
    mine: bool = False  # only those for the assessor, and those that anybody may answer
    later: tuple[str, ...] = ()  # put off; they come again when the assessor asks for them
    passed: tuple[str, ...] = ()  # not known to the assessor, or left as it was
    last: str = ""  # the question before, to go back to
    at: str = ""  # the question that is asked for

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query of the address, defaults left out."""
        single = {
            **self.filters.active,
            "assessor": self.assessor,
            "top": self.top or "",
            "goal": self.goal,
            "done": self.done or "",
            "mine": 1 if self.mine else "",
            "last": self.last,
            "at": self.at,
        }
        several = [("later", entry) for entry in self.later] + [("pass", entry) for entry in self.passed]
        return [(name, str(value)) for name, value in single.items() if value != ""] + several

    @property
    def href(self) -> str:
        """The address of this step."""
        return f"/portfolios/{quote(self.slug)}/agenda/next?{urlencode(self.pairs)}"

    @property
    def agenda(self) -> str:
        """The address of the list that is walked through."""
        return f"/portfolios/{quote(self.slug)}/agenda{query(self.filters)}"


@router.get("/portfolios/{slug}/agenda/next")
def ask(request: Request, ws: Here, slug: str) -> Response:
    """One question; or, when the sitting is over, what came of it."""
    return _ask(request, ws, _walk(request, ws, slug))


@router.post("/portfolios/{slug}/agenda/next")
def answer(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """Records the answer and leads to the next question, which comes back when something is wrong with the answer."""
    walk = _walk(request, ws, slug)
    came_back = walk.at != ""
    if not form.text("question"):
        raise NotFound("The form does not say which question it answers.")
    walk = replace(walk, at=form.text("question"))
    step = _step(ws, walk)
    draft, wrong = draft_of(form, step.criterion)
    if draft is None and not wrong and step.own is None:
        wrong = [FieldError(field=f"{step.criterion}.level", message="Choose a level, or put the question off.")]
    try:
        if wrong:
            raise Invalid(wrong)
        scoring.record_answers(ws, step.key, walk.assessor, {step.criterion: draft})
    except Invalid as error:
        return _ask(request, ws, walk, form.values, messages_of(error))
    again = came_back and step.own is not None  # it was counted when it was answered first
    done = walk.done - again + (draft is not None)
    if draft is None or _same(draft, step.own):  # nothing new was said, and to be asked again at once would be no walk
        walk = replace(walk, passed=(*walk.passed, walk.at)[-REMEMBERED:])
    return see_other(replace(walk, done=max(done, 0), last=walk.at, at="").href)


def _same(draft: AnswerDraft, own: Answer | None) -> bool:
    return own is not None and all(getattr(own, name) == getattr(draft, name) for name in AnswerDraft.model_fields)


def _walk(request: Request, ws: Workspace, slug: str) -> Walk:
    """The walk of an address. Invalid for a number that is none; what is no part of a walk is left out."""
    given = request.query_params
    return Walk(
        slug=slug,
        assessor=given.get("assessor", "").strip() or ws.actor,
        filters=asked(request, also=OWN).filters,
        top=number(given.get("top", ""), "top"),
        goal=min(number(given.get("goal", ""), "goal") or SITTING, service.MAX_QUESTIONS),
        done=number(given.get("done", ""), "done") or 0,
        mine=given.get("mine") == "1",
        later=tuple(given.getlist("later")[-REMEMBERED:]),
        passed=tuple(given.getlist("pass")[-REMEMBERED:]),
        last=given.get("last", ""),
        at=given.get("at", ""),
    )


def number(text: str, field: str) -> int | None:
    """A whole number of an address, None when it is empty; Invalid when it is none."""
    text = text.strip()
    if not text:
        return None
    if (found := small_number(text)) is None:
        raise Invalid.one(field, "a whole number is needed")
    return found


def _step(ws: Workspace, walk: Walk) -> service.Step:
    put_off = [_pair(entry) for entry in (*walk.later, *walk.passed)]
    at = _pair(walk.at) if walk.at else None
    return service.next_question(ws, walk.slug, walk.assessor, walk.filters, walk.top, put_off, at, mine=walk.mine)


def _pair(name: str) -> service.Asked:
    key, _, criterion = name.partition(".")
    return key, criterion


def _ask(
    request: Request,
    ws: Workspace,
    walk: Walk,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    step = _step(ws, walk)
    playbook = portfolios.get_playbook(ws, walk.slug)
    criterion = playbook.criterion(step.criterion)
    over = criterion is None or (walk.done >= walk.goal and not walk.at)
    name = f"{step.key}.{step.criterion}"
    onward = replace(walk, at="", last="")
    if values is None:
        values = values_of(step.own) if step.own else {}
    return page(
        request,
        "agenda/done.html" if over else "agenda/next.html",
        slug=walk.slug,
        section="Agenda",
        status=422 if errors else 200,
        walk=walk,
        step=step,
        playbook=playbook,
        c=criterion,
        dimension=next((d for d in playbook.dimensions if criterion in d.criteria), None),
        name=name,
        own=step.own,
        level=values.get(f"{step.criterion}.level", ""),
        values=values,
        errors=errors or {},
        labels=labels_of(playbook),
        walking=True,
        remaining=min(max(walk.goal - walk.done, 0), step.left + 1),
        later=replace(onward, later=(*walk.later, name)[-REMEMBERED:]).href,
        unknown=replace(onward, passed=(*walk.passed, name)[-REMEMBERED:]).href,
        back=replace(walk, at=walk.last, last="").href if walk.last else "",
        again=replace(onward, later=(), done=0, goal=len(walk.later) or walk.goal).href,
        more=replace(onward, done=0).href,
        everybodys=replace(onward, mine=not walk.mine).href,
        hidden=[pair for pair in replace(onward, done=0, later=(), passed=()).pairs if pair[0] != "assessor"],
    )
