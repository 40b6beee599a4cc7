"""planner readiness: the ML Test Score, the ethics checklist and the triage of risk, of a project or a portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.options import JsonFlag, PortfolioOption
from planner.cli.output import heading, note, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.assessments import ReadinessDraft
    from planner.domain.project_readiness import ProjectReadiness
    from planner.domain.readiness_counts import PortfolioReadiness


def readiness(
    project: Annotated[
        str | None, typer.Argument(metavar="[PROJECT]", help="Key or id; without it, counts over the portfolio.")
    ] = None,
    tests: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="TEST=SCORE", help="How a test is done: none, manual, automated or not_applicable."
        ),
    ] = None,
    ethics: Annotated[
        list[str] | None,
        typer.Option("--ethics", metavar="QUESTION=ANSWER", help="Answer on ethics: yes, no or not_applicable."),
    ] = None,
    risk: Annotated[
        list[str] | None,
        typer.Option("--risk", metavar="RULES:QUESTION=ANSWER", help="Answer on risk: yes, no or unknown."),
    ] = None,
    evidence: Annotated[str | None, typer.Option(help="Where it can be seen that the tests are done so.")] = None,
    remark: Annotated[str | None, typer.Option("--note", help="A remark that is kept with what is stated.")] = None,
    portfolio: PortfolioOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show or state readiness, ethics and risk; an empty value takes back.

    planner readiness EX-3
    planner readiness EX-3 --set data.schema=automated --evidence https://ci.example/schema
    planner readiness EX-3 --ethics collection.consent=yes --risk eu_ai_act:employment=no
    """
    from planner.domain.errors import Invalid
    from planner.services.readiness import get_portfolio_readiness, get_readiness, record_readiness

    ws = open_workspace()
    stated = bool(tests or ethics or risk)
    if not stated and (evidence is not None or remark is not None):
        raise Invalid.one("--set", "say what is stated with --set, --ethics or --risk")
    if evidence is not None and not tests:
        raise Invalid.one("--evidence", "belongs to --set TEST=SCORE")
    if project is None:
        if stated:
            raise Invalid.one("PROJECT", "name the project that it is stated of")
        counts = get_portfolio_readiness(ws, choose_portfolio(ws, portfolio))
        print_json(counts) if as_json else _print_counts(counts)
        return
    if stated:
        draft = _draft(tests or [], ethics or [], risk or [], evidence or "", remark or "")
        found = record_readiness(ws, project, draft)
    else:
        found = get_readiness(ws, project)
    print_json(found) if as_json else _print_project(found)


def _draft(tests: list[str], ethics: list[str], risk: list[str], evidence: str, remark: str) -> ReadinessDraft:
    """What the options say. Raises Invalid before anything is recorded."""
    from pydantic import ValidationError

    from planner.cli.inputs import split_pairs
    from planner.domain.assessments import ReadinessDraft
    from planner.domain.errors import Invalid

    def told(values: list[str], option: str, word: str, **beside: str) -> dict[str, Any]:
        return {name: {word: value, **beside} if value else None for name, value in split_pairs(values, option).items()}

    by_rules: dict[str, dict[str, Any]] = {}
    for name, value in told(risk, "--risk", "answer", note=remark).items():
        rules, sign, question = name.partition(":")
        if not sign:
            raise Invalid.one("--risk", f"write it as RULES:QUESTION=ANSWER, not '{name[:60]}'")
        by_rules.setdefault(rules, {})[question] = value
    said = {
        "tests": told(tests, "--set", "score", evidence=evidence, note=remark),
        "ethics": told(ethics, "--ethics", "answer", note=remark),
        "risk": by_rules,
    }
    try:
        return ReadinessDraft.model_validate(said)
    except ValidationError as error:
        raise Invalid.from_pydantic(error) from None


def _print_project(found: ProjectReadiness) -> None:
    if found.score is None and found.ethics is None and not found.risk:
        say("The playbook of this portfolio has no score of readiness, no ethics checklist and no rules about risk.")
    _print_score(found)
    if found.ethics is not None:
        one = found.ethics
        heading(f"Ethics: {one.answered} of {one.of} answered, {one.no} with no")
        rows = [(line.question, line.answer, line.name, line.note) for line in one.lines]
        print_table(("Question", "Answer", "Asked", "Note"), rows, wide=("Asked", "Note"), spare=("Asked",))
    for triage in found.risk:
        tier = triage.tier_name or ("cannot be told yet" if triage.answered else "not begun")
        heading(f"{triage.name}, version {triage.version} as of {triage.as_of}: {tier}")
        if triage.tier is None:
            if triage.answered:
                say(f"Possible: {', '.join(triage.possible)}")
            say(f"Answer next: {', '.join(f'{triage.rules}:{question}' for question in triage.answer_next)}")
        else:
            say(f"{triage.meaning} {triage.because}. {triage.applies}".rstrip())
        for remark in triage.remarks:
            say(f"{remark.text} {remark.source}")
        given = [(line.question, line.answer, line.source, line.note) for line in triage.lines if line.answer]
        if given:
            print_table(("Question", "Answer", "Source", "Note"), given, wide=("Source", "Note"), spare=("Source",))
        note(triage.disclaimer)


def _print_score(found: ProjectReadiness) -> None:
    from planner.domain.readiness import score_words

    if found.score is None:
        return
    score = found.score
    band = f", {score.band}" if score.band else ""
    say(f"Score: {score_words(score)}{band}; {score.stated} of {score.of} tests stated")
    say(f"Floor {score.floor.state.replace('_', ' ')}: {score.floor.why}")
    print_table(
        ("Section", "Score", "Of", "Stated", "Lowest"),
        [
            (
                s.name,
                f"{s.score:g}" if s.stated else None,
                f"{s.most:g}",
                f"{s.stated}/{s.of}",
                "yes" * (s.section in score.lowest),
            )
            for s in score.sections
        ],
    )
    heading("Tests")
    rows = [(line.test, line.score, line.name, line.evidence or line.note) for line in score.tests]
    columns = ("Test", "Score", "Asked", "Evidence or note")
    print_table(columns, rows, wide=("Asked", "Evidence or note"), spare=("Asked",))
    if score.raise_first:
        say(f"What raises it first: {', '.join(score.raise_first)}")


def _print_counts(counts: PortfolioReadiness) -> None:
    rows = [("Score", band.name, band.count) for band in counts.bands]
    rows.append(("Score", "not stated", counts.not_stated))
    rows += [("Floor", "met", counts.floor_met), ("Floor", "not met", counts.floor_not_met)]
    rows.append(("Floor", "cannot tell", counts.floor_cannot_tell))
    rows += [("Ethics", "all answered", counts.ethics_complete), ("Ethics", "begun", counts.ethics_begun)]
    rows.append(("Ethics", "with a no", counts.ethics_with_no))
    for rules in counts.risk:
        rows += [(rules.name, tier.name, tier.count) for tier in rules.counts]
        rows += [(rules.name, "cannot tell yet", rules.cannot_tell), (rules.name, "not begun", rules.not_begun)]
    print_table(("What", "Stands at", "Projects"), rows)
