"""The scores that product teams use. Products and ratios of guesses: they depend on the scales and show no uncertainty.

Sources: RICE, McBride 2016 (Intercom); ICE, Ellis & Brown 2017, Hacking Growth; cost of delay divided by duration
(CD3), Reinertsen 2009, The Principles of Product Development Flow, which is the rule of Smith 1956, Naval Research
Logistics Quarterly 3:59–66 (least total cost of delay on one serial resource: a rule of sequence, not of selection);
WSJF, the Scaled Agile Framework.
"""

from __future__ import annotations


def rice(reach: float, impact: float, confidence: float, effort: float) -> float:
    """Reach · impact · confidence / effort, which is above 0. Impact is .25, .5, 1, 2 or 3 in the original."""
    return reach * impact * confidence / effort


def ice(impact: float, confidence: float, ease: float) -> float:
    """Impact · confidence · ease, each from 1 to 10 in the original."""
    return impact * confidence * ease


def cost_of_delay_by_duration(cost_of_delay: float, duration: float) -> float:
    """CD3 = cost of delay per time / duration, which is above 0."""
    return cost_of_delay / duration


def wsjf(business_value: float, time_criticality: float, risk_reduction: float, job_size: float) -> float:
    """(Business value + time criticality + risk reduction or opportunity) / job size, which is above 0."""
    return cost_of_delay_by_duration(business_value + time_criticality + risk_reduction, job_size)
