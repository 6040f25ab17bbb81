"""Titles of office: where they stand in a text, and what they say."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from nlp.office_names import find_named
from nlp.office_titles import parse_office, parts
from nlp.offices import find_offices


def titles(text: str) -> list[str]:
    return [text[o.start : o.end] for o in find_offices(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A following name stays out, however long the portfolio.
        ("Minister of Posts and Telecommunications Aiko Hayase spoke.", ["Minister of Posts and Telecommunications"]),
        ("State Minister for Economy Trade and Industry Ken Morita", ["State Minister for Economy Trade and Industry"]),
        # Countries and bodies are entities of their own.
        ("Japan's digital minister and the Emirati trade envoy", ["digital minister", "trade envoy"]),
        ("Prime Minister of Kenya", ["Prime Minister"]),
        ("Ambassador to Oman Peter Hale", ["Ambassador to Oman"]),
        # Titles of one person.
        (
            "Deputy Minister for Economy, Trade and Industry and Special Envoy for Semiconductors",
            ["Deputy Minister for Economy, Trade and Industry and Special Envoy for Semiconductors"],
        ),
        ("the prime minister and the foreign minister", ["prime minister", "foreign minister"]),
        ("Assistant to the President for National Security Affairs", ["Assistant to the President for National Security Affairs"]),
        ("Under President Arora the fund grew; Under Secretary of State Lee left.", ["President", "Under Secretary of State"]),
        # Lower case and abbreviations.
        ("the bloc's industry chief and its energy and mines minister", ["industry chief", "energy and mines minister"]),
        ("PM Arora called FM Haddad at 5 PM.", ["PM", "FM"]),
        # Names of unknown portfolios before a comma.
        ("Minister of Hajj and Umrah, Sami Odeh", ["Minister of Hajj and Umrah"]),
        # No offices.
        ("General Motors and the premier league; Martin Luther King wrote to the chief executive officer.", []),
    ],
)
def test_titles_are_found(text: str, expected: list[str]) -> None:
    assert titles(text) == expected


def test_plural_titles_are_marked() -> None:
    (span,) = find_offices("Foreign Ministers Costa and Lind met.")
    assert span.plural and (span.start, span.end) == (0, 17)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("President von der Berg met", "von der Berg"),
        ("Prime Minister Dr. Keith Marlow of Grenada", "Keith Marlow"),
        ("President Ade’s plan", "Ade"),
        ("Yoo Sang-min, Minister of Science", "Yoo Sang-min"),
        ("Vice President Hale Announces Initiatives", "Hale"),
    ],
)
def test_titles_point_at_names(text: str, name: str) -> None:
    assert [text[a:b] for a, b in find_named(text, find_offices(text))] == [name]


@pytest.mark.parametrize(
    ("title", "country", "role", "portfolios", "jurisdiction", "status"),
    [
        ("Deputy Minister for Trade of Kenya", None, "deputy_minister", ("trade",), "KE", "current"),
        ("Japanese Minister of Internal Affairs and Communications", None, "minister", ("interior", "communications"), "JP", "current"),
        ("State Minister for Economy, Trade and Industry", "JP", "deputy_minister", ("economy", "trade", "industry"), None, "current"),
        ("Secretary of State", "US", "minister", ("foreign_affairs",), None, "current"),
        ("Secretary of Homeland Security", "US", "minister", ("security", "interior"), None, "current"),
        ("Foreign Secretary", "GB", "minister", ("foreign_affairs",), None, "current"),
        ("Foreign Secretary", "IN", "deputy_minister", ("foreign_affairs",), None, "current"),
        ("Minister for Africa", "GB", "deputy_minister", ("foreign_affairs",), None, "current"),
        ("former President", None, "head_of_state", (), None, "former"),
        ("President-elect", "ID", "head_of_state", (), None, "designate"),
        ("Acting Secretary of Labor", "US", "minister", ("labour",), None, "acting"),
        ("Vice President", "US", "deputy_head_of_government", (), None, "current"),
        ("President of the European Commission", None, "organization_head", (), "EU", "current"),
        ("industry chief", "EU", "minister", ("industry",), None, "current"),
        ("National Security Adviser", "IN", "adviser", ("security",), None, "current"),
        ("Assistant to the President and National Economic Advisor", "US", "adviser", ("economy",), None, "current"),
        ("U.S. Ambassador to Mexico", None, "ambassador", (), "US", "current"),
        ("Governor of the Reserve Bank of India", None, "agency_head", ("finance",), "IN", "current"),
        ("Governor", "US", "subnational", (), None, "current"),
        ("Speaker of the House", "US", "legislator", (), None, "current"),
        ("Secretary-General", "NATO", "organization_head", (), None, "current"),
        ("MITI Vice Minister", None, "deputy_minister", ("trade", "industry"), "JP", "current"),
        ("Counsellor at the Canadian Embassy in Mexico", None, "other_official", (), "CA", "current"),
        ("Chief of the Defence Staff", "FR", "military", ("defence",), None, "current"),
    ],
)
def test_a_title_is_read(
    title: str, country: str | None, role: str, portfolios: tuple[str, ...], jurisdiction: str | None, status: str
) -> None:
    office = parse_office(title, context_country=country)
    assert (office.role, office.portfolios, office.jurisdiction, office.status) == (role, portfolios, jurisdiction, status)


def test_the_countrys_adjective_is_no_part_of_the_title() -> None:
    assert parse_office("Emirati Minister of Energy").title == "Minister of Energy"
    assert parse_office("U.S. Trade Representative").title == "U.S. Trade Representative"


def test_joined_titles_fall_apart() -> None:
    assert parts("Prime Minister and Minister of Finance") == ["Prime Minister", "Minister of Finance"]
    assert parts("Minister of Trade and Industry") == ["Minister of Trade and Industry"]


_SHARED = Path(os.environ.get("COMMUNIQUE_SHARED", "../shared")) / "data" / "reference"


@pytest.mark.skipif(not (_SHARED / "uk-ministers-ifg" / "post.csv").exists(), reason="the reference lists are not here")
def test_ranks_of_british_posts_are_read() -> None:
    wanted = {"PUSS": "deputy_minister", "MoS": "deputy_minister", "SoS": "minister", "PM": "head_of_government"}
    with (_SHARED / "uk-ministers-ifg" / "post.csv").open(encoding="utf-8") as lines:
        posts = [(row["name"], row["rank_equivalence"]) for row in csv.DictReader(lines) if row["rank_equivalence"] in wanted]
    right = sum(parse_office(name, context_country="GB").role == wanted[rank] for name, rank in posts)
    assert right / len(posts) > 0.9


@pytest.mark.parametrize(
    ("title", "country", "role", "portfolios"),
    [
        ("Secretary of State for Infrastructure", "PT", "deputy_minister", ("infrastructure",)),
        ("Minister of State for Foreign Trade", "AE", "minister", ("trade",)),
        ("First Deputy Chairman of the Cabinet of Ministers", "KG", "deputy_head_of_government", ()),
        ("Chairman of the Cabinet of Ministers", "KG", "head_of_government", ()),
        ("Premier", "AU", "subnational", ()),
        ("Minister of Hajj and Umrah", "SA", "minister", ("other",)),
        ("High Commissioner", "UN", "organization_head", ()),
        ("Deputy Assistant Secretary", "US", "other_official", ()),
        ("Minister in charge of Emergency Management", "RW", "minister", ("other",)),
        ("Minister of Mines and Energy", "BR", "minister", ("industry", "energy")),
    ],
)
def test_titles_that_mean_something_of_their_own_in_a_state(title: str, country: str, role: str, portfolios: tuple[str, ...]) -> None:
    office = parse_office(title, context_country=country)
    assert (office.role, office.portfolios) == (role, portfolios)


def test_a_name_of_hyphens_behind_a_title_is_found() -> None:
    text = "The Minister of Foreign Affairs of the Republic of Korea, Noh Tae-woong, met Minister of Science Yang Jae-hyuk."
    assert [text[a:b] for a, b in find_named(text, find_offices(text))] == ["Noh Tae-woong", "Yang Jae-hyuk"]


@pytest.mark.parametrize(
    ("title", "country", "role"),
    [
        ("Deputy U.S. Trade Representative", "US", "deputy_minister"),
        ("State Assets Minister", "PL", "minister"),
        ("State Minister for Foreign Affairs", "JP", "deputy_minister"),
        ("Secretary of the Supreme National Security Council", "IR", "adviser"),
        ("Minister-President", "DE", "subnational"),
        ("Executive Director of the International Energy Agency", None, "organization_head"),
        ("Administrator", "US", "agency_head"),
        ("Associate Administrator", "US", "other_official"),
        ("Commissioner for Infrastructure and Energy", "AFU", "minister"),
        ("Governor", "MY", "agency_head"),
        ("Governor", "US", "subnational"),
        ("Chair", "NZ", "agency_head"),
        ("Privacy Commissioner", "NZ", "agency_head"),
        ("Senate President", "HT", "legislator"),
    ],
)
def test_roles_of_titles_that_mislead(title: str, country: str | None, role: str) -> None:
    assert parse_office(title, context_country=country).role == role


def test_a_royal_title_in_a_longer_name_is_none() -> None:
    text = "Sultan Al Jaber spoke at King Abdullah University. King Salman met Sultan Haitham."
    assert [text[office.start : office.end] for office in find_offices(text)] == ["King", "Sultan"]


def test_an_abbreviated_title_is_no_agency_of_that_name() -> None:
    office = parse_office("NSA", context_country="IN")
    assert (office.role, office.jurisdiction) == ("adviser", None)
    assert parse_office("NSA Director").jurisdiction == "US"
