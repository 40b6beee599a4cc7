"""The triage of risk: described systems fall into the tier that the rules cite, and what is not known stays open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.assessments import Assessment, current_assessments
from planner.domain.playbook_readiness import RiskRules
from planner.domain.risk_triage import RiskTriage, decide_tier, needed_questions, triage
from tests.support.factories import NOW, fsdl

RULES: dict[str, RiskRules] = {rules.id: rules for rules in fsdl().risk_rules}
EU, US = RULES["eu_ai_act"], RULES["us_m_25_21"]
IN_SCOPE = ("ai_system", "in_union")


def judged(rules: RiskRules, answers: dict[str, str], version: int | None = None) -> RiskTriage:
    history = [
        Assessment(
            kind="risk",
            rules=rules.id,
            rules_version=version or rules.version,
            item=question,
            value=word,
            recorded_at=NOW,
            recorded_by="Mara",
        )
        for question, word in answers.items()
    ]
    return triage(rules, current_assessments(history))


def described(rules: RiskRules, *yes: str, unknown: tuple[str, ...] = ()) -> RiskTriage:
    """A system of which these are true, these not known, and all the rest not."""
    words = {q.id: "yes" if q.id in yes else "unknown" if q.id in unknown else "no" for q in rules.questions}
    return judged(rules, words)


@pytest.mark.parametrize(
    ("system", "yes", "tier", "cited"),
    [
        ("a screening of CVs", ("employment", "profiling", "significant_risk"), "high_risk", "Annex III"),
        ("a social score", ("social_scoring", "profiling"), "prohibited", "Article 5(1)"),
        ("a spam filter", (), "minimal", "None of the other tiers"),
        ("a chatbot", ("talks", "generates"), "transparency", "Article 50"),
        (
            "software that is a medical device",
            ("product_safety", "third_party_assessment"),
            "high_risk",
            "Article 6(1) and Annex I",
        ),
        ("emotions read at work", ("emotion_at_work", "biometrics", "reads_emotions"), "prohibited", "Article 5(1)"),
        ("a generator of deepfakes", ("generates", "deepfake"), "transparency", "Article 50"),
        ("a credit score", ("credit", "profiling"), "high_risk", "Annex III"),
        ("a narrow procedural task in recruiting", ("employment", "narrow_task"), "minimal", "None of"),
        ("the same with profiling", ("employment", "narrow_task", "profiling"), "high_risk", "profiling"),
        ("the same with weight in the decision", ("employment", "narrow_task", "significant_risk"), "high_risk", "III"),
        ("an intimate image of a real person", ("intimate_images", "deepfake"), "prohibited", "Article 5(1)"),
        ("a product without assessment by others", ("product_safety",), "minimal", "None of"),
        ("a rule that people wrote", ("not an AI system",), "out_of_scope", "Article 3(1)"),
        ("research alone", ("excluded", "social_scoring"), "out_of_scope", "Article 2(3)"),
        ("a watch over examinations at home", ("education", "profiling"), "high_risk", "Annex III"),
        (
            "the same where it reads emotions",
            ("education", "emotion_at_work", "biometrics"),
            "prohibited",
            "Article 5(1)",
        ),
        ("a credit score of companies", (), "minimal", "None of"),
        ("the order of emergency calls", ("emergencies", "significant_risk"), "high_risk", "Annex III"),
        ("a face that unlocks a telephone", (), "minimal", "None of"),
        ("a face found among all who enter a building", ("biometrics", "profiling"), "high_risk", "Annex III"),
        ("a face found live by the police", ("biometrics", "live_identification"), "prohibited", "Article 5(1)"),
        ("recommendations of a shop", ("profiling",), "minimal", "None of"),
        ("a search of case law for judges", ("justice", "significant_risk"), "high_risk", "Annex III"),
        (
            "wear of a railway signal that fails unsafe",
            ("product_safety", "third_party_assessment"),
            "high_risk",
            "6(1)",
        ),
        ("a face swap in an app", ("generates", "deepfake"), "transparency", "Article 50"),
        (
            "a polygraph at the border",
            ("migration", "biometrics", "reads_emotions", "profiling"),
            "high_risk",
            "Annex III",
        ),
        ("tasks given out by how people worked before", ("employment", "profiling"), "high_risk", "profiling"),
    ],
)
def test_described_systems_have_the_tier_of_the_eu_ai_act(
    system: str, yes: tuple[str, ...], tier: str, cited: str
) -> None:
    scope = () if yes == ("not an AI system",) else IN_SCOPE
    found = described(EU, *scope, *yes)
    assert (system, found.tier) == (system, tier)
    assert cited in found.because
    assert found.answer_next == ()


def test_the_exception_of_article_6_3_is_to_be_written_down_and_registered() -> None:
    texts = [remark.source for remark in described(EU, *IN_SCOPE, "employment", "narrow_task").remarks]
    assert texts == ["Articles 6(4) and 49(2)"]
    assert described(EU, *IN_SCOPE, "employment", "narrow_task", "profiling").remarks == ()
    assert described(EU, *IN_SCOPE, "employment").remarks == ()  # of high risk, since there is no exception


def test_duties_of_transparency_are_noted_beside_a_high_risk() -> None:
    assert [remark.source for remark in described(EU, *IN_SCOPE, "credit", "talks").remarks] == ["Article 50(6)"]
    assert described(EU, *IN_SCOPE, "talks").remarks == ()


def test_products_under_a_law_of_their_own_are_pointed_out() -> None:
    found = described(EU, *IN_SCOPE, "product_safety", "third_party_assessment")
    assert ["Article 2(2)" in remark.source for remark in found.remarks] == [True]
    helps = {question.id: question.help for question in EU.questions}
    assert "railways" in helps["product_safety"]
    assert "not companies" in helps["credit"]
    assert "travel documents is not meant" in helps["migration"]


def test_a_general_purpose_model_is_noted_apart_from_the_tier() -> None:
    found = described(EU, *IN_SCOPE, "provides_model")
    assert found.tier == "minimal"
    assert ["51 to 55" in remark.source for remark in found.remarks] == [True]


@pytest.mark.parametrize(
    ("yes", "tier"),
    [
        ((), "out_of_scope"),
        (("national_security", "force"), "out_of_scope"),
        (("federal_agency",), "not_high_impact"),
        (("federal_agency", "principal_basis"), "high_impact"),
        (("federal_agency", "benefits"), "high_impact"),
        (("federal_agency", "benefits", "determined_otherwise"), "not_high_impact"),
        (("federal_agency", "benefits", "waiver"), "high_impact"),
    ],
)
def test_the_us_flag_follows_definition_and_presumption(yes: tuple[str, ...], tier: str) -> None:
    found = described(US, *yes)
    assert found.tier == tier
    assert bool(found.remarks) == ("waiver" in yes)  # a waiver lifts a practice, never the flag


def test_what_is_not_known_stays_open_and_says_what_to_answer() -> None:
    nothing = judged(EU, {})
    assert (nothing.tier, nothing.answered, nothing.answer_next) == (None, 0, ("ai_system",))
    found = described(EU, *IN_SCOPE, "employment", "narrow_task", unknown=("profiling",))
    assert found.tier is None
    assert found.possible == ("High risk", "Minimal risk")
    assert found.answer_next == ("profiling",)
    assert [line.question for line in found.lines if line.needed] == ["profiling"]
    unasked = described(EU, *IN_SCOPE, "credit", "profiling", unknown=("social_scoring",))
    assert (unasked.tier, unasked.possible) == (None, ("Prohibited", "High risk"))


def test_an_open_answer_that_cannot_matter_leaves_the_tier_told() -> None:
    found = described(EU, *IN_SCOPE, "credit", "profiling", unknown=("narrow_task", "talks", "education"))
    assert found.tier == "high_risk"
    out = judged(EU, {"in_union": "no"})  # whether it infers anything makes no difference then
    assert (out.tier, out.because) == ("out_of_scope", "Article 2(1)")


@given(data=st.data(), rules=st.sampled_from([EU, US]))
def test_a_tier_once_told_holds_however_the_rest_is_answered(data: st.DataObject, rules: RiskRules) -> None:
    questions = [question.id for question in rules.questions]
    answers = data.draw(st.fixed_dictionaries({question: st.booleans() for question in questions}))
    known = data.draw(st.sets(st.sampled_from(questions)))
    part = {question: answers[question] for question in known}
    told, possible = decide_tier(rules, part)
    final, _ = decide_tier(rules, answers)
    assert final is not None
    assert final[0].id in possible
    assert told is None or told[0] == final[0]
    needed = needed_questions(rules, part)
    assert bool(needed) == (told is None)
    assert set(needed).isdisjoint(known)


def test_answers_to_another_version_of_the_rules_do_not_count() -> None:
    found = judged(EU, {"in_union": "no"}, version=EU.version + 1)
    assert (found.tier, found.answered) == (None, 0)
    assert [(line.question, line.outdated) for line in found.lines if line.answer] == [("in_union", True)]


@pytest.mark.parametrize("rules", [EU, US], ids=lambda rules: rules.id)
def test_rules_are_dated_cited_categorical_and_no_advice(rules: RiskRules) -> None:
    assert rules.as_of.year == 2026
    assert rules.disclaimer.startswith("Triage, not legal advice.")
    assert rules.unverified
    for question in rules.questions:
        assert any(word in question.source for word in ("Article", "Annex", "M-25-21")), question.id
    named = {
        question
        for rule in (*rules.rules, *rules.remarks)
        for _, name in rule.names
        for question in rules.members(name)
    }
    assert named == {question.id for question in rules.questions}  # no question is asked for nothing
    assert {rule.tier for rule in rules.rules} == {tier.id for tier in rules.tiers}
    fields = RiskTriage.model_fields
    assert fields["tier"].annotation == (str | None)  # a name, never a number


def test_dates_of_application_and_what_is_not_confirmed() -> None:
    """Regulation (EU) 2024/1689, Article 113, as amended by Regulation (EU) 2026/1744 by secondary sources."""
    applies = {tier.id: tier.applies for tier in EU.tiers}
    assert "2 February 2025" in applies["prohibited"]
    assert "2 December 2026" in applies["prohibited"]
    assert "Annex III from 2 December 2027" in applies["high_risk"]
    assert "Annex I from 2 August 2028" in applies["high_risk"]
    assert "2 August 2026" in applies["transparency"]
    assert "secondary sources" in EU.unverified
