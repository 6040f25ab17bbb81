"""Firms and funds, by example."""

from __future__ import annotations

from nlp.pipeline import Extractor
from nlp.records import Firm, Fund, Text


def firms(extractor: Extractor, text: str) -> list[Firm]:
    (extraction,) = extractor.extract([Text(text=text)])
    return extraction.of("firms")  # type: ignore[return-value]


def funds(extractor: Extractor, text: str) -> list[Fund]:
    (extraction,) = extractor.extract([Text(text=text)])
    return extraction.of("funds")  # type: ignore[return-value]


def test_a_firm_has_its_fullest_name_and_other_forms(extractor: Extractor) -> None:
    (firm,) = firms(extractor, "Orion Freight Ltd will lay off 300 workers. Orion said the cuts begin in May.")
    assert (firm.name, firm.aliases, firm.mention_count) == ("Orion Freight Ltd", ("Orion",), 2)


def test_a_firm_has_the_country_that_its_adjective_tells(extractor: Extractor) -> None:
    (firm,) = firms(extractor, "The deal was signed by the Swedish crane maker Hallgren Industri AB.")
    assert firm.country == "SE"


def test_a_fund_that_is_only_described_counts_where_it_acts(extractor: Extractor) -> None:
    (fund,) = funds(extractor, "A Korean state-backed fund agreed to buy the shipyard.")
    assert (fund.name, fund.named, fund.fund_type, fund.country) == ("A Korean state-backed fund", False, "government_backed", "KR")
    assert funds(extractor, "The mayor dreamed of a pension fund.") == []


def test_a_named_fund_has_its_type(extractor: Extractor) -> None:
    (fund,) = funds(extractor, "The Asian Development Bank (ADB) approved a loan to Nepal. The ADB did not name a date.")
    assert (fund.name, fund.aliases, fund.fund_type) == ("Asian Development Bank", ("ADB",), "development")


def test_a_news_agency_that_only_tells_is_no_firm(extractor: Extractor) -> None:
    assert firms(extractor, "The talks failed, an official told Reuters.") == []


def test_what_only_looks_like_a_firm_is_none(extractor: Extractor) -> None:
    text = (
        "Orion Freight Ltd bought shares of Norvik Oil Co <NVK> at 12 dlrs.\n\nBoth Koreas sent teams. The Clean Rivers Initiative "
        "opened in May. The Initiative will end in autumn."
    )
    (found,) = extractor.extract([Text(text=text, title="Orion buys Norvik shares", genre="news")])
    assert {"NVK", "Koreas", "Initiative"}.isdisjoint(row.name for row in found.of("firms"))
