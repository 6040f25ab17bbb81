"""What the data files promise: sources, complete codes, and look-ups by the forms that texts use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp import lexicons, records

OWN = (
    *("countries", "blocs", "offices", "office_roles", "portfolios", "public_bodies", "funds", "legal_forms", "media", "firms"),
    *("given_names", "name_traditions", "leaders"),
)
BLOC_CODES = {
    *("EU", "UN", "NATO", "G7", "G20", "ASEAN", "AFU", "GCC", "OECD", "WTO", "WHO", "IMF", "WB", "QUAD"),
    *("BRICS", "CARICOM", "MERCOSUR", "CELAC"),
    *("OAS", "APEC", "IPEF", "OPEC", "OPEC+", "UNESCO", "IAEA", "ILO", "OSCE", "AUKUS", "CPTPP", "SCO", "PIF"),
}  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_every_file_names_its_source_and_licence(name: str) -> None:
    data = lexicons.load(name)
    assert data["source"].strip() and data["licence"].strip()


def test_codes_are_complete() -> None:
    assert len(lexicons.countries()) == 250 and "XK" in lexicons.countries()
    assert set(lexicons.blocs()) == BLOC_CODES
    members = {code for bloc in lexicons.blocs().values() for code in bloc.members}
    assert members <= set(lexicons.countries())


def test_roles_portfolios_and_fund_types_are_those_of_the_records() -> None:
    assert set(lexicons.load("portfolios")["portfolios"]) == set(records.PORTFOLIOS)
    assert {rule["role"] for rule in lexicons.load("office_roles")["rules"]} <= set(records.ROLES)
    assert {fund.fund_type for fund in lexicons.funds()} <= set(records.FUND_TYPES)


def test_firms_stay_a_small_file() -> None:
    assert (Path(lexicons.__file__).parent / "firms.json").stat().st_size < 700_000


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("U.S.", "US"), ("US", "US"), ("us", None), ("Britain", "GB"), ("the Netherlands", "NL"), ("Türkiye", "TR"), ("Emirati", "AE"),
        ("DPRK", "KP"),
        ("West Germany", "DE"), ("Soviet Union", "RU"), ("Tokyo", "JP"), ("Kremlin", "RU"), ("EU", "EU"), ("Atlantis", None),
        ("JAPAN", "JP"), ("Japan's", "JP"),
    ],
)  # fmt: skip
def test_a_form_has_the_code_of_its_state(form: str, code: str | None) -> None:
    assert lexicons.code_of(form) == code


def test_codes_in_a_title_come_in_order() -> None:
    assert lexicons.codes_in("Joint Statement of Kenya and the European Union on U.S.-Japan Cables") == ["KE", "EU", "US", "JP"]


def test_capitals_stand_for_governments_only_where_marked() -> None:
    capitals = {s.form for s in lexicons.surfaces() if s.kind == "capital" and s.ambiguous}
    assert "Hamilton" in capitals and "Tokyo" not in capitals


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Nordsee Werke GmbH", "Nordsee Werke"),
        ("Aoba & Co., Ltd.", "Aoba"),
        ("Sierra Cobre S.A. de C.V.", "Sierra Cobre"),
        ("Limited", "Limited"),
    ],
)
def test_legal_forms_are_stripped(name: str, bare: str) -> None:
    assert lexicons.strip_legal_form(name) == bare


def test_a_name_key_ignores_article_and_legal_form() -> None:
    assert lexicons.name_key("The Aoba Group") == lexicons.name_key("AOBA") == ("aoba",)


@pytest.mark.parametrize(("word", "is_form"), [("Inc.", True), ("GmbH", True), ("as", False), ("Bank", False)])
def test_legal_form_words(word: str, is_form: bool) -> None:
    assert lexicons.is_legal_form(word) is is_form


@pytest.mark.parametrize(
    ("publisher", "url", "code"),
    [
        (None, "https://www.whitehouse.gov/briefing-room/x/", "US"),
        (None, "https://www.mofa.go.jp/press/1.html", "JP"),
        (None, "https://www.gov.uk/government/news/x", "GB"),
        (None, "https://ec.europa.eu/x", "EU"),
        ("Ministry of Foreign Affairs of Kenya", None, "KE"),
        ("Some Blog", "https://example.com/x", None),
        ("Ministry of External Affairs and Trade, Kingdom of Tonga", None, "TO"),
        ("Présidence de la République du Niger", None, "NE"),
        ("State House, Lilongwe", None, "MW"),
        ("Embassy of Japan, Nairobi", None, "JP"),
        ("European Commission, Spokesperson’s Service", None, "EU"),
        ("Service de presse de l’Elysée", None, "FR"),
        ("Department of the Taoiseach", None, "IE"),
        ("Victoria Falls Review", None, None),
        ("Export-Import Bank of the United States, Office of Communications", None, "US"),
        ("Chancellery", None, None),
    ],
)
def test_a_publication_has_a_country(publisher: str | None, url: str | None, code: str | None) -> None:
    assert lexicons.publisher_country(publisher, url) == code


def test_fund_types_come_from_lists_and_words() -> None:
    assert lexicons.fund_type("Qatar Investment Authority") == "sovereign"
    assert lexicons.fund_type("Harbour Teachers’ Pension Plan") == "pension"
    assert lexicons.fund_type("Delta Climate Facility") == "climate"


def test_every_fund_names_the_list_that_holds_it() -> None:
    data = lexicons.load("funds")
    assert {fund["source"] for fund in data["funds"]} <= set(data["lists"])
    assert [fund["name"] for fund in data["funds"] if fund["source"] == "own" and " " in fund["name"]] == []


def test_given_names_tell_the_gender() -> None:
    assert lexicons.given_name_gender(("fumio",)) == "m"
    assert lexicons.given_name_gender(("Ursula",)) == "f"
    assert lexicons.given_name_gender(("Xyzzy",)) is None


def test_the_tradition_of_a_name_is_a_hint() -> None:
    assert "JP" in lexicons.name_states("Yamazaki Kenji")
    assert lexicons.name_states("Xyzzy Qwrt") == frozenset()


def test_files_are_plain_json() -> None:
    for name in OWN:
        text = (Path(lexicons.__file__).parent / f"{name}.json").read_text(encoding="utf-8")
        assert isinstance(json.loads(text), dict)
