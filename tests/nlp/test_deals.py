"""Deals of short texts: the parties, kind, value and status of each row, and what makes no row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from nlp.pipeline import Extractor, load
from nlp.records import Deal, Text

WEDNESDAY = dt.date(2023, 7, 5)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


def rows(extractor: Extractor, text: str, table: str = "deals") -> list[Any]:
    (found,) = extractor.extract([Text(text=text, published_on=WEDNESDAY, publisher="Example Times")])
    return list(found.of(table))


def described(deal: Deal) -> tuple[str, str, tuple[str, ...], tuple[str, ...], float | None, str | None]:
    return deal.kind, deal.status, deal.buyers, deal.sellers, deal.amount_min, deal.currency


CASES = {
    "Siemens agreed to buy Varian Systems Inc. for $16 billion.": ("acquisition", "agreed", ("Siemens",), (), 16e9, "USD"),
    "Nokia completed its acquisition of Infinera Corp. from Oaktree Capital for €2.1 billion.": (
        "acquisition",
        "completed",
        ("Nokia",),
        ("Oaktree Capital",),
        2.1e9,
        "EUR",
    ),
    "Toyota will invest $2.5 billion in a battery plant in Ohio.": ("investment", "agreed", ("Toyota",), (), 2.5e9, "USD"),
    "Samsung plans to invest $17 billion in a chip factory in Texas.": ("investment", "proposed", ("Samsung",), (), 17e9, "USD"),
    "Panasonic announced a $4 billion plant in Kansas.": ("investment", "agreed", ("Panasonic",), (), 4e9, "USD"),
    "The World Bank approved a $300 million loan to Kenya.": ("loan", "agreed", ("World Bank",), (), 3e8, "USD"),
    "Germany will provide €50 million to Ukraine.": ("grant", "agreed", ("Germany",), (), 5e7, "EUR"),
    "Microsoft dropped its $8 billion bid for Yahoo.": ("acquisition", "terminated", ("Microsoft",), (), 8e9, "USD"),
}


@pytest.mark.parametrize("text, expected", CASES.items(), ids=list(CASES))
def test_a_sentence_makes_one_deal(
    extractor: Extractor, text: str, expected: tuple[str, str, tuple[str, ...], tuple[str, ...], float, str]
) -> None:
    assert [described(d) for d in rows(extractor, text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Tariffs cost $6.4 billion.",
        "The CHIPS Act provides $52 billion for semiconductors.",
        "Companies have invested nearly $85 billion in manufacturing.",
        "Toyota owns a 20% stake in Subaru.",
        "Norvik Oil holds a majority in Tarn Foods.",
        "Bilateral trade between Germany and France reached €200 billion.",
        "Samsung reported sales of $60 billion.",
        "The court fined Google $2.7 billion.",
    ],
)
def test_totals_laws_holdings_and_fines_are_no_deals(extractor: Extractor, text: str) -> None:
    assert rows(extractor, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Siemens denied that it would buy Varian Systems Inc. for $16 billion.",
        "Siemens has no plans to acquire Varian Systems Inc. for $16 billion.",
        "Siemens did not buy Varian Systems Inc. for $16 billion.",
        "The President is calling on Congress to invest $20 billion in regional hubs.",
        "The American Relief Plan (ARP) passed in March. The ARP provided $160 billion for vaccines.",
        "Germany is investing in its teachers.",
    ],
)
def test_denials_wishes_laws_and_fine_words_are_no_deals(extractor: Extractor, text: str) -> None:
    assert rows(extractor, text) == []


def test_an_undisclosed_price_denies_no_deal(extractor: Extractor) -> None:
    (deal,) = rows(extractor, "Siemens, which did not disclose the price, agreed to buy Varian Systems Inc.")
    assert (deal.buyers, deal.target) == (("Siemens",), "Varian Systems Inc.")


def test_a_state_gives_to_others_and_not_to_itself() -> None:
    extractor = load()
    title = "FACT SHEET: Roads and Schools"

    def found(text: str) -> list[Any]:
        (extraction,) = extractor.extract([Text(text=text, title=title, url="https://www.whitehouse.gov/a", parties=("US",))])
        return [(d.buyers, d.amount_min) for d in extraction.of("deals")]

    assert found("The United States will provide $50 million to Ukraine for schools.") == [(("United States",), 5e7)]
    assert found("The United States will provide $50 million for its schools.") == []


def test_who_receives_a_loan_is_not_its_giver(extractor: Extractor) -> None:
    (deal,) = rows(extractor, "Kenya Power received a $300 million loan from the World Bank.")
    assert (deal.buyers, deal.target) == (("World Bank",), "Kenya Power")


def test_the_giver_of_a_list_stands_above_it(extractor: Extractor) -> None:
    text = "Australia announced:\n\n– a A$20 million loan to Samoa Power for a solar farm;\n"
    assert [(d.kind, d.buyers, d.target) for d in rows(extractor, text)] == [("loan", ("Australia",), "Samoa Power")]


def test_a_deal_told_twice_is_one_row_with_both_sentences_as_evidence(extractor: Extractor) -> None:
    text = "Siemens agreed to buy Varian Systems Inc. for $16 billion. Siemens will acquire Varian next year, it said."
    (deal,) = rows(extractor, text)
    assert (deal.buyers, deal.target, deal.amount_min) == (("Siemens",), "Varian Systems Inc.", 16e9)
    assert deal.evidence.startswith("Siemens agreed to buy")


def test_a_nominal_fund_buys_and_its_target_does_not(extractor: Extractor) -> None:
    text = "On Monday a French state-backed fund agreed to take over the valve maker Corvex SA for $2.1 billion."
    (deal,) = rows(extractor, text)
    assert (deal.buyers, deal.target, deal.amount_min) == (("a French state-backed fund",), "Corvex SA", 2.1e9)


def test_a_pronoun_buys_for_the_firm_it_stands_for(extractor: Extractor) -> None:
    (deal,) = rows(extractor, "Siemens makes trains. It will buy Varian Systems Inc. for $16 billion.")
    assert (deal.buyers, deal.target) == (("Siemens",), "Varian Systems Inc.")


def test_the_value_may_stand_in_the_next_sentence(extractor: Extractor) -> None:
    (deal,) = rows(extractor, "Siemens agreed to buy Varian Systems Inc. from Oaktree Capital. The deal is worth $16 billion.")
    assert (deal.sellers, deal.amount_min) == (("Oaktree Capital",), 16e9)
    assert "worth $16 billion" in deal.evidence


def test_what_the_deal_is_worth_is_no_second_deal(extractor: Extractor) -> None:
    (deal,) = rows(extractor, "Siemens agreed to buy Varian Systems Inc. from Oaktree Capital. The transaction is worth €3 billion.")
    assert (deal.kind, deal.target, deal.amount_min, deal.currency) == ("acquisition", "Varian Systems Inc.", 3e9, "EUR")


def test_a_rumour_is_a_rumour(extractor: Extractor) -> None:
    (deal,) = rows(extractor, "Siemens is reportedly in talks to buy Varian Systems Inc. for $16 billion.")
    assert deal.status == "rumoured"


def test_the_announcement_is_a_period_before_publication(extractor: Extractor) -> None:
    (deal,) = rows(extractor, "Siemens agreed last week to buy Varian Systems Inc. for $16 billion.")
    assert (deal.announced_on, deal.announced_until, deal.announced_precision) == (dt.date(2023, 6, 26), dt.date(2023, 7, 2), "week")


def test_the_value_of_a_deal_is_marked_among_the_amounts(extractor: Extractor) -> None:
    text = "Siemens agreed to buy Varian Systems Inc. for $16 billion. Varian had sales of $3 billion."
    assert [(a.text, a.role) for a in rows(extractor, text, "amounts")] == [("$16 billion", "deal_value"), ("$3 billion", "revenue")]


def test_an_amount_restated_in_another_currency_points_to_the_first(extractor: Extractor) -> None:
    first, second = rows(extractor, "Germany will provide €500 million ($545 million) to Ukraine.", "amounts")
    assert (first.currency, second.currency, second.equivalent_of) == ("EUR", "USD", first.record_id)


def test_what_a_priced_deal_is_for_is_no_second_deal(extractor: Extractor) -> None:
    text = "Norway announced a grant of €14 million for a cold store and a dry dock in Praia."
    (extraction,) = extractor.extract([Text(text=text, title="Joint Statement", genre="joint_statement")])
    assert [(deal.buyers, deal.amount_min) for deal in extraction.of("deals")] == [(("Norway",), 1.4e7)]


def test_what_a_firm_is_worth_is_no_second_deal(extractor: Extractor) -> None:
    text = (
        "Abu Dhabi's Liwa Sovereign Investment Fund has bought a 15 percent stake in Rheinwerk Elektrolyse GmbH for 340 million euros, "
        "the German company said on Monday.\n\nThe seller, Kestrel Capital Partners, invested in Rheinwerk in 2019 and will keep 20 "
        "percent. The deal values the company at 2.3 billion euros.\n\nThe European Investment Bank is considering a loan of up to €150 "
        "million for a second plant in Duisburg, two people familiar with the matter said."
    )
    source = Text(text=text, title="Gulf fund takes 15% of German electrolyser maker", genre="news")
    (extraction,) = extractor.extract([source])
    deals = extraction.of("deals")
    assert [(deal.kind, deal.amount_min) for deal in deals if deal.amount_min] == [("stake_purchase", 3.4e8), ("loan", 1.5e8)]
    assert {deal.buyers for deal in deals if not deal.amount_min} <= {("Kestrel Capital Partners",)}  # what it did in 2019 is a deal


def test_what_a_firm_is_worth_is_the_value_of_no_stake(extractor: Extractor) -> None:
    text = "Norvik Oil invested in Tarn Foods in 2019 and will keep 20 percent. The deal values the company at 2.3 billion euros."
    (found,) = extractor.extract([Text(text=text)])
    assert 2.3e9 not in [deal.amount_min for deal in found.of("deals")]


def test_a_gift_for_a_capital_abroad_is_no_spending_at_home(extractor: Extractor) -> None:
    text = "The Netherlands gave a grant of €8 million for a clinic in Bamako."
    for place, expected in (("Bamako", 1), ("The Hague", 0)):
        told = Text(text=text.replace("Bamako", place), title="Statement", genre="joint_statement", parties=("NL",))
        (extraction,) = extractor.extract([told])
        assert len(list(extraction.of("deals"))) == expected
