"""Funds by the heads of their names, and funds that are only described."""

from __future__ import annotations

import pytest

from nlp.pipeline import Extractor
from nlp.records import Fund, Text


def funds(extractor: Extractor, text: str) -> list[Fund]:
    (extraction,) = extractor.extract([Text(text=text)])
    return extraction.of("funds")  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "name", "kind", "country"),
    [
        ("The Export-Import Bank of Thailand lent $20 million.", "Export-Import Bank of Thailand", "development", "TH"),
        ("The Ghana Growth Fund bought the mill.", "Ghana Growth Fund", "other", "GH"),
        ("The Bhutan Investment Authority bought the mill.", "Bhutan Investment Authority", "sovereign", "BT"),
    ],
)
def test_a_fund_is_named_by_its_head(extractor: Extractor, text: str, name: str, kind: str, country: str) -> None:
    (fund,) = funds(extractor, text)
    assert (fund.name, fund.named, fund.country) == (name, True, country)
    assert kind == "other" or fund.fund_type == kind


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Malta's pension fund sold its shares in the mill.", "Malta's pension fund", "pension"),
        ("The mill was bought by a Danish climate fund.", "a Danish climate fund", "climate"),
        ("A brewer and a sovereign wealth fund agreed to buy the mill.", "a sovereign wealth fund", "sovereign"),
    ],
)
def test_a_described_fund_counts_where_it_acts(extractor: Extractor, text: str, name: str, kind: str) -> None:
    assert [(fund.name, fund.fund_type) for fund in funds(extractor, text) if not fund.named] == [(name, kind)]


@pytest.mark.parametrize(
    "text",
    ["The minister spoke of a climate fund.", "Her pension fund is small.", "The bank on the river burst.", "A bank agreed to lend."],
)
def test_what_does_not_act_or_has_no_kind_is_no_fund(extractor: Extractor, text: str) -> None:
    assert funds(extractor, text) == []
