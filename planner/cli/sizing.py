"""planner sizing: what training and labelling take, as ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.options import JsonFlag, ProjectArgument
from planner.cli.output import heading, note, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import open_workspace

if TYPE_CHECKING:
    from planner.domain.sizing import SizingAnswer

Word = str | None


def _number(text: str) -> Any:
    return typer.Option(metavar="NUMBER", help=text)


def _id(text: str) -> Any:
    return typer.Option(metavar="ID", help=f"{text}, by id of the playbook.")


def sizing(
    project: ProjectArgument,
    parameters: Annotated[Word, _number("Parameters of the model, such as 7e9.")] = None,
    active_parameters: Annotated[Word, _number("Those that a token passes through, of experts.")] = None,
    trained_parameters: Annotated[Word, _number("Those that are trained, of adapters.")] = None,
    tokens: Annotated[Word, _number("Tokens of training data.")] = None,
    examples: Annotated[Word, _number("Examples of training data.")] = None,
    flops_per_example: Annotated[Word, _number("Operations of one forward pass.")] = None,
    epochs: Annotated[Word, _number("How often the data are gone through.")] = None,
    step_seconds: Annotated[Word, _number("Measured seconds of a step.")] = None,
    steps: Annotated[Word, _number("Training steps.")] = None,
    runs: Annotated[Word, _number("Runs like this.")] = None,
    optimiser: Annotated[Word, _id("The optimiser")] = None,
    precision: Annotated[Word, _id("The precision")] = None,
    batch: Annotated[Word, _number("Examples that one GPU holds at once.")] = None,
    sequence: Annotated[Word, _number("Tokens of an example.")] = None,
    layers: Annotated[Word, _number("Layers of the transformer.")] = None,
    hidden: Annotated[Word, _number("Its width.")] = None,
    heads: Annotated[Word, _number("Its attention heads.")] = None,
    kv_heads: Annotated[Word, _number("Heads with keys of their own.")] = None,
    recomputation: Annotated[Word, typer.Option(metavar="WORD", help="none, selective or full.")] = None,
    activation_mb: Annotated[Word, _number("Measured MB of activations of an example.")] = None,
    gpu: Annotated[Word, _id("The GPU; all are compared when left out")] = None,
    gpus: Annotated[Word, _number("How many.")] = None,
    situation: Annotated[Word, _id("Whose utilisation is taken")] = None,
    utilisation_low: Annotated[Word, _number("Share of the peak, at worst.")] = None,
    utilisation_high: Annotated[Word, _number("Share of the peak, at best.")] = None,
    price_low: Annotated[Word, _number("Price of a GPU-hour, from.")] = None,
    price_high: Annotated[Word, _number("Price of a GPU-hour, to.")] = None,
    price_as_of: Annotated[Word, typer.Option(metavar="DATE", help="When that price was true.")] = None,
    label_kind: Annotated[Word, _id("The kind of label")] = None,
    items: Annotated[Word, _number("Items to label.")] = None,
    units_per_item: Annotated[Word, _number("Labels of an item.")] = None,
    repeats: Annotated[Word, _number("People who label the same item.")] = None,
    review_share: Annotated[Word, _number("Share of the labels that is checked.")] = None,
    seconds_low: Annotated[Word, _number("Seconds of a label, from.")] = None,
    seconds_high: Annotated[Word, _number("Seconds of a label, to.")] = None,
    wage_low: Annotated[Word, _number("Wage of an hour, from.")] = None,
    wage_high: Annotated[Word, _number("Wage of an hour, to.")] = None,
    people: Annotated[Word, _number("People who label.")] = None,
    remark: Annotated[Word, typer.Option("--note", help="What it is for.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Record it with the project.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Size memory, GPUs, time and cost of a training run, and its labels. Without inputs, show what was recorded.

    planner sizing EX-3 --parameters 7e9 --tokens 1e9 --optimiser adamw --precision mixed
    """
    stated = {
        ("note" if name == "remark" else name): value
        for name, value in locals().items()
        if value is not None and name not in ("project", "record", "as_json")
    }
    from planner.domain.sizing_inputs import SizingDraft
    from planner.services.sizing import get_sizing, record_sizing

    ws, draft = open_workspace(), SizingDraft.model_validate(stated)
    found = record_sizing(ws, project, draft) if record else get_sizing(ws, project, draft)
    if as_json:
        print_json(found)
    elif found.answer is None:
        note(f"Nothing is recorded yet: planner sizing {project} --parameters … --tokens … --record.")
    else:
        _print(found.answer)


def _print(answer: SizingAnswer) -> None:
    from planner.domain.sizing_words import WAYS, between
    from planner.domain.wording import listed, pct

    if answer.memory is not None:
        rows = [(part.id, between(part.gb), part.rests_on) for part in answer.memory.parts]
        rows.append(("together", between(answer.memory.total), ""))
        print_table(("Memory", "GB", "Rests on"), rows, wide=("Rests on",))
        if answer.memory.missing:
            note(f"Not known without {listed(answer.memory.missing)}.")
    if answer.gpus:
        heading("GPUs")
        lines = [
            (
                line.gpu,
                WAYS[line.way] if line.way else None,
                line.gpus,
                between(line.per_gpu),
                between(line.gpu_hours),
                between(line.days),
                between(line.cost, answer.currency),
                line.reason,
            )
            for line in answer.gpus
        ]
        columns = ("GPU", "How", "Count", "GB on each", "GPU-hours", "Days", "Cost", "Why")
        print_table(columns, lines, wide=("How", "Why"))
        used = next((line.utilisation for line in answer.gpus if line.utilisation), None)
        if used is not None and not answer.measured:
            say(f"At {pct(used.share.low)} to {pct(used.share.high)} of the peak: {used.name}. Source: {used.source}")
    if answer.missing and (answer.memory is not None or answer.labelling is None):
        note(f"Time and cost are not known without {listed(answer.missing)}.")
    if (labels := answer.labelling) is not None:
        heading("Labelling")
        efforts = [
            ("hours", between(labels.hours)),
            ("weeks of one person", between(labels.person_weeks)),
            ("weeks", between(labels.weeks)),
            ("cost", between(labels.cost, answer.currency)),
        ]
        print_table(("Labelling", "Range"), [row for row in efforts if row[1] != between(None)])
        if labels.rests_on:
            say(f"Source: {labels.rests_on}")
        if labels.missing:
            note(f"Not known without {listed(labels.missing)}.")
