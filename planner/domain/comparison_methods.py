"""The methods that a ranking is compared with, and in a sentence each what they do and why they do not decide."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.domain.model import Model

MethodId = Literal[
    "weighted_sum", "topsis", "vikor", "promethee", "pareto", "impact_per_effort", "rice", "ice", "cd3", "wsjf"
]


class Method(Model):
    """A second opinion on the order of projects."""

    id: MethodId
    name: str
    does: str = Field(description="What it does, in a sentence.")
    not_default: str = Field(description="Why it does not decide, in a sentence.")
    source: str = Field(description="Where it is published.")
    needs: str = Field(default="", description="The numbers a project must state to be placed by it; empty for none.")
    high_is_better: bool = Field(default=True, description="Whether a higher score is a better one.")


METHODS: tuple[Method, ...] = (
    Method(
        id="weighted_sum",
        name="Weighted sum",
        does="Adds up the expected levels of all criteria by their weights, every impact lens alike, instead of "
        "leaning on the best lens.",
        not_default="The lenses are alternatives: a project that is outstanding through one of them sinks here to the "
        "middle, because the lenses it does not lean on count against it.",
        source="Fishburn 1967; Keeney & Raiffa 1976",
    ),
    Method(
        id="topsis",
        name="TOPSIS",
        does="Ranks by closeness to an imagined project that has the best level of every criterion, and distance from "
        "one that has the worst.",
        not_default="Which project wins depends on how the levels are normalised, and adding or removing a third "
        "project can turn the order of two others round.",
        source="Hwang & Yoon 1981; Opricovic & Tzeng 2004; Wang & Triantaphyllou 2008",
    ),
    Method(
        id="vikor",
        name="VIKOR",
        does="Looks for a compromise that few would regret: half counts how far a project is from the best levels in "
        "all, half how far it is on its worst criterion.",
        not_default="The best and the worst level are those of the projects present, so the order depends on which "
        "projects are compared.",
        source="Opricovic & Tzeng 2004",
        high_is_better=False,
    ),
    Method(
        id="promethee",
        name="PROMETHEE II",
        does="Lets every project meet every other, criterion by criterion; a difference of half a level does not "
        "count, one of two levels counts in full, and no lead is worth more than that.",
        not_default="It shows whether one very high level makes up for many low ones, but the order of two projects "
        "depends on the others they meet.",
        source="Brans & Vincke 1985; Calders & Van Assche 2016",
    ),
    Method(
        id="pareto",
        name="Pareto layer",
        does="Puts on the first layer each project that no other beats on both impact and feasibility, on the second "
        "those that remain so without the first, and so on. It needs no weights at all.",
        not_default="Many projects share a layer, and one with a single high value is on the first whatever the other "
        "is: it explains and filters, it does not rank.",
        source="Deb et al. 2002; Zhang et al. 2015",
        high_is_better=False,
    ),
    Method(
        id="impact_per_effort",
        name="Impact per effort",
        does="Divides the expected impact above level 1 by the person-weeks, as cost of delay by duration does, so "
        "that small projects come first.",
        not_default="It is the best order in which one team works off everything, and no rule for choosing: it leaves "
        "feasibility out, and half the guessed effort is twice the score.",
        source="Smith 1956; Reinertsen 2009",
        needs="effort",
    ),
    Method(
        id="rice",
        name="RICE",
        does="Multiplies reach, impact and confidence and divides by the effort.",
        not_default="A product of guesses, each on a scale of its own: it shows no uncertainty, and the widest of the "
        "four scales decides.",
        source="McBride 2016 (Intercom)",
        needs="reach, impact, confidence and effort",
    ),
    Method(
        id="ice",
        name="ICE",
        does="Multiplies impact, confidence and ease.",
        not_default="A product of three grades is no quantity of anything, and it shows no uncertainty.",
        source="Ellis & Brown 2017",
        needs="impact, confidence and ease",
    ),
    Method(
        id="cd3",
        name="CD3",
        does="Divides the cost of delay by the duration.",
        not_default="It puts projects into sequence for one team that will do them all; what is worth doing at all it "
        "does not say.",
        source="Reinertsen 2009; Smith 1956",
        needs="cost_of_delay and duration",
    ),
    Method(
        id="wsjf",
        name="WSJF",
        does="Divides the sum of business value, time criticality and risk reduction by the size of the job.",
        not_default="It puts projects into sequence, and adds grades as if they were one currency.",
        source="Scaled Agile Framework; Reinertsen 2009",
        needs="business_value, time_criticality, risk_reduction and job_size",
    ),
)
